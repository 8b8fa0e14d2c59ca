import { describe, expect, it } from 'vitest';
import type { UnitRow } from '../../ipc/gen/UnitRow';
import { bulkActions, priceChange, type PriceAsk } from './bulk';

const ask = (move: PriceAsk['move'], amount: string, round: PriceAsk['round'] = 'nine') => ({ move, amount, round });
const unit = (status: UnitRow['status']) => ({ status }) as UnitRow;

describe('what can be done to many units', () => {
  it('planning is offered to those who plan, putting back to what has left', () => {
    const acts = (u: UnitRow[], plans: boolean) => bulkActions(u, plans).map((a) => a.act);
    expect(acts([unit('in_stock')], true)).toEqual([
      'show',
      'price',
      'edit',
      'label',
      'export',
      'shelf',
      'grade',
      'sheet',
      'withdraw',
      'delete'
    ]);
    expect(acts([unit('shipped'), unit('withdrawn')], false)).toContain('restore');
    expect(acts([unit('shipped'), unit('in_stock')], false)).not.toContain('restore');
  });

  it('a move of a price is read in yuan and in percent', () => {
    expect(priceChange('price_live', ask('take', '200'))).toEqual({
      field: 'price_live',
      how: 'add',
      amount: -20_000,
      round: 'nine'
    });
    expect(priceChange('price_list', ask('percent_down', '5%'))).toMatchObject({ how: 'percent', amount: -500 });
    expect(priceChange('price_list', ask('percent_up', '2.5'))).toMatchObject({ how: 'percent', amount: 250 });
    // What is typed whole is meant whole.
    expect(priceChange('price_list', ask('set', '2999'))).toMatchObject({
      how: 'set',
      amount: 299_900,
      round: 'exact'
    });
  });

  it('nothing asked is nothing, and what cannot be read is said', () => {
    expect(priceChange('cost', ask('keep', ''))).toBeNull();
    expect(priceChange('cost', ask('clear', ''))).toMatchObject({ how: 'clear' });
    expect(priceChange('cost', ask('add', ''))).toBe('bad');
    expect(priceChange('cost', ask('add', 'abc'))).toBe('bad');
  });
});
