import { describe, expect, it } from 'vitest';
import { setLang } from '../../i18n/index.svelte';
import type { InboxCard } from '../../ipc/gen/InboxCard';
import type { NumberReason } from '../../ipc/gen/NumberReason';
import { aboutOf, deviceName, iconOf, keepers, offersOf, pick, places, titleOf, valueText } from './offers';

setLang('zh');

const unit = (stock_no: string) => ({
  id: `u${stock_no}`,
  stock_no,
  model: 'iPhone 13 Pro',
  storage: '256GB',
  colour: '远峰蓝'
});
const side = (fact: string, tail: string, more: object = {}) => ({
  fact,
  told: { by: fact, at: 0, here: false },
  unit: unit('0399'),
  order: { id: `o${fact}`, platform: 'douyin', order_no: `25309000${tail}`, paid: 309_900 },
  left: false,
  ...more
});
const sale = (choices: object[], likes = [unit('0357'), unit('0358')]): InboxCard =>
  ({
    id: 'c1',
    kind: 'device_double_sold',
    at: 0,
    again: [],
    question: { about: 'sale', unit: unit('0399'), sides: [side('a', '4471'), side('b', '8890')], likes },
    choices
  }) as unknown as InboxCard;

const ALL = ['a', 'b'].flatMap((keep) => {
  const other = keep === 'a' ? 'b' : 'a';
  return [
    { what: 'keep', keep },
    { what: 'cancel', keep, other },
    { what: 'substitute', keep, other, unit_id: 'u0357' }
  ];
});

describe('what is offered of a double sale', () => {
  it('is of the side that keeps it, what mends it best first, and no refund by a reflex', () => {
    const card = sale([...ALL, { what: 'neither' }]);
    const offers = offersOf(card, 'a', null);
    expect(offers.map((o) => o.choice.what)).toEqual(['substitute', 'keep', 'cancel', 'neither']);
    expect(offers[0]?.title).toContain('8890');
    expect(offers[0]?.title).toContain('0357');
    expect(offers[2]?.text).toContain('3,099');
    expect(offersOf(card, 'b', null)[0]?.title).toContain('4471');
  });
  it('gives the like unit that the person picked, and says so to the buyer', () => {
    const [first] = offersOf(sale(ALL), 'a', 'u0358');
    expect(first?.choice).toEqual({ what: 'substitute', keep: 'a', other: 'b', unit_id: 'u0358' });
    expect(first?.message).toContain('0358');
  });
  it('is no substitute where there is none like it', () => {
    const offers = offersOf(
      sale(
        ALL.filter((c) => c.what !== 'substitute'),
        []
      ),
      'a',
      null
    );
    expect(offers.map((o) => o.choice.what)).toEqual(['keep', 'cancel']);
  });
  it('lets only those keep it that the store lets', () => {
    expect(keepers(sale(ALL)).map((s) => s.fact)).toEqual(['a', 'b']);
    expect(keepers(sale(ALL.filter((c) => c.keep === 'b'))).map((s) => s.fact)).toEqual(['b']);
  });
});

describe('a value two wrote', () => {
  const values = (field: string, choices: object[]) =>
    ({
      id: 'c2',
      kind: 'guarded',
      again: [],
      question: {
        about: 'value',
        unit: unit('0368'),
        field,
        sides: [
          { field, seq: 9, value: '295000', stands: true, told: { by: '阿杰' } },
          { field, seq: 7, value: '290000', stands: false, told: { by: '周敏' } }
        ]
      },
      choices
    }) as unknown as InboxCard;
  it('is taken or left, each with the value it means', () => {
    const card = values('price_floor', [{ what: 'take', seq: 7 }, { what: 'dismiss' }]);
    expect(offersOf(card, '', null).map((o) => o.title)).toEqual(['改用 ¥2,900', '就用 ¥2,950']);
    expect(titleOf(card)).toBe('0368 的底价两处不同');
    expect(aboutOf(card)).toContain('周敏 ¥2,900');
    expect(iconOf(card)).toEqual({ icon: 'money', tone: 'due' });
  });
  it('that is hidden or empty is said to be nothing', () => {
    expect(valueText({ field: 'cost', value: null })).toBe('空');
    expect(valueText({ field: 'imei', value: '3532' })).toBe('3532');
  });
});

