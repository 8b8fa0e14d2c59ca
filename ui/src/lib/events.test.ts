import { afterEach, describe, expect, it } from 'vitest';
import { setLang } from '../i18n/index.svelte';
import { eventText } from './events';

const event = (what: string, args: Record<string, string> = {}) => ({ at: 0, by: '', what, args });
afterEach(() => setLang('zh'));

describe('a line of a timeline', () => {
  it('says from what to what a price went', () => {
    expect(eventText(event('edit_units', { field: 'price_list', old: '479900', new: '459900' }))).toBe(
      '标价：¥4,799 → ¥4,599'
    );
  });
  it('names a grade by its word, and nothing where there was none', () => {
    setLang('en');
    expect(eventText(event('edit_units', { field: 'grade', new: 'A2' }))).toBe('Grade: nothing → Excellent');
  });
  it('never shows an IMEI', () => {
    expect(eventText(event('edit_units', { field: 'imei', old: '352099081234565', new: '1' }))).not.toContain('3520');
  });
  it('names the order on a unit and the unit on an order', () => {
    expect(eventText(event('assigned', { order: '4471' }))).toBe('对到订单 4471');
    expect(eventText(event('assigned', { order: '4471', stock_no: '0387' }))).toBe('对上 0387');
  });
});
