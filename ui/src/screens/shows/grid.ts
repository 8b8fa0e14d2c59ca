import type { ItemFill } from '../../ipc/gen/ItemFill';
import type { ItemPatch } from '../../ipc/gen/ItemPatch';
import type { ItemProblem } from '../../ipc/gen/ItemProblem';
import type { ShowItem } from '../../ipc/gen/ShowItem';
import { parseYuan } from '../../i18n/format';

/** Columns the cursor walks, left to right. Start time, cover and problems are derived and only looked at. */
export const COLS = ['minutes', 'no', 'title', 'price', 'talk', 'flaws'] as const;
export type Col = (typeof COLS)[number];

/** The longest a row may be, as the store refuses more. */
export const MAX_MINUTES = 600;

/** Whether a person may type into this cell. A stock number is a unit, not text: it is changed by inserting another. */
export function editable(item: ShowItem, col: Col): boolean {
  if (col === 'no') return false;
  return col !== 'price' || item.unit !== null;
}

/** The text an editor opens with. Prices are plain yuan, without sign or commas. */
export function cellText(item: ShowItem, col: Col): string {
  if (col === 'minutes') return String(item.minutes);
  if (col === 'no') return item.unit?.stock_no ?? '';
  if (col === 'price') return item.price === null ? '' : String(item.price / 100);
  return item[col];
}

/** What typing this text into the column means; `null` when it means nothing (a word in the price column). */
export function patchOf(col: Col, text: string): ItemPatch | null {
  const trimmed = text.trim();
  if (col === 'minutes') {
    const minutes = /^(\d{1,3})\s*(分|分钟|m|min)?$/i.exec(trimmed)?.[1];
    return minutes !== undefined && Number(minutes) <= MAX_MINUTES ? { minutes: Number(minutes) } : null;
  }
  if (col === 'price') {
    if (trimmed === '') return { price: null };
    const price = parseYuan(trimmed);
    return price === null || price < 0 ? null : { price };
  }
  if (col === 'title') return { title: trimmed };
  if (col === 'talk') return { talk: text.trimEnd() };
  if (col === 'flaws') return { flaws: text.trimEnd() };
  return null;
}

/** Splits a block pasted from a spreadsheet: tabs between cells, quoted cells may hold line breaks. */
export function parseBlock(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const source = text.replace(/\r\n?/g, '\n');
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!;
    if (quoted) {
      if (c === '"' && source[i + 1] === '"') {
        cell += '"';
        i++;
      } else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === '\t' || c === '\n') {
      row.push(cell);
      cell = '';
      if (c === '\n') {
        rows.push(row);
        row = [];
      }
    } else cell += c;
  }
  row.push(cell);
  rows.push(row);
  while (rows.length > 0 && rows.at(-1)!.every((v) => v.trim() === '')) rows.pop();
  return rows;
}

/** Codes in the first column of a block: stock numbers, IMEIs or serial numbers, one a line. */
export function codesOf(block: string[][]): string[] {
  return block.map((r) => (r[0] ?? '').trim()).filter((v) => v !== '');
}

/**
 * Lays a pasted block over the rows from `row` and `col` on. Rows that would get the same patch share one edit.
 * Gives the cells that could not be understood, so that they can be named.
 */
export function layBlock(
  items: ShowItem[],
  row: number,
  col: Col,
  block: string[][]
): { fills: ItemFill[]; bad: string[] } {
  const first = COLS.indexOf(col);
  const byPatch = new Map<string, ItemFill>();
  const bad: string[] = [];
  block.forEach((cells, i) => {
    const item = items[row + i];
    if (!item) return;
    const patch: ItemPatch = {};
    cells.forEach((text, j) => {
      const at = COLS[first + j];
      if (!at || !editable(item, at)) return;
      const part = patchOf(at, text);
      if (part) Object.assign(patch, part);
      else bad.push(text.trim());
    });
    if (Object.keys(patch).length === 0) return;
    const key = JSON.stringify(patch);
    const same = byPatch.get(key);
    if (same) same.ids.push(item.id);
    else byPatch.set(key, { ids: [item.id], patch });
  });
  return { fills: [...byPatch.values()], bad };
}

/** Ids between two rows, both included. */
export function span(items: ShowItem[], a: number, b: number): string[] {
  const [lo, hi] = a < b ? [a, b] : [b, a];
  return items.slice(lo, hi + 1).map((i) => i.id);
}

/** Where Alt+Up or Alt+Down puts the picked rows; `undefined` when they already stand at the edge. */
export function stepTarget(items: ShowItem[], ids: ReadonlySet<string>, down: boolean): string | null | undefined {
  const at = items.flatMap((item, i) => (ids.has(item.id) ? [i] : []));
  if (at.length === 0) return undefined;
  if (down) {
    const next = items[at.at(-1)! + 1];
    return next ? next.id : undefined;
  }
  const top = at[0]!;
  if (top === 0) return undefined;
  return top === 1 ? null : items[top - 2]!.id;
}

/** Behind which item rows dropped into gap `gap` (0 = above the first row) land; `undefined` when nothing would move. */
export function dropTarget(items: ShowItem[], ids: ReadonlySet<string>, gap: number): string | null | undefined {
  const rest = items.filter((i) => !ids.has(i.id));
  const before = items.slice(0, gap).filter((i) => !ids.has(i.id)).length;
  const moved = items.filter((i) => ids.has(i.id));
  const order = [...rest.slice(0, before), ...moved, ...rest.slice(before)];
  if (order.every((item, i) => item.id === items[i]!.id)) return undefined;
  return before === 0 ? null : rest[before - 1]!.id;
}

/** Ids in the order they have once `ids` stand behind `after` (`null`: at the top). */
export function reordered(items: ShowItem[], ids: readonly string[], after: string | null): string[] {
  const rest = items.map((i) => i.id).filter((id) => !ids.includes(id));
  const at = after === null ? 0 : rest.indexOf(after) + 1;
  return [...rest.slice(0, at), ...ids, ...rest.slice(at)];
}

/** A block of the budget bar: its share of the bar and how much of it lies past the budget. */
export interface Block {
  id: string;
  minutes: number;
  /** Minutes of it beyond the planned length. */
  over: number;
  unit: boolean;
}

/** Blocks in order, split where the budget ends, and the minutes over (positive) or left (negative). */
export function budget(items: ShowItem[], planned: number): { total: number; over: number; blocks: Block[] } {
  let total = 0;
  const blocks = items.map((item) => {
    const start = total;
    total += item.minutes;
    const over = Math.max(0, Math.min(item.minutes, total - Math.max(planned, start)));
    return { id: item.id, minutes: item.minutes, over, unit: item.unit !== null };
  });
  return { total, over: total - planned, blocks };
}

/** Problems that mean the unit cannot be sold in this show: the row is struck through. */
const GONE: readonly ItemProblem[] = ['sold', 'withdrawn', 'other_show'];

/** Whether the row's unit is sold or promised elsewhere. */
export function isGone(item: ShowItem): boolean {
  return item.problems.some((p) => GONE.includes(p));
}

/** Rows a person must look at before going on air. */
export function problemRows(items: ShowItem[]): ShowItem[] {
  return items.filter((i) => i.problems.length > 0);
}