describe('a stock number on several units', () => {
  const wears = (model: string, code_tail: string, more: object = {}) => ({
    unit: { ...unit('0388'), id: `u${code_tail}`, model, code_tail, status: 'in_stock', ...more },
    told: { by: '周敏', at: 0, here: true },
    order_no: null,
    label: null,
    sheet: false,
    passport: false
  });
  const card = (sides: ReturnType<typeof wears>[], next: string[], why: NumberReason = 'first') =>
    ({
      id: 'c3',
      kind: 'stock_no_twins',
      again: [],
      question: { about: 'numbers', number: '0388', sides, why, next },
      choices: sides.map((s) => ({ what: 'keep_number', unit_id: s.unit.id }))
    }) as unknown as InboxCard;

  it('is kept by one, and it is said what the others become, in their order', () => {
    const three = card([wears('小米14', '1111'), wears('Mate 60', '2222'), wears('Pura 70', '3333')], ['0412', '0413']);
    expect(titleOf(three)).toBe('3 台都叫 0388');
    expect(aboutOf(three)).toContain('Pura 70');
    const offers = offersOf(three, '', null);
    expect(offers.map((o) => o.title)).toEqual(['小米14 留 0388', 'Mate 60 留 0388', 'Pura 70 留 0388']);
    expect(offers[1]?.text).toBe('小米14 改叫 0412、Pura 70 改叫 0413。');
    expect(offers[1]?.choice).toEqual({ what: 'keep_number', unit_id: 'u2222' });
  });
  it('says why the first should', () => {
    const [a, b] = [wears('小米14', '1111'), wears('Mate 60', '2222')];
    const offers = offersOf(card([a, b], ['0412']), '', null);
    expect(offers.map((o) => o.why)).toEqual(['建议：它先收进来。', '']);
    const sold = offersOf(card([a, b], ['0412'], 'sold'), '', null);
    expect(sold.map((o) => o.why)).toEqual(['建议：它已经卖出，订单上写着这个编号。', '']);
  });
  it('tells units of one model apart by what differs', () => {
    const [a, b, c] = [wears('小米14', '1111'), wears('小米14', '2222', { colour: '黑' }), wears('小米14', '3333')];
    const sides = [a, b, c] as unknown as Parameters<typeof deviceName>[1];
    const said = sides.map((s) => deviceName(s.unit, sides));
    expect(said).toEqual(['小米14 256GB 远峰蓝 …1111', '小米14 256GB 黑', '小米14 256GB 远峰蓝 …3333']);
  });
});

describe('one phone catalogued twice', () => {
  it('under one number is told apart by who took it in', () => {
    const side = (id: string, no: string, by: string) => ({ unit: { ...unit(no), id }, told: { by }, order_no: null });
    const twins = (a: string, b: string) =>
      ({
        question: { about: 'twins', code: '35', sides: [side('a', a, '周敏'), side('b', b, '阿杰')] },
        choices: ['a', 'b'].map((unit_id) => ({ what: 'merge', unit_id }))
      }) as unknown as InboxCard;
    const titles = (a: string, b: string) => offersOf(twins(a, b), '', null).map((o) => o.title);
    expect(titles('0388', '0388')).toEqual(['是同一台，留周敏录的 0388', '是同一台，留阿杰录的 0388']);
    expect(titles('0388', '0389')).toEqual(['是同一台，留 0388', '是同一台，留 0389']);
  });
});

describe('the list', () => {
  it('opens the card of the address, else the first', () => {
    const cards = [sale([]), { ...sale([]), id: 'c2' }];
    expect(pick(cards, 'c2')?.id).toBe('c2');
    expect(pick(cards, 'gone')?.id).toBe('c1');
    expect(pick([], 'c2')).toBeUndefined();
  });
  it('sets the sales of a picture apart however close they were', () => {
    expect(places([100, 400])).toEqual([0.25, 0.6]);
    const [a = 0, b = 0, c = 0] = places([0, 1, 1000]);
    expect(b - a).toBeCloseTo(0.1);
    expect(c).toBeCloseTo(0.6);
  });
});
