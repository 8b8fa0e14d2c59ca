import { expect, it } from 'vitest';
import { hintsOf } from './hints';

const line = (title: string, sku_text = '', sku_code = '') => ({ title, sku_text, sku_code });

it('looks for the number in brackets before anything else', () => {
  expect(hintsOf(line('iPhone 13 128G 粉色【0371】'))[0]).toBe('0371');
});
it('then the SKU code, then a bare number of four digits', () => {
  expect(hintsOf(line('小米14 岩石青', '机器 0409', 'K-7')).slice(0, 2)).toEqual(['K-7', '0409']);
});
it('falls back to the model without its size', () => {
  expect(hintsOf(line('vivo X100 256GB 落日橙'))).toEqual(['vivo X100 落日橙', 'vivo X100', 'vivo']);
});
it('takes no digits out of a longer number', () => {
  expect(hintsOf(line('订单 20261124 补'))).not.toContain('2026');
});
