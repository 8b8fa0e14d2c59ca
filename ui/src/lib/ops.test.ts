import { afterEach, describe, expect, it } from 'vitest';
import { setLang } from '../i18n/index.svelte';
import { opText } from './ops';

afterEach(() => setLang('zh'));

describe('the sentence of an action', () => {
  it('names one thing', () => {
    expect(opText('add_unit', { n: '1', what: '0387' })).toBe('收进 0387');
    setLang('en');
    expect(opText('add_unit', { n: '1', what: '0387' })).toBe('Took in 0387');
  });
  it('counts several', () => {
    expect(opText('edit_units', { n: '12', what: '' })).toBe('改了 12 台');
    setLang('en');
    expect(opText('edit_units', { n: '12' })).toBe('Edited 12 units');
  });
  it('keeps whose photographs they are', () => {
    expect(opText('add_photos', { n: '6', what: '0387' })).toBe('0387 加了 6 张照片');
  });
});
