import { describe, expect, it } from 'vitest';
import { places } from './places';

describe('names of places', () => {
  it('are split at commas and lines, and said once', () => {
    expect(places(' A-01, B2\n\nA-01\uff0cC ')).toEqual(['A-01', 'B2', 'C']);
  });
  it('count up in a range and keep their zeros', () => {
    expect(places('A-08..A-11')).toEqual(['A-08', 'A-09', 'A-10', 'A-11']);
    expect(places('B1~3')).toEqual(['B1', 'B2', 'B3']);
  });
  it('are taken as they stand where a range makes no sense', () => {
    expect(places('A-9..A-2')).toEqual(['A-9..A-2']);
    expect(places('A-1..B-3')).toEqual(['A-1..B-3']);
    expect(places('')).toEqual([]);
  });
});
