import { describe, expect, it } from 'vitest';
import type { Shot } from '../ipc/gen/Shot';
import { newId, newTray } from './ids';
import { missing, nextShot, spread } from './plan';

const shot = (id: string, required = true, repeats = false): Shot => ({
  id,
  zh: id,
  en: id,
  how_zh: '',
  how_en: '',
  outline: 'slab',
  required,
  repeats
});
const LIST = [shot('front'), shot('back'), shot('left'), shot('battery', false), shot('flaw', false, true)];
const none = new Set<string>();

describe('the next view', () => {
  it('is the one after the last, then those left before it', () => {
    expect(nextShot(LIST, none, none, null)).toBe('front');
    expect(nextShot(LIST, new Set(['back']), none, 'back')).toBe('left');
    expect(nextShot(LIST, new Set(['left', 'battery']), none, 'left')).toBe('front');
  });
  it('leaves out what is there, what was skipped and what may be repeated', () => {
    expect(nextShot(LIST, new Set(['front', 'left']), new Set(['back']), 'front')).toBe('battery');
    expect(nextShot(LIST, new Set(['front', 'back', 'left', 'battery']), none, 'battery')).toBeNull();
  });
  it('lacks only what is required', () => {
    expect(missing(LIST, new Set(['back'])).map((s) => s.id)).toEqual(['front', 'left']);
  });
});

describe('pictures chosen together', () => {
  it('fill the views from the current one on; those beyond have none', () => {
    expect(spread(LIST, new Set(['back']), none, 'front', 3)).toEqual(['front', 'left', 'battery']);
    expect(spread(LIST, none, none, 'left', 5)).toEqual(['left', 'battery', 'front', 'back', '']);
  });
  it('are all flaws when the flaw is in hand', () => {
    expect(spread(LIST, none, none, 'flaw', 3)).toEqual(['flaw', 'flaw', 'flaw']);
  });
});

describe('names made on the phone', () => {
  it('are UUIDs of version 7 that sort by time', () => {
    const [a, b] = [newId(1_700_000_000_000), newId(1_700_000_000_001)];
    expect(a).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(a < b).toBe(true);
  });
  it('of a group begin with what was typed for it', () => {
    expect(newTray('0409')).toMatch(/^0409~[0-9a-f]{8}$/);
    expect(newTray()).not.toBe(newTray());
  });
});
