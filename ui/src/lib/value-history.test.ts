import { describe, expect, it } from 'vitest';
import type { Event } from '../ipc/gen/Event';
import { valueHistory } from './value-history';

const event = (at: number, what: string, now: string, old = '', by = '周敏'): Event => ({
  at,
  by,
  what,
  args: { field: 'price_list', old, new: now }
});
const brief = (events: Event[], now: string) =>
  valueHistory(events, 'price_list', now).map((w) => [w.value, w.by, w.at, w.here, w.state]);

describe('the history of a value', () => {
  it('goes back to what the unit was taken in with', () => {
    const events = [event(3, 'edit_units', '250', '280'), event(2, 'undo', '280', '300')];
    expect(brief(events, '250')).toEqual([
      ['250', '周敏', 3, true, 'now'],
      ['280', '周敏', 2, true, 'was'],
      ['300', '', null, true, 'was']
    ]);
  });
  it('tells what another laptop wrote, and that the later one stands', () => {
    const events = [event(9, 'value_heard', '240', '', '小李'), event(3, 'edit_units', '250', '300')];
    expect(brief(events, '240')).toEqual([
      ['240', '小李', 9, false, 'now'],
      ['250', '周敏', 3, true, 'was'],
      ['300', '', null, true, 'was']
    ]);
  });
  it('tells a value that did not take the cell once, and whose it was', () => {
    const events = [
      event(9, 'value_heard', '240', '', '小李'),
      event(5, 'value_lost', '260', '', '阿杰'),
      event(4, 'value_lost', '250'),
      event(3, 'edit_units', '250', '300')
    ];
    expect(brief(events, '240')).toEqual([
      ['240', '小李', 9, false, 'now'],
      ['260', '阿杰', 5, false, 'lost'],
      ['250', '周敏', 4, true, 'lost'],
      ['300', '', null, true, 'was']
    ]);
  });
  it('tells which laptop wrote it, for its name', () => {
    const heard = event(9, 'value_heard', '240', '', '小李');
    const events = [{ ...heard, args: { ...heard.args, laptop: '0b' } }, event(3, 'edit_units', '250', '300')];
    expect(valueHistory(events, 'price_list', '240').map((w) => w.laptop)).toEqual(['0b', '', '']);
  });
  it('marks the newest of equal values as the one that stands', () => {
    const events = [event(4, 'undo', '300', '250'), event(3, 'edit_units', '250', '300')];
    expect(brief(events, '300').map((w) => w[4])).toEqual(['now', 'was', 'was']);
  });
  it('is of one field, and nothing where it never changed', () => {
    expect(valueHistory([{ ...event(1, 'edit_units', 'x'), args: { field: 'shelf' } }], 'price_list', '300')).toEqual(
      []
    );
  });
});
