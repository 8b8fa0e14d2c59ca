import { describe, expect, it } from 'vitest';
import { parseHash } from './route.svelte';

describe('an address', () => {
  it('names the area, what is open in it, and the question', () => {
    const r = parseHash('#/shows/s1/print?copy=host');
    expect(r.area).toBe('shows');
    expect(r.rest).toEqual(['s1', 'print']);
    expect(r.query.get('copy')).toBe('host');
  });
  it('is Today when it is empty or unknown', () => {
    expect(parseHash('').area).toBe('today');
    expect(parseHash('#/nowhere/at/all').area).toBe('today');
  });
  it('keeps a scanned code whole', () => {
    expect(parseHash('#/stock?new=352099081234565').query.get('new')).toBe('352099081234565');
  });
});
