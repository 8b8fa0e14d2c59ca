import { describe, expect, it } from 'vitest';
import { cleanColumns, COLUMNS, layout, moveColumn, nextSort, sorted, USUAL, type ColumnId } from './columns';

const ids = (chosen: ColumnId[], width: number) => layout(chosen, width).columns.map((c) => c.id);
const column = (id: ColumnId) => {
  const found = layout([id], 2000).columns.find((c) => c.id === id);
  if (!found) throw new Error(id);
  return found;
};

describe('columns of the stock table', () => {
  it('all usual ones fit a small laptop with the drawer open and without', () => {
    expect(ids(USUAL, 1126)).toEqual(['no', 'model', ...USUAL]);
    expect(ids(USUAL, 750)).toEqual(['no', 'model', ...USUAL]);
    expect([layout(USUAL, 1126).narrow, layout(USUAL, 750).narrow]).toEqual([false, true]);
  });

  it('where there is no room the least missed go, and are named', () => {
    const form = layout(USUAL, 566);
    expect(form.columns.map((c) => c.id)).toContain('price');
    expect(form.left.length).toBeGreaterThan(0);
    expect(form.left).not.toContain('price');
    const every = layout(COLUMNS, 1126);
    expect(every.columns.length + every.left.length).toBe(COLUMNS.length + 2);
  });

  it('number and model stay however narrow it is', () => {
    expect(ids(USUAL, 100)).toEqual(['no', 'model']);
  });

  it('what was stored by another version is cleaned', () => {
    expect(cleanColumns(['grade', 'nonsense', 'grade', 'cost'])).toEqual(['grade', 'cost']);
  });

  it('a column moves one place and not beyond the ends', () => {
    expect(moveColumn(['grade', 'cost', 'age'], 'cost', -1)).toEqual(['cost', 'grade', 'age']);
    expect(moveColumn(['grade', 'cost', 'age'], 'age', 1)).toEqual(['grade', 'cost', 'age']);
  });

  it('a press on a head sorts by it, a second one the other way', () => {
    const price = column('price');
    expect(nextSort(price, 'newest')).toBe('price_up');
    expect(nextSort(price, 'price_up')).toBe('price_down');
    expect(nextSort(column('badges'), 'newest')).toBeNull();
    expect([sorted(price, 'price_up'), sorted(price, 'price_down'), sorted(price, 'newest')]).toEqual([
      'ascending',
      'descending',
      'none'
    ]);
    // The oldest have the most days.
    expect(sorted(column('age'), 'oldest')).toBe('descending');
  });
});
