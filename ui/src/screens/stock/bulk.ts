import type { Key } from '../../i18n/index.svelte';
import type { PriceColumn } from '../../ipc/gen/PriceColumn';
import type { PriceChange } from '../../ipc/gen/PriceChange';
import type { Rounding } from '../../ipc/gen/Rounding';
import type { UnitRow } from '../../ipc/gen/UnitRow';
import { parseYuan } from '../../i18n/format';

/** What a selection of units can be asked to do. */
export type BulkAct =
  | 'show'
  | 'price'
  | 'edit'
  | 'shelf'
  | 'grade'
  | 'withdraw'
  | 'restore'
  | 'delete'
  | 'label'
  | 'export'
  | 'inspect'
  | 'compare'
  | 'sheet';
/** Acts that need an answer first. */
export type BulkAsk = Extract<BulkAct, 'show' | 'price' | 'edit' | 'shelf' | 'grade' | 'withdraw'>;

export interface BulkAction {
  act: BulkAct;
  label: Key;
  key?: string;
  /** Stands behind "more" when room is short. */
  later?: boolean;
}

/** The acts offered for these units, first the ones most wanted. Another act is another line here. */
export function bulkActions(units: readonly UnitRow[], plans: boolean, inspects = false): BulkAction[] {
  const gone = units.length > 0 && units.every((u) => u.status === 'withdrawn' || u.status === 'shipped');
  const pair = units.length === 2 && units.every((u) => u.inspected !== null);
  const list: (BulkAction | false)[] = [
    plans && { act: 'show', label: 'stock.bulk.show', key: 'S' },
    { act: 'price', label: 'stock.bulk.price', key: '$' },
    { act: 'edit', label: 'cat.bulk.edit', key: 'E' },
    inspects && units.length === 1 && !gone && { act: 'inspect', label: 'inspect.bulk.inspect', key: 'I' },
    pair && { act: 'compare', label: 'inspect.bulk.compare' },
    { act: 'label', label: 'labels.bulk', key: 'L' },
    { act: 'export', label: 'stock.bulk.export', key: 'O', later: true },
    { act: 'shelf', label: 'stock.bulk.shelf', key: 'M', later: true },
    { act: 'grade', label: 'stock.bulk.grade', key: 'G', later: true },
    { act: 'sheet', label: 'inspect.bulk.sheet', later: true },
    gone
      ? { act: 'restore', label: 'stock.bulk.restore', later: true }
      : { act: 'withdraw', label: 'stock.bulk.withdraw', later: true },
    { act: 'delete', label: 'stock.bulk.delete', later: true }
  ];
  return list.filter((a) => a !== false);
}

/** How a price is to move, as chosen in the dialogue. */
export type Move = 'keep' | 'set' | 'add' | 'take' | 'percent_up' | 'percent_down' | 'clear';
export const MOVES: Move[] = ['keep', 'set', 'add', 'take', 'percent_up', 'percent_down', 'clear'];
export const ROUNDINGS: Rounding[] = ['exact', 'yuan', 'ten', 'nine', 'ninety_nine'];

export interface PriceAsk {
  move: Move;
  amount: string;
  round: Rounding;
}

/** The change asked for, `null` for none, `'bad'` when the amount cannot be read. */
export function priceChange(field: PriceColumn, ask: PriceAsk): PriceChange | null | 'bad' {
  if (ask.move === 'keep') return null;
  if (ask.move === 'clear') return { field, how: 'clear', amount: 0, round: 'exact' };
  // Hundredths, both of yuan and of percent.
  const amount = parseYuan(ask.amount.replace(/[%\uff05]$/, ''));
  if (amount === null || amount > 100_000_000) return 'bad';
  const less = ask.move === 'take' || ask.move === 'percent_down';
  const how = ask.move === 'set' ? 'set' : ask.move.startsWith('percent') ? 'percent' : 'add';
  return { field, how, amount: less ? -amount : amount, round: how === 'set' ? 'exact' : ask.round };
}
