import type { UnitSort } from '../../ipc/gen/UnitSort';

/** Columns of the stock table that a person may choose and move. Number and model always stand first. */
export type ColumnId =
  | 'brand'
  | 'grade'
  | 'battery'
  | 'badges'
  | 'price'
  | 'live'
  | 'cost'
  | 'age'
  | 'status'
  | 'shelf'
  | 'tail'
  | 'photos'
  | 'inspected';

export interface Column {
  id: 'no' | 'model' | ColumnId;
  /** Least width in pixels, and when room is short. */
  wide: number;
  narrow: number;
  /** Takes a share of the room left. */
  grows?: number;
  right?: boolean;
  /** The two directions of its sort; the first is the one wanted first. */
  sorts?: readonly [UnitSort, UnitSort];
  /** Goes first when room is short: the lowest. */
  keep: number;
}

const NO: Column = { id: 'no', wide: 56, narrow: 42, sorts: ['stock_no', 'stock_no_down'], keep: 99 };
const MODEL: Column = { id: 'model', wide: 168, narrow: 92, grows: 1.6, sorts: ['model_up', 'model_down'], keep: 99 };

const OTHERS: Record<ColumnId, Column> = {
  brand: { id: 'brand', wide: 76, narrow: 60, sorts: ['brand_up', 'brand_down'], keep: 3 },
  grade: { id: 'grade', wide: 76, narrow: 58, sorts: ['grade_up', 'grade_down'], keep: 10 },
  battery: { id: 'battery', wide: 52, narrow: 42, right: true, sorts: ['battery_down', 'battery_up'], keep: 8 },
  badges: { id: 'badges', wide: 96, narrow: 62, grows: 1, keep: 5 },
  price: { id: 'price', wide: 84, narrow: 60, right: true, sorts: ['price_up', 'price_down'], keep: 12 },
  live: { id: 'live', wide: 84, narrow: 60, right: true, sorts: ['live_up', 'live_down'], keep: 9 },
  cost: { id: 'cost', wide: 84, narrow: 58, right: true, sorts: ['cost_up', 'cost_down'], keep: 7 },
  age: { id: 'age', wide: 60, narrow: 46, right: true, sorts: ['oldest', 'newest'], keep: 6 },
  status: { id: 'status', wide: 140, narrow: 106, grows: 1, sorts: ['status_up', 'status_down'], keep: 11 },
  inspected: { id: 'inspected', wide: 96, narrow: 64, keep: 4.5 },
  shelf: { id: 'shelf', wide: 84, narrow: 48, sorts: ['shelf_up', 'shelf_down'], keep: 4 },
  tail: { id: 'tail', wide: 60, narrow: 48, right: true, keep: 2 },
  photos: { id: 'photos', wide: 52, narrow: 42, right: true, sorts: ['photos_up', 'photos_down'], keep: 1 }
};

/** Both directions of a column's sort. */
export const columnSorts = (id: ColumnId): readonly UnitSort[] => OTHERS[id].sorts ?? [];

export const COLUMNS = Object.keys(OTHERS) as ColumnId[];
export const USUAL: ColumnId[] = ['grade', 'battery', 'badges', 'price', 'cost', 'age', 'status', 'shelf'];
const KEY = 'stall.stock.columns';

/** Only columns there are, each once. */
export function cleanColumns(list: readonly string[]): ColumnId[] {
  return [...new Set(list)].filter((c): c is ColumnId => c in OTHERS);
}

export function storedColumns(): ColumnId[] {
  if (typeof localStorage === 'undefined') return [...USUAL];
  const kept = localStorage.getItem(KEY);
  return kept === null ? [...USUAL] : cleanColumns(kept.split(','));
}

export function storeColumns(columns: readonly ColumnId[]): void {
  if (typeof localStorage !== 'undefined') localStorage.setItem(KEY, columns.join(','));
}

/** Checkbox, cover, the row's own edges. */
const HEAD = 18 + 28;

export interface Layout {
  columns: Column[];
  /** `grid-template-columns` of head and rows. */
  grid: string;
  narrow: boolean;
  /** Chosen columns there is no room for. */
  left: ColumnId[];
}

/**
 * The columns that fit into `width`, in their order: first as wide as they like, then as narrow as they can, then without
 * those that are missed least.
 */
export function layout(
  chosen: readonly ColumnId[],
  width: number,
  extra: Partial<Record<Column['id'], number>> = {}
): Layout {
  const all: Column[] = [NO, MODEL, ...chosen.map((c) => OTHERS[c])];
  const size = (c: Column, narrow: boolean) => (narrow ? c.narrow : c.wide) + (extra[c.id] ?? 0);
  const need = (list: Column[], narrow: boolean) => {
    const [gap, edges] = narrow ? [6, 22] : [8, 26];
    return list.reduce((n, c) => n + size(c, narrow) + gap, HEAD + gap + edges);
  };
  let list = all;
  const narrow = need(list, false) > width;
  const left: ColumnId[] = [];
  while (narrow && list.length > 2 && need(list, true) > width) {
    const least = list.reduce((a, b) => (b.keep < a.keep ? b : a));
    list = list.filter((c) => c !== least);
    if (least.id !== 'no' && least.id !== 'model') left.push(least.id);
  }
  const track = (c: Column) =>
    c.grows !== undefined && (c.id === 'model' || !narrow)
      ? `minmax(${size(c, narrow)}px, ${c.grows}fr)`
      : `${size(c, narrow)}px`;
  return { columns: list, grid: ['18px', '28px', ...list.map(track)].join(' '), narrow, left };
}

/** Puts a column one place on. */
export function moveColumn(list: readonly ColumnId[], id: ColumnId, by: -1 | 1): ColumnId[] {
  const at = list.indexOf(id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= list.length) return [...list];
  const next = list.filter((c) => c !== id);
  next.splice(to, 0, id);
  return next;
}

/** The sort a press on this head asks for: the wanted direction first, then the other. */
export function nextSort(column: Column, now: UnitSort): UnitSort | null {
  if (!column.sorts) return null;
  return column.sorts[0] === now ? column.sorts[1] : column.sorts[0];
}

const DOWN: readonly UnitSort[] = ['newest', 'price_down'];

/** Which way the column is sorted now, as its values run. Age runs against the day of intake. */
export function sorted(column: Column, now: UnitSort): 'ascending' | 'descending' | 'none' {
  if (!column.sorts?.includes(now)) return 'none';
  if (column.id === 'age') return now === 'oldest' ? 'descending' : 'ascending';
  return now.endsWith('_down') || DOWN.includes(now) ? 'descending' : 'ascending';
}
