import { describe, expect, it } from 'vitest';
import type { TrayGroup } from '../../../ipc/gen/TrayGroup';
import { categoryOf, clamp, labelOf, mergeInto, toSplit } from './groups';

const group = (tray: string, ...ids: string[]): TrayGroup =>
  ({ tray, photos: ids.map((id) => ({ id })), first: 0, last: 0 }) as unknown as TrayGroup;
const A = group('a', '1', '2', '3');
const none = new Set<string>();

describe('the tray', () => {
  it('shows what was typed on the phone for a group, and nothing for a name of its own', () => {
    expect(labelOf('0409~1a2b3c4d')).toBe('0409');
    expect(labelOf('~1a2b3c4d')).toBe('');
    expect(labelOf('0192a3b4-0000-7000-8000-000000000000')).toBe('');
  });
  it('splits off what is picked, else from the current photograph on, and never the whole group', () => {
    expect(toSplit(A, new Set(['1', '3']), 0)).toEqual(['1', '3']);
    expect(toSplit(A, none, 1)).toEqual(['2', '3']);
    expect(toSplit(A, none, 0)).toEqual([]);
    expect(toSplit(A, new Set(['1', '2', '3']), 1)).toEqual([]);
    expect(toSplit(undefined, none, 0)).toEqual([]);
  });
  it('merges into the group above; the first into the one below', () => {
    const [a, b] = [group('a'), group('b')];
    expect(mergeInto([a, b], 1)).toBe(a);
    expect(mergeInto([a, b], 0)).toBe(b);
    expect(mergeInto([a], 0)).toBeUndefined();
  });
  it('keeps the keyboard on what is there', () => {
    expect(clamp({ group: 4, photo: 9 }, [A])).toEqual({ group: 0, photo: 2 });
    expect(clamp({ group: 1, photo: 1 }, [])).toEqual({ group: 0, photo: 0 });
  });
  it('takes the category whose list has every view of the group', () => {
    const list = (category: string, ...ids: string[]) => ({ category, shots: ids.map((id) => ({ id })) });
    const lists = [list('phone', 'front_on', 'imei'), list('laptop', 'front_on', 'keys')] as never;
    expect(categoryOf(['front_on', ''], lists)).toBe('phone');
    expect(categoryOf(['front_on', 'keys'], lists)).toBe('laptop');
    expect(categoryOf(['what'], lists)).toBe('phone');
  });
});
