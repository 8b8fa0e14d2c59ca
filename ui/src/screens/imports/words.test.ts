import { describe, expect, it, vi } from 'vitest';
import type { ImportRow } from '../../ipc/gen/ImportRow';
import type { UnitRow } from '../../ipc/gen/UnitRow';
import { setLang } from '../../i18n/index.svelte';

vi.mock('../../ipc/client', () => ({ AppFailure: class extends Error {}, failureOf: (e: unknown) => ({ error: e }) }));
const { shortKey, whatHappens } = await import('./words');

setLang('zh');
const unit = (stock_no: string) => ({ id: stock_no, stock_no }) as UnitRow;
const row = (part: Partial<ImportRow>) =>
  ({
    verdict: 'new',
    error: null,
    notes: [],
    changes: [],
    candidates: [],
    unit: null,
    how: null,
    ...part
  }) as ImportRow;
const orders = (part: Partial<ImportRow>, chosen?: UnitRow, skipped = false) =>
  whatHappens('orders', row(part), chosen, skipped);

describe('what writing a row would do', () => {
  it('a new order locks its unit, waits for one, or is an accessory', () => {
    expect(orders({ unit: unit('0371'), how: 'title' })).toBe('写入并锁定 0371');
    expect(orders({})).toBe('写入，机器之后再对');
    expect(orders({ how: 'accessory' })).toBe('写入，归入配件');
  });

  it('candidates are asked for by name until one is chosen', () => {
    const choose = { verdict: 'choose' as const, candidates: [unit('0402'), unit('0398')] };
    expect(orders(choose)).toBe('0402 还是 0398？选完才锁');
    expect(orders(choose, unit('0398'))).toBe('写入并锁定 0398');
  });

  it('changes stand as old to new, with ids in words', () => {
    const changes = [
      { field: 'status', old: 'to_ship', new: 'shipped' },
      { field: 'tracking_no', old: '', new: 'SF1' }
    ];
    expect(orders({ verdict: 'changed', changes })).toBe('待发货 → 已发货，补运单号 SF1');
  });

  it('a released unit is said once, by its note', () => {
    const text = orders({
      verdict: 'changed',
      changes: [{ field: 'unit', old: '0355', new: '' }],
      notes: [{ key: 'released', args: { stock_no: '0355' } }]
    });
    expect(text).toBe('0355 放回货架');
  });

  it('a refusal says why, a row left out says only that', () => {
    const error = { code: 'imei_luhn' as const, args: { expected: '5' }, detail: null };
    expect(orders({ verdict: 'refused', error })).toContain('末位应是 5');
    expect(orders({ unit: unit('0371') }, undefined, true)).toBe('这行不写');
  });

  it('a unit of a sheet is taken in', () => {
    expect(whatHappens('units', row({}), undefined, false)).toBe('收进货架');
  });
});

it('a long order number keeps its start and end', () => {
  expect([shortKey('2611240000000004471'), shortKey('0371')]).toEqual(['2611…4471', '0371']);
});
