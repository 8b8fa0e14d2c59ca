import { afterEach, describe, expect, it } from 'vitest';
import {
  age,
  bytes,
  clock,
  day,
  dayLong,
  dayStart,
  daysAway,
  isoDay,
  left,
  parseDayClock,
  parseYuan,
  plainYuan,
  when,
  yuan
} from './format';
import { setLang, t } from './index.svelte';
import { fill } from './text';

const at = (text: string) => Date.parse(`${text}+08:00`);
const NOW = at('2026-11-24T14:36:00');
afterEach(() => setLang('zh'));

describe('money', () => {
  it('shows fen only when there are any', () => {
    expect(yuan(229_900)).toBe('¥2,299');
    expect(yuan(1250)).toBe('¥12.50');
    expect(yuan(5)).toBe('¥0.05');
    expect(yuan(-12_345)).toBe('-¥123.45');
    expect(yuan(null)).toBe('—');
  });
  it('is read as people type it', () => {
    expect(parseYuan('2299')).toBe(229_900);
    expect(parseYuan(' ¥2,299.5 ')).toBe(229_950);
    expect(parseYuan('２２９９')).toBe(229_900);
    expect(parseYuan('2299元')).toBe(229_900);
    expect(parseYuan('.5')).toBe(50);
  });
  it('is refused when it is no amount', () => {
    for (const text of ['', 'abc', '-5', '1.234', '1e5', '12.3.4', '¥']) expect(parseYuan(text)).toBeNull();
  });
  it('goes into a field and comes back the same', () => {
    for (const fen of [0, 5, 50, 1250, 229_900]) expect(parseYuan(plainYuan(fen))).toBe(fen);
  });
});

describe('time', () => {
  it('is Shanghai time wherever the laptop is', () => {
    expect(clock(at('2026-11-24T17:00:00'))).toBe('17:00');
    expect(day(at('2026-11-24T00:10:00'))).toBe('11-24');
    expect(isoDay(at('2026-11-24T00:10:00'))).toBe('2026-11-24');
    expect(dayStart(NOW)).toBe(at('2026-11-24T00:00:00'));
  });
  it('says what is left, and by how much it is late', () => {
    expect(left(NOW + 144 * 60_000, NOW)).toBe('还有 2 小时 24 分');
    expect(left(NOW - 12 * 60_000, NOW)).toBe('过点 12 分');
    expect(left(NOW + 50 * 3_600_000, NOW)).toBe('还有 2 天 2 小时');
    setLang('en');
    expect(left(NOW + 124 * 60_000, NOW)).toBe('2 h 04 min left');
    expect(left(NOW - 12 * 60_000, NOW)).toBe('12 min late');
  });
  it('names near days by word', () => {
    expect(when(at('2026-11-24T19:30:00'), NOW)).toBe('今天 19:30');
    expect(when(at('2026-11-25T00:05:00'), NOW)).toBe('明天 00:05');
    expect(when(at('2026-11-27T19:30:00'), NOW)).toBe('11-27 19:30');
    expect(daysAway(at('2026-11-23T23:59:00'), NOW)).toBe(-1);
  });
  it('writes the long day in both languages', () => {
    expect(dayLong(NOW)).toBe('11 月 24 日 星期二');
    setLang('en');
    expect(dayLong(NOW)).toBe('Tuesday 24 November');
  });
  it('reads a day and a clock, and refuses what is neither', () => {
    expect(parseDayClock('2026-11-24', '19:30')).toBe(at('2026-11-24T19:30:00'));
    expect(parseDayClock('2026-13-40', '19:30')).toBeNull();
    expect(parseDayClock('', '')).toBeNull();
  });
  it('counts whole days of age', () => {
    expect(age(NOW - 3_600_000, NOW)).toBe('今天');
    expect(age(NOW - 52 * 86_400_000, NOW)).toBe('52 天');
  });
});

describe('sentences', () => {
  it('fill their arguments and choose the plural', () => {
    expect(fill('{n} {n|parcel|parcels}', { n: 1 })).toBe('1 parcel');
    expect(fill('{n} {n|parcel|parcels}', { n: '12' })).toBe('12 parcels');
    expect(fill('{n}', { n: 12_345 })).toBe('12,345');
    expect(fill('a {missing}b')).toBe('a b');
  });
  it('come in the language of the screen', () => {
    expect(t('shell.undo')).toBe('撤销');
    setLang('en');
    expect(t('shell.undo')).toBe('Undo');
  });
  it('fall back to the word itself for a key nobody knows', () => {
    expect(t('platform.newshop')).toBe('newshop');
  });
});

describe('sizes', () => {
  it('stay short', () => {
    expect(bytes(820)).toBe('820 B');
    expect(bytes(1_234_567)).toBe('1.2 MB');
    expect(bytes(300_000_000)).toBe('300 MB');
  });
});
