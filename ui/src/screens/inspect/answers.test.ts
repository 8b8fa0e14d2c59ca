import { expect, test } from 'vitest';
import { answered, blocks, read, readDate, severityOf } from './answers';

const value = (v: string, severity: number | null, blocks_sale = false) => ({
  value: v,
  zh: v,
  en: v,
  severity,
  blocks_sale,
  badge_zh: '',
  badge_en: ''
});
const lock = {
  kind: 'enum' as const,
  values: [value('none', 0), value('locked', 4, true), value('unchecked', null)],
  min: null,
  max: null
};
const health = { kind: 'number' as const, values: [value('unreadable', 0)], min: 0, max: 100 };

test('"not checked" is no answer, nor is an empty list', () => {
  expect(answered(lock, 'none')).toBe(true);
  expect(answered(lock, 'unchecked')).toBe(false);
  expect(answered(lock, null)).toBe(false);
  expect(answered({ ...lock, kind: 'multi' }, [])).toBe(false);
  expect(answered(health, 0)).toBe(true);
});

test('a percentage is read with or without its sign and kept within its limits', () => {
  expect(read(health, '89')).toEqual({ value: 89 });
  expect(read(health, ' 89% ')).toEqual({ value: 89 });
  expect(read(health, '101')).toEqual({ wrong: 'range' });
  expect(read(health, '8.5')).toEqual({ wrong: 'number' });
  expect(read(health, '')).toEqual({ value: null });
});

test('days are read as people write them, and days there are not are refused', () => {
  expect(readDate('20270131')).toBe('2027-01-31');
  expect(readDate('2027/1/31')).toBe('2027-01-31');
  expect(readDate('2027-02-30')).toBeNull();
  expect(readDate('31-01-2027')).toBeNull();
});

test('an IMEI is taken with its spaces and refused with a wrong check digit', () => {
  const imei = { ...health, kind: 'imei' as const };
  expect(read(imei, '49 015420 323751 8')).toEqual({ value: '490154203237518' });
  expect(read(imei, '490154203237519')).toEqual({ wrong: 'imei' });
});

test('the worst of several values counts, and a blocking value blocks', () => {
  expect(severityOf(lock, 'locked')).toBe(4);
  expect(severityOf({ ...lock, kind: 'multi' }, ['none', 'locked'])).toBe(4);
  expect(blocks(lock, 'locked')).toBe(true);
  expect(blocks(lock, 'none')).toBe(false);
});
