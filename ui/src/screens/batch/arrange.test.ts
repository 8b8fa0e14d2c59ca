import { expect, test } from 'vitest';
import type { BatchGroup } from '../../ipc/gen/BatchGroup';
import type { BatchUnit } from '../../ipc/gen/BatchUnit';
import { acrossTo, beside, giveTo, inOrder, joinUp, moveTo, splitAt, toggleLeave } from './arrange';

const unit = (no: string): BatchUnit => ({ id: no, stock_no: no, title: '', cover: null, photos: 0 });
const group = (id: number, photos: number[], of: string | null = null): BatchGroup => ({
  id,
  unit: of ? unit(of) : null,
  leave: false,
  by: 'label',
  sure: 'sure',
  code: of,
  gap_s: null,
  photos
});
const two = [group(0, [0, 1, 2], '0387'), group(1, [3, 4])];
const told = (groups: BatchGroup[]) => groups.map((g) => [g.unit?.stock_no ?? null, g.photos]);

test('photographs move to another group, before one of it or to its end, in the order they have', () => {
  expect(told(moveTo(two, [2, 1], 1))).toEqual([
    ['0387', [0]],
    [null, [3, 4, 1, 2]]
  ]);
  expect(told(moveTo(two, [4], 0, 1))).toEqual([
    ['0387', [0, 4, 1, 2]],
    [null, [3]]
  ]);
  expect(told(moveTo(two, [2], 0, 0))[0]).toEqual(['0387', [2, 0, 1]]);
});

test('a group that loses its last photograph goes', () => {
  expect(told(moveTo(two, [3, 4], 0))).toEqual([['0387', [0, 1, 2, 3, 4]]]);
});

test('photographs can be a device of their own', () => {
  const out = moveTo(two, [1], null);
  expect(told(out)).toEqual([
    ['0387', [0, 2]],
    [null, [1]],
    [null, [3, 4]]
  ]);
  expect(new Set(out.map((g) => g.id)).size).toBe(3);
});

test('from a photograph on it is another device, but never from the first', () => {
  expect(told(splitAt(two, 1))).toEqual([
    ['0387', [0]],
    [null, [1, 2]],
    [null, [3, 4]]
  ]);
  expect(splitAt(two, 0)).toEqual(two);
});

test('a group joins the one above and keeps whichever unit is known', () => {
  expect(told(joinUp(two, 1))).toEqual([['0387', [0, 1, 2, 3, 4]]]);
  expect(told(joinUp([group(0, [0]), group(1, [1], '0391')], 1))).toEqual([['0391', [0, 1]]]);
  expect(joinUp(two, 0)).toEqual(two);
});

test('a unit has one group: a second one joins the first', () => {
  expect(told(giveTo(two, 1, unit('0391')))).toEqual([
    ['0387', [0, 1, 2]],
    ['0391', [3, 4]]
  ]);
  expect(told(giveTo(two, 1, unit('0387')))).toEqual([['0387', [0, 1, 2, 3, 4]]]);
  expect(giveTo(two, 0, null)[0]).toMatchObject({ unit: null, by: 'hand' });
});

test('whatever is done, no photograph is lost and none is there twice', () => {
  let seed = 7;
  const roll = (n: number) => (seed = (seed * 16807) % 2147483647) % n;
  let groups = [group(0, [0, 1, 2, 3]), group(1, [4, 5, 6], '0387'), group(2, [7, 8, 9])];
  for (let i = 0; i < 500; i += 1) {
    const id = groups[roll(groups.length)]?.id ?? 0;
    const photo = roll(10);
    const what = roll(6);
    if (what === 0) groups = moveTo(groups, [photo, roll(10)], id, roll(2) ? roll(10) : null);
    if (what === 1) groups = moveTo(groups, [photo], null);
    if (what === 2) groups = splitAt(groups, photo);
    if (what === 3) groups = joinUp(groups, id);
    if (what === 4) groups = giveTo(groups, id, roll(3) ? unit(`${roll(3)}`) : null);
    if (what === 5) groups = toggleLeave(groups, id);
    expect(inOrder(groups).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(groups.map((g) => g.id)).size).toBe(groups.length);
    const units = groups.flatMap((g) => (g.unit ? [g.unit.id] : []));
    expect(new Set(units).size).toBe(units.length);
  }
});

test('the keyboard goes along the pictures and from group to group', () => {
  expect(beside(two, 2, 1)).toBe(3);
  expect(beside(two, 4, 1)).toBe(4);
  expect(beside(two, null, 1)).toBe(0);
  expect(acrossTo(two, 2, 1)).toBe(4);
  expect(acrossTo(two, 3, -1)).toBe(0);
  expect(acrossTo(two, 3, 1)).toBe(3);
});
