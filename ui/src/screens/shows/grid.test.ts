import { describe, expect, it } from 'vitest';
import type { ShowItem } from '../../ipc/gen/ShowItem';
import type { UnitRow } from '../../ipc/gen/UnitRow';
import {
  budget,
  codesOf,
  dropTarget,
  editable,
  isGone,
  layBlock,
  parseBlock,
  patchOf,
  reordered,
  span,
  stepTarget
} from './grid';
import { nextEvening } from './time';

const unit = { stock_no: '0387' } as UnitRow;
const row = (id: string, minutes = 4, extra: Partial<ShowItem> = {}): ShowItem => ({
  id,
  segment: 'single',
  unit,
  title: '',
  minutes,
  starts_at: 0,
  price: null,
  talk: '',
  flaws: '',
  problems: [],
  other_show: null,
  ...extra
});
const rows = ['a', 'b', 'c', 'd'].map((id) => row(id));

describe('a typed cell', () => {
  it('reads minutes with or without the word', () => {
    expect(patchOf('minutes', '12')).toEqual({ minutes: 12 });
    expect(patchOf('minutes', '12分')).toEqual({ minutes: 12 });
  });
  it('refuses minutes that are no number or longer than a show can be', () => {
    expect(patchOf('minutes', 'soon')).toBeNull();
    expect(patchOf('minutes', '601')).toBeNull();
  });
  it('reads a price in yuan into fen and clears it when empty', () => {
    expect(patchOf('price', '¥2,299')).toEqual({ price: 229900 });
    expect(patchOf('price', '')).toEqual({ price: null });
    expect(patchOf('price', 'cheap')).toBeNull();
  });
  it('has no price where there is no unit, and never a typed stock number', () => {
    expect(editable(row('s', 5, { unit: null }), 'price')).toBe(false);
    expect(editable(rows[0]!, 'no')).toBe(false);
    expect(editable(rows[0]!, 'flaws')).toBe(true);
  });
});

describe('a pasted block', () => {
  it('keeps quoted line breaks in one cell and drops the empty last line', () => {
    expect(parseBlock('a\t"b\nc ""x"""\r\nd\te\r\n')).toEqual([
      ['a', 'b\nc "x"'],
      ['d', 'e']
    ]);
  });
  it('gives the codes of its first column', () => {
    expect(codesOf(parseBlock('0387\tx\n\n 0391 \n'))).toEqual(['0387', '0391']);
  });
  it('makes one edit of the rows that get the same value', () => {
    const { fills, bad } = layBlock(rows, 1, 'minutes', [['5'], ['6'], ['5'], ['9']]);
    expect(bad).toEqual([]);
    expect(fills).toEqual([
      { ids: ['b', 'd'], patch: { minutes: 5 } },
      { ids: ['c'], patch: { minutes: 6 } }
    ]);
  });
  it('skips the stock number column and names what it cannot read', () => {
    const { fills, bad } = layBlock(rows, 0, 'minutes', [['5', '0001', 'hello', 'dear']]);
    expect(fills).toEqual([{ ids: ['a'], patch: { minutes: 5, title: 'hello' } }]);
    expect(bad).toEqual(['dear']);
  });
});

describe('moving rows', () => {
  it('steps a selection up, down and stops at both ends', () => {
    expect(stepTarget(rows, new Set(['c']), false)).toBe('a');
    expect(stepTarget(rows, new Set(['b']), false)).toBeNull();
    expect(stepTarget(rows, new Set(['a', 'b']), true)).toBe('c');
    expect(stepTarget(rows, new Set(['a']), false)).toBeUndefined();
    expect(stepTarget(rows, new Set(['d']), true)).toBeUndefined();
  });
  it('drops rows behind the nearest row that stays', () => {
    expect(dropTarget(rows, new Set(['a']), 3)).toBe('c');
    expect(dropTarget(rows, new Set(['c', 'd']), 0)).toBeNull();
    expect(dropTarget(rows, new Set(['b', 'c']), 2)).toBeUndefined();
  });
  it('shows the new order before the store has answered', () => {
    expect(reordered(rows, ['a', 'c'], 'd')).toEqual(['b', 'd', 'a', 'c']);
    expect(reordered(rows, ['d'], null)).toEqual(['d', 'a', 'b', 'c']);
  });
  it('spans rows in either direction', () => {
    expect(span(rows, 2, 1)).toEqual(['b', 'c']);
  });
});

describe('the budget', () => {
  it('marks only the minutes past the planned length', () => {
    const b = budget([row('a', 100), row('b', 60), row('c', 30)], 150);
    expect(b.total).toBe(190);
    expect(b.over).toBe(40);
    expect(b.blocks.map((x) => x.over)).toEqual([0, 10, 30]);
  });
});

it('strikes a row whose unit is sold or promised elsewhere, not one that lacks a picture', () => {
  expect(isGone(row('a', 4, { problems: ['other_show'] }))).toBe(true);
  expect(isGone(row('a', 4, { problems: ['no_photos', 'twice'] }))).toBe(false);
});

describe('the stall clock', () => {
  it('offers this evening, or tomorrow once it has begun', () => {
    const noon = Date.parse('2026-11-24T12:00:00+08:00');
    expect(nextEvening(noon)).toBe(Date.parse('2026-11-24T19:30:00+08:00'));
    expect(nextEvening(noon + 9 * 3_600_000)).toBe(Date.parse('2026-11-25T19:30:00+08:00'));
  });
});
