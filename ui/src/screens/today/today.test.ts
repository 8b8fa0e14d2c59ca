import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../ipc/gen/Inbox';
import type { OrderRow } from '../../ipc/gen/OrderRow';
import type { Today } from '../../ipc/gen/Today';
import { axis } from './chart';
import { shareLeft, tasksOf, tone } from './tasks';

const NOW = Date.parse('2026-11-24T14:36:00+08:00');
const HOUR = 3_600_000;
const order = (dueIn: number | null, paidAgo: number | null = 24): OrderRow =>
  ({
    id: 'o',
    platform: 'kuaishou',
    units: [],
    paid_at: paidAgo === null ? null : NOW - paidAgo * HOUR,
    deadline: dueIn === null ? null : { at: NOW + dueIn * HOUR, source: 'file' }
  }) as unknown as OrderRow;
const calm: Today = {
  now: NOW,
  parcels: [],
  parcels_total: 0,
  parcels_late: 0,
  parcels_today: 0,
  parcels_by_platform: [],
  to_match: [],
  to_match_total: 0,
  held_total: 0,
  shows: [],
  no_photos: [],
  no_photos_total: 0,
  no_grade_total: 0,
  tray_photos: 0,
  tray_groups: 0,
  tray_covers: [],
  ageing: [],
  ageing_total: 0,
  labels_missing: 0,
  week: [],
  in_stock: 10
};

describe('what Today asks for', () => {
  it('is nothing when nothing is due', () => {
    expect(tasksOf(calm, 45, NOW)).toEqual([]);
  });
  it('is parcels before all else, in red when one is late', () => {
    const d = { ...calm, parcels: [order(-1), order(9)], parcels_total: 2, parcels_late: 1, no_photos_total: 3 };
    const list = tasksOf(d, 45, NOW);
    expect(list.map((x) => x.id)).toEqual(['parcels', 'photos']);
    expect(list[0]?.tone).toBe('late');
  });
  it('asks to name photographs that have no unit before asking for new ones', () => {
    const d = { ...calm, no_photos_total: 3, tray_photos: 9, tray_groups: 2, tray_covers: ['a', 'b'] };
    const list = tasksOf(d, 45, NOW);
    expect(list.map((x) => x.id)).toEqual(['tray', 'photos']);
    expect(list[0]?.to).toBe('/stock/tray');
  });
  it('asks first what keeps parcels from leaving, and what only differs after the parcels', () => {
    const asks = (cards: object[]): Inbox => ({ now: NOW, cards, total: cards.length, others: 0 }) as unknown as Inbox;
    const d = { ...calm, parcels: [order(9)], parcels_total: 1 };
    const unit = { stock_no: '0399', cover: null };
    const sale = { id: 'a', kind: 'device_double_sold', question: { about: 'sale', unit, sides: [], likes: [] } };
    expect(tasksOf(d, 45, NOW, asks([sale])).map((x) => x.id)).toEqual(['inbox', 'parcels']);
    const value = { id: 'guarded', kind: 'guarded', question: { about: 'value', unit, sides: [], field: 'cost' } };
    const list = tasksOf(d, 45, NOW, asks([value]));
    expect(list.map((x) => x.id)).toEqual(['parcels', 'inbox']);
    expect(list[1]?.to).toBe('/inbox/guarded');
    expect(tasksOf(d, 45, NOW, asks([])).map((x) => x.id)).toEqual(['parcels']);
  });
  it('says how many days ageing means here', () => {
    expect(tasksOf({ ...calm, ageing_total: 2 }, 60, NOW)[0]?.title).toContain('60');
  });
});

describe('a parcel on Today', () => {
  it('is late past its deadline, amber within six hours, calm beyond or without one', () => {
    expect([order(-0.1), order(5), order(7), order(null)].map((o) => tone(o, NOW))).toEqual(['late', 'due', '', '']);
  });
  it('draws the share of the promised time that is left', () => {
    expect(shareLeft(order(24, 24), NOW)).toBeCloseTo(0.5);
    expect(shareLeft(order(-3, 24), NOW)).toBe(0);
    expect(shareLeft(order(24, null), NOW)).toBeCloseTo(0.5);
    expect(shareLeft(order(null), NOW)).toBe(0);
  });
});

describe('the axis of the week', () => {
  it('has round lines and holds the highest day', () => {
    const { top, lines } = axis(5_200_000);
    expect(top).toBe(5_200_000);
    expect(lines).toEqual([0, 2_000_000, 4_000_000]);
  });
  it('does not divide by an empty week', () => {
    expect(axis(0).top).toBeGreaterThan(0);
  });
  it('fits small and large stalls', () => {
    for (const max of [100, 9900, 123_456, 98_765_400]) {
      const { top, lines } = axis(max);
      expect(top).toBeGreaterThanOrEqual(max);
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.length).toBeLessThanOrEqual(4);
    }
  });
});
