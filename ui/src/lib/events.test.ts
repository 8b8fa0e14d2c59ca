import { afterEach, describe, expect, it, vi } from 'vitest';
import { setLang } from '../i18n/index.svelte';
import { eventText, grouped } from './events';

vi.mock('../ipc/client', () => ({ call: () => Promise.reject(new Error('no store')), onPush: () => () => undefined }));
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
  it('says of a hidden price only that it changed, and never a made-up amount', () => {
    expect(eventText(event('edit_units', { field: 'cost', old: '', new: '' }))).toBe('改了成本');
  });
  it('says of an undo what it took back', () => {
    expect(eventText(event('undo', { field: 'shelf', old: 'A-1', new: '' }))).toBe('撤销：货位：A-1 → 空');
    expect(eventText(event('photos_removed', { n: '2', by_op: 'undo' }))).toBe('撤销：去掉 2 张照片');
  });
  it('puts what one action of one person did together, newest first', () => {
    const at = (n: number, by: string) => ({ ...event('edit_units', { field: 'shelf' }), at: n, by });
    const groups = grouped([at(2, 'a'), at(2, 'a'), at(2, 'b'), at(1, 'b')]);
    expect(groups.map((g) => g.length)).toEqual([2, 1, 1]);
  });
});
