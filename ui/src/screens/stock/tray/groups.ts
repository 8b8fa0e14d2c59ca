// What is picked in the tray and what an act is done to. Plain functions; the screen draws them.
import type { Category } from '../../../ipc/gen/Category';
import type { Photo } from '../../../ipc/gen/Photo';
import type { ShotList } from '../../../ipc/gen/ShotList';
import type { TrayGroup } from '../../../ipc/gen/TrayGroup';

/** What the photographer typed for the group: a phone names its groups `0409~1a2b3c4d`. */
export function labelOf(tray: string): string {
  const at = tray.lastIndexOf('~');
  return at >= 0 ? tray.slice(0, at).trim() : '';
}

/** Where the keyboard stands, kept inside what is there. */
export interface Spot {
  group: number;
  photo: number;
}

export function clamp(spot: Spot, groups: readonly TrayGroup[]): Spot {
  const group = Math.max(0, Math.min(spot.group, groups.length - 1));
  const n = groups[group]?.photos.length ?? 0;
  return { group, photo: Math.max(0, Math.min(spot.photo, n - 1)) };
}

/** Picked photographs of this group, in its order. */
export const pickedOf = (group: TrayGroup | undefined, picked: ReadonlySet<string>): Photo[] =>
  group?.photos.filter((p) => picked.has(p.id)) ?? [];

/**
 * Photographs a split takes off: those picked, else the one the keyboard stands on and all after it. Empty when nothing
 * would be left behind, or nothing taken off.
 */
export function toSplit(group: TrayGroup | undefined, picked: ReadonlySet<string>, at: number): string[] {
  if (!group) return [];
  const some = pickedOf(group, picked);
  const ids = (some.length > 0 ? some : group.photos.slice(at)).map((p) => p.id);
  return ids.length < group.photos.length ? ids : [];
}

/** The group another is merged into: the one above it, below it for the first. */
export const mergeInto = (groups: readonly TrayGroup[], at: number): TrayGroup | undefined =>
  groups[at === 0 ? 1 : at - 1];

/** The first category whose list has every one of these views. */
export function categoryOf(shots: readonly string[], lists: readonly ShotList[]): Category {
  const named = shots.filter((s) => s !== '');
  return lists.find((l) => named.every((s) => l.shots.some((x) => x.id === s)))?.category ?? 'phone';
}
