import type { BatchGroup } from '../../ipc/gen/BatchGroup';
import type { BatchUnit } from '../../ipc/gen/BatchUnit';

/** Every change gives a new list; photographs stay in exactly one group and empty groups go. */
type Groups = readonly BatchGroup[];

const nextId = (groups: Groups) => groups.reduce((n, g) => Math.max(n, g.id), -1) + 1;
const full = (groups: BatchGroup[]) => groups.filter((g) => g.photos.length > 0);
const fresh = (groups: Groups, photos: number[]): BatchGroup => ({
  id: nextId(groups),
  unit: null,
  leave: false,
  by: 'hand',
  sure: 'sure',
  code: null,
  gap_s: null,
  photos
});

export const groupOf = (groups: Groups, photo: number): BatchGroup | undefined =>
  groups.find((g) => g.photos.includes(photo));

/** All photographs in the order shown. */
export const inOrder = (groups: Groups): number[] => groups.flatMap((g) => g.photos);

/** Moves photographs into a group (`null`: one of their own behind the first's), before one of it or at its end. */
export function moveTo(
  groups: Groups,
  ids: readonly number[],
  target: number | null,
  before: number | null = null
): BatchGroup[] {
  const moving = inOrder(groups).filter((p) => ids.includes(p));
  const first = moving[0];
  if (first === undefined) return [...groups];
  const home = groups.findIndex((g) => g.photos.includes(first));
  const without = groups.map((g) => ({ ...g, photos: g.photos.filter((p) => !moving.includes(p)) }));
  if (target === null) {
    without.splice(home + 1, 0, fresh(groups, moving));
    return full(without);
  }
  const to = without.find((g) => g.id === target);
  if (!to) return [...groups];
  const at = before === null ? -1 : to.photos.indexOf(before);
  to.photos.splice(at < 0 ? to.photos.length : at, 0, ...moving);
  return full(without);
}

/** From this photograph on it is another device. */
export function splitAt(groups: Groups, photo: number): BatchGroup[] {
  return groups.flatMap((g) => {
    const at = g.photos.indexOf(photo);
    if (at <= 0) return [g];
    return [{ ...g, photos: g.photos.slice(0, at) }, fresh(groups, g.photos.slice(at))];
  });
}

/** The group is the same device as the one above it. */
export function joinUp(groups: Groups, id: number): BatchGroup[] {
  const at = groups.findIndex((g) => g.id === id);
  const [above, mine] = [groups[at - 1], groups[at]];
  if (!above || !mine) return [...groups];
  const joined = { ...above, unit: above.unit ?? mine.unit, photos: [...above.photos, ...mine.photos] };
  return groups.flatMap((g) => (g === above ? [joined] : g === mine ? [] : [g]));
}

/** Gives the group to a unit, or to the tray (`null`). A unit has one group: a second joins the first. */
export function giveTo(groups: Groups, id: number, unit: BatchUnit | null): BatchGroup[] {
  const mine = groups.find((g) => g.id === id);
  if (!mine) return [...groups];
  const there = unit && groups.find((g) => g.id !== id && g.unit?.id === unit.id);
  if (there) {
    return groups.flatMap((g) =>
      g === mine ? [] : g === there ? [{ ...g, leave: false, photos: [...g.photos, ...mine.photos] }] : [g]
    );
  }
  return groups.map((g) =>
    g === mine ? { ...g, unit, leave: false, by: 'hand', sure: 'sure', code: null, gap_s: null } : g
  );
}

/** Leaves the group where it is, or takes it in after all. */
export const toggleLeave = (groups: Groups, id: number): BatchGroup[] =>
  groups.map((g) => (g.id === id ? { ...g, leave: !g.leave } : g));

/** The photograph `step` places away in the order shown. */
export function beside(groups: Groups, photo: number | null, step: number): number | null {
  const all = inOrder(groups);
  const at = photo === null ? -1 : all.indexOf(photo);
  if (at < 0) return all[0] ?? null;
  return all[Math.max(0, Math.min(all.length - 1, at + step))] ?? null;
}

/** The photograph at the same place of the group above or below. */
export function acrossTo(groups: Groups, photo: number | null, step: number): number | null {
  const at = groups.findIndex((g) => photo !== null && g.photos.includes(photo));
  const mine = groups[at];
  const to = groups[Math.max(0, Math.min(groups.length - 1, at + step))];
  if (!mine || photo === null || !to) return groups[0]?.photos[0] ?? null;
  if (to === mine) return photo;
  return to.photos[Math.min(mine.photos.indexOf(photo), to.photos.length - 1)] ?? null;
}
