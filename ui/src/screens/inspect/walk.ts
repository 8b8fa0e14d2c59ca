// The way through a checklist by keyboard. Plain functions of the list and of what is answered.

/** One value a person can choose. */
export interface Choice {
  value: string;
  /** `null`: not checked. */
  severity: number | null;
}

/** What the walk needs to know of an item. */
export interface Ask {
  id: string;
  required: boolean;
  values: readonly Choice[];
  /** The value that goes without saying; `null` where a person must say it. */
  normal: string | null;
}

export interface AskGroup<I extends Ask = Ask> {
  id: string;
  items: readonly I[];
}

/** Whether an item has an answer. */
export type Has = (id: string) => boolean;

export const flat = <I extends Ask>(groups: readonly AskGroup<I>[]): I[] => groups.flatMap((g) => [...g.items]);

/** The values the number keys choose, in order: all but "not checked", which is an answer taken away. */
export const choices = <C extends Choice>(values: readonly C[]): C[] =>
  values.filter((v) => v.severity !== null).slice(0, 9);

/** The item `by` places on, staying at the ends. */
export function step(items: readonly Ask[], from: string | null, by: number): string | null {
  if (items.length === 0) return null;
  const at = items.findIndex((i) => i.id === from);
  if (at < 0) return items[0]?.id ?? null;
  return items[Math.max(0, Math.min(items.length - 1, at + by))]?.id ?? null;
}

/**
 * The next item without an answer after `from`, going round once; `null` when there is none. `required` passes over what
 * may stay open.
 */
export function nextBlank(items: readonly Ask[], has: Has, from: string | null, required: boolean): string | null {
  const at = items.findIndex((i) => i.id === from);
  const turned = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  return turned.find((i) => !has(i.id) && (i.required || !required))?.id ?? null;
}

/** Open items that "all normal" would answer, with the value each gets. */
export function normals(items: readonly Ask[], has: Has): { item: string; value: string }[] {
  return items.flatMap((i) => (i.normal !== null && !has(i.id) ? [{ item: i.id, value: i.normal }] : []));
}

/** Where the keyboard goes after a group was set: its first open required item, else the next one further on. */
export function afterGroup(groups: readonly AskGroup[], group: string, has: Has): string | null {
  const at = groups.findIndex((g) => g.id === group);
  const turned = [...groups.slice(at), ...groups.slice(0, Math.max(0, at))];
  return flat(turned).find((i) => i.required && !has(i.id))?.id ?? null;
}

export interface Tally {
  done: number;
  all: number;
  /** Required items still open. */
  lacks: number;
}

export function tally(items: readonly Ask[], has: Has): Tally {
  return {
    done: items.filter((i) => has(i.id)).length,
    all: items.length,
    lacks: items.filter((i) => i.required && !has(i.id)).length
  };
}
