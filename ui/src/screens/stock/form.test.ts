import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CodeCheck } from '../../ipc/gen/CodeCheck';
import type { UnitDetail } from '../../ipc/gen/UnitDetail';

const asked: { name: string; input: unknown }[] = [];
let answer: Partial<CodeCheck> = {};
vi.mock('../../ipc/client', () => ({
  call: (name: string, input: { code: string }) => {
    asked.push({ name, input });
    return Promise.resolve({
      code: input.code,
      error: null,
      holder: null,
      earlier: [],
      suggestion: null,
      learned_from: 0,
      ...answer
    });
  }
}));
const { UnitForm } = await import('./form.svelte');

const detail = {
  row: {
    id: 'u1',
    stock_no: '0387',
    category: 'phone',
    brand: 'Apple',
    model: 'iPhone 15 Pro',
    storage: '256GB',
    colour: '原色钛金属',
    grade: 'A2',
    battery: 89,
    badges: ['港版'],
    price_list: 479900,
    price_live: 469950,
    price_floor: null,
    cost: 412000,
    shelf: 'A2-07',
    box: '',
    holder: ''
  },
  imei: '352099081234563',
  imei2: null,
  meid: null,
  serial: null,
  source: '个人回收',
  flaws: '边框磕碰',
  note: '',
  fields: { ram: '8' }
} as unknown as UnitDetail;

beforeEach(() => {
  asked.length = 0;
  answer = {};
  vi.useFakeTimers();
});

describe('taking a unit in', () => {
  it('sends only what was typed, yuan as fen, badges as words', () => {
    const form = new UnitForm(null);
    Object.assign(form.f, { model: ' iPhone 13 ', price_live: '2,299.5', badges: '换电池，港版', battery: '91%' });
    expect(form.patch()).toEqual({
      category: 'phone',
      model: 'iPhone 13',
      price_live: 229950,
      badges: ['换电池', '港版'],
      battery: 91
    });
  });

  it('names what is wrong before anything is sent', () => {
    const form = new UnitForm(null);
    expect(form.nameless).toBe(true);
    Object.assign(form.f, { model: 'x', price_list: 'abc', battery: '101' });
    expect([form.nameless, form.badPrices, form.badBattery]).toEqual([false, ['price_list'], true]);
  });

  it('puts a first IMEI, a second IMEI and a serial number where they belong', () => {
    const form = new UnitForm(null);
    expect(form.scanned('356938035643809')).toBe('imei');
    expect(form.scanned('356938035643809')).toBe('imei');
    expect(form.scanned('356938035643817')).toBe('imei2');
    expect(form.scanned('F2LXK0ABCD')).toBe('serial');
    expect([form.f.imei, form.f.imei2, form.f.serial]).toEqual(['356938035643809', '356938035643817', 'F2LXK0ABCD']);
  });

  it('takes a learned model only where none is written', async () => {
    const hint = { category: 'tablet' as const, brand: 'Apple', model: 'iPad Air 5', storages: [], colours: [] };
    answer = { suggestion: hint };
    const form = new UnitForm(null);
    form.scanned('356938035643809');
    await vi.runAllTimersAsync();
    expect([form.f.category, form.f.model]).toEqual(['tablet', 'iPad Air 5']);
    form.f.model = 'iPad Air 4';
    form.scanned('356938035643817');
    await vi.runAllTimersAsync();
    expect(form.f.model).toBe('iPad Air 4');
  });

  it('ignores the answer about a code that was changed meanwhile', async () => {
    answer = { error: { code: 'imei_luhn', args: { expected: '5' }, detail: null } };
    const form = new UnitForm(null);
    form.f.imei = '111';
    form.check('imei', 0);
    form.f.imei = '';
    await vi.runAllTimersAsync();
    expect([form.checks.imei, form.refused]).toEqual([undefined, false]);
  });

  it('keeps category, shelf and source for the next unit', () => {
    const form = new UnitForm(null);
    Object.assign(form.f, { category: 'watch', shelf: 'C1', source: '同行', model: 'S8', imei: '1' });
    form.next();
    expect(form.f).toMatchObject({ category: 'watch', shelf: 'C1', source: '同行', model: '', imei: '' });
  });
});

describe('editing a unit', () => {
  it('sends what differs; an emptied price or battery is cleared', () => {
    const form = new UnitForm(detail);
    Object.assign(form.f, { shelf: 'B1', price_live: '', battery: '', grade: '' });
    expect(form.patch()).toEqual({ shelf: 'B1', price_live: null, battery: null, grade: '' });
  });

  it('sends nothing when nothing was changed, and does not ask about its own stock number', () => {
    const form = new UnitForm(detail);
    form.check('stock_no', 0);
    vi.runAllTimers();
    expect([form.patch(), asked.length, form.dirty]).toEqual([{}, 0, false]);
  });

  it('gives back what was left unsaved, and forgets it when asked', () => {
    const form = new UnitForm(detail);
    form.f.note = '半句话';
    expect(form.keep()).toBe(true);
    const again = new UnitForm(detail);
    expect([again.restored, again.f.note]).toEqual([true, '半句话']);
    again.forget();
    expect(new UnitForm(detail).restored).toBe(false);
  });
});
