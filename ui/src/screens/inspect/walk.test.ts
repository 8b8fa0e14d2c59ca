import { expect, test } from 'vitest';
import { afterGroup, choices, flat, nextBlank, normals, step, tally, type Ask, type AskGroup } from './walk';

const ask = (id: string, more: Partial<Ask> = {}): Ask => ({ id, required: true, values: [], normal: 'ok', ...more });
const groups: AskGroup[] = [
  { id: 'identity', items: [ask('imei', { normal: null }), ask('meid', { normal: null, required: false })] },
  { id: 'battery', items: [ask('health', { normal: null }), ask('swelling'), ask('cycles', { required: false })] },
  { id: 'look', items: [ask('glass'), ask('back')] }
];
const all = flat(groups);
const having =
  (...ids: string[]) =>
  (id: string) =>
    ids.includes(id);

test('the arrows walk over every item and stop at the ends', () => {
  expect(step(all, null, 1)).toBe('imei');
  expect(step(all, 'imei', 1)).toBe('meid');
  expect(step(all, 'imei', -1)).toBe('imei');
  expect(step(all, 'back', 1)).toBe('back');
  expect(step([], null, 1)).toBeNull();
});

test('going on passes over what is answered and what may stay open', () => {
  expect(nextBlank(all, having('imei'), 'imei', true)).toBe('health');
  expect(nextBlank(all, having('imei'), 'imei', false)).toBe('meid');
});

test('going on from the last comes round to the first that is open, and says when none is', () => {
  expect(nextBlank(all, having('health', 'swelling', 'glass'), 'back', true)).toBe('imei');
  expect(nextBlank(all, () => true, 'back', false)).toBeNull();
});

test('all normal answers what goes without saying and leaves what must be said', () => {
  expect(normals(groups[1]?.items ?? [], having('swelling'))).toEqual([{ item: 'cycles', value: 'ok' }]);
  expect(normals(groups[0]?.items ?? [], having())).toEqual([]);
});

test('after a group the keyboard stands on what the group still needs, else on the next open item', () => {
  expect(afterGroup(groups, 'battery', having('imei', 'swelling'))).toBe('health');
  expect(afterGroup(groups, 'battery', having('health', 'swelling'))).toBe('glass');
  expect(afterGroup(groups, 'look', having('imei', 'glass', 'back', 'swelling'))).toBe('health');
  expect(afterGroup(groups, 'look', () => true)).toBeNull();
});

test('the number keys choose every value but the unchecked one, nine at most', () => {
  const values = [
    ...Array.from({ length: 11 }, (_, i) => ({ value: `v${i}`, severity: i % 6 })),
    { value: 'unchecked', severity: null }
  ];
  expect(choices(values).map((v) => v.value)).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7', 'v8']);
});

test('a group counts what is done of all and what it still needs', () => {
  expect(tally(groups[1]?.items ?? [], having('cycles'))).toEqual({ done: 1, all: 3, lacks: 2 });
});
