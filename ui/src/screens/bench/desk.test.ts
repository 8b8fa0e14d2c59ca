import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { BenchAnswer } from '../../ipc/gen/BenchAnswer';
import type { Carrier } from '../../ipc/gen/Carrier';
import type { OrderDetail } from '../../ipc/gen/OrderDetail';
import type { OrderLine } from '../../ipc/gen/OrderLine';
import type { UnitRow } from '../../ipc/gen/UnitRow';

const calls: { name: string; input: unknown }[] = [];
const answers: unknown[] = [];
const tunes: string[] = [];
vi.mock('../../ipc/client', () => ({
  call: (name: string, input: unknown) => {
    calls.push({ name, input });
    const next = answers.shift();
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  },
  failureOf: () => ({ error: { code: 'waybill_used', args: {}, detail: null } })
}));
vi.mock('../../lib/sound', () => ({ play: (tune: string) => tunes.push(tune) }));
const { Desk, missing, stepOf } = await import('./desk.svelte');

const line = (id: string, packed: boolean, kind: OrderLine['kind'] = 'unit') =>
  ({ id, kind, packed_at: packed ? 1 : null }) as OrderLine;
const order = (lines: OrderLine[], stage = 'to_pack') => ({ row: { id: 'o1', stage }, lines }) as OrderDetail;
const sf: Carrier = { code: 'shunfeng', zh: '顺丰速运', en: 'SF', active: true };
const yto: Carrier = { code: 'yuantong', zh: '圆通', en: 'YTO', active: true };
const unit = { stock_no: '0371' } as UnitRow;

beforeEach(() => {
  calls.length = answers.length = tunes.length = 0;
});
const say = (a: BenchAnswer) => answers.push(a);

async function packed() {
  const desk = new Desk();
  say({ type: 'opened', order: order([line('a', false), line('g', false, 'accessory')]) });
  await desk.scan('2611');
  say({
    type: 'right_unit',
    order: order([line('a', true), line('g', false, 'accessory')], 'to_ship'),
    unit,
    complete: true
  });
  await desk.scan('0371');
  return desk;
}

describe('a parcel on the bench', () => {
  it('asks for its devices only: an accessory is never scanned', () => {
    expect(missing(order([line('a', true), line('g', false, 'accessory')]))).toEqual([]);
  });

  it('walks parcel, units, waybill, ship', async () => {
    const desk = new Desk();
    expect(stepOf(desk.order, desk.waybill)).toBe(0);
    say({ type: 'opened', order: order([line('a', false)]) });
    await desk.scan('2611');
    expect(stepOf(desk.order, desk.waybill)).toBe(1);
    say({ type: 'right_unit', order: order([line('a', true)], 'to_ship'), unit, complete: true });
    await desk.scan('0371');
    expect(stepOf(desk.order, desk.waybill)).toBe(2);
    expect(tunes).toEqual(['right', 'right']);
  });

  it('stops loudly at a wrong unit and keeps the parcel open', async () => {
    const desk = new Desk();
    say({ type: 'opened', order: order([line('a', false)]) });
    await desk.scan('2611');
    say({ type: 'wrong_unit', expected: [unit], scanned: null, code: '999', belongs_to: null });
    await desk.scan('999');
    expect(desk.view.kind).toBe('wrong');
    expect(desk.order?.row.id).toBe('o1');
    expect(tunes.at(-1)).toBe('wrong');
    expect(calls[1]?.input).toEqual({ order_id: 'o1', code: '999' });
  });

  it('takes no waybill before every device is packed', async () => {
    const desk = new Desk();
    say({ type: 'opened', order: order([line('a', false)]) });
    await desk.scan('2611');
    say({ type: 'waybill', tracking_no: 'SF1', carriers: [{ carrier: sf, strength: 'sure' }] });
    await desk.scan('SF1');
    expect(desk.view.kind).toBe('early');
    await desk.ship();
    expect(calls.filter((c) => c.name === 'bench.ship')).toEqual([]);
  });

  it('ships with the carrier the person chose over the one suggested', async () => {
    const desk = await packed();
    say({
      type: 'waybill',
      tracking_no: 'X1',
      carriers: [
        { carrier: sf, strength: 'maybe' },
        { carrier: yto, strength: 'maybe' }
      ]
    });
    await desk.scan('X1');
    expect(desk.waybill?.carrier).toEqual(sf);
    desk.choose(yto);
    answers.push(order([], 'shipped'));
    await desk.ship();
    expect(calls.at(-1)).toEqual({
      name: 'bench.ship',
      input: { order_id: 'o1', carrier: 'yuantong', tracking_no: 'X1' }
    });
    expect(desk.view.kind).toBe('shipped');
    expect(desk.order).toBeNull();
    expect(tunes.at(-1)).toBe('done');
  });

  it('keeps an unknown number shippable: it waits for a carrier and refuses nothing', async () => {
    const desk = await packed();
    say({ type: 'waybill', tracking_no: 'ODD', carriers: [] });
    await desk.scan('ODD');
    expect(desk.view.kind).toBe('waybill');
    await desk.ship();
    expect(calls.some((c) => c.name === 'bench.ship')).toBe(false);
    desk.choose(sf);
    answers.push(order([], 'shipped'));
    await desk.ship();
    expect(desk.view.kind).toBe('shipped');
  });

  it('tells a unit without an order from a wrong one', async () => {
    const desk = new Desk();
    say({ type: 'wrong_unit', expected: [], scanned: unit, code: '0371', belongs_to: null });
    await desk.scan('0371');
    expect(desk.view).toEqual({ kind: 'stray', unit });
    expect(tunes).toEqual(['wrong']);
  });

  it('says why when shipping fails and keeps the parcel on the bench', async () => {
    const desk = await packed();
    say({ type: 'waybill', tracking_no: 'X1', carriers: [{ carrier: sf, strength: 'sure' }] });
    await desk.scan('X1');
    answers.push(new Error('used'));
    await desk.ship();
    expect(desk.view).toMatchObject({ kind: 'refused', error: { code: 'waybill_used' } });
    expect(desk.order?.row.id).toBe('o1');
  });

  it('drops the green band when packing is undone', async () => {
    const desk = await packed();
    answers.push(order([line('a', false)]));
    await desk.refresh();
    expect(desk.view.kind).toBe('opened');
    expect(stepOf(desk.order, desk.waybill)).toBe(1);
  });
});
