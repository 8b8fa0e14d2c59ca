// What to shoot next. Plain functions of the list and of what is there.
import type { Shot } from '../ipc/gen/Shot';

/** Where a picture is on its way to the laptop. */
export type Mark = 'queued' | 'sending' | 'stored' | 'refused';

/** A picture of the device in hand. */
export interface Taken {
  id: string;
  shot: string;
  mark: Mark;
  /** Address of a small copy; empty where none could be made. */
  thumb: string;
}

/** The views taken one after another: everything but those that may be repeated. */
export const once = (shots: readonly Shot[]): Shot[] => shots.filter((s) => !s.repeats);

/** The view after `from` that is neither there nor skipped; then those before it; `null` when none is left. */
export function nextShot(
  shots: readonly Shot[],
  has: ReadonlySet<string>,
  skipped: ReadonlySet<string>,
  from: string | null
): string | null {
  const list = once(shots);
  const at = list.findIndex((s) => s.id === from);
  const turned = [...list.slice(at + 1), ...list.slice(0, at + 1)];
  return turned.find((s) => !has.has(s.id) && !skipped.has(s.id))?.id ?? null;
}

/** Required views that are not there, in list order. */
export const missing = (shots: readonly Shot[], has: ReadonlySet<string>): Shot[] =>
  shots.filter((s) => s.required && !has.has(s.id));

/** Gives pictures chosen together their views: the current one and those after it, in list order; the rest have none. */
export function spread(
  shots: readonly Shot[],
  has: ReadonlySet<string>,
  skipped: ReadonlySet<string>,
  current: string,
  n: number
): string[] {
  const repeats = shots.some((s) => s.id === current && s.repeats);
  const filled = new Set(has);
  const out: string[] = [];
  let shot: string | null = current;
  for (let i = 0; i < n; i += 1) {
    out.push(shot ?? '');
    if (shot === null || repeats) continue;
    filled.add(shot);
    shot = nextShot(shots, filled, skipped, shot);
  }
  return out;
}

/** The last picture of a view: the one that counts. */
export const lastOf = (taken: readonly Taken[], shot: string): Taken | undefined =>
  taken.findLast((x) => x.shot === shot);
