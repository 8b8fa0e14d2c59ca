import { describe, expect, it } from 'vitest';
import type { Report } from '../../ipc/gen/Report';
import type { ReportItem } from '../../ipc/gen/ReportItem';
import { findings, flawsOf, spotsOf } from './flaws';

const photo = (id: string) => ({ photo_id: id, blob: `b${id}`, shown: `s${id}` });
const item = (id: string, severity: number | null, ...photos: string[]) =>
  ({ id, severity, photos: photos.map(photo) }) as unknown as ReportItem;
const ring = { kind: 'circle' as const, rect: { x: 4000, y: 2000, w: 2000, h: 2000 }, colour: 'red' as const };

const upright = { w: 600, h: 800 };

describe('flaws on their photographs', () => {
  it('a ring stands at its middle, an arrow at its point, within what the crop leaves', () => {
    const arrow = { kind: 'arrow' as const, from: { x: 0, y: 0 }, to: { x: 9000, y: 9000 }, colour: 'red' as const };
    expect(spotsOf([ring, arrow], upright)).toEqual([
      { x: 50, y: 30 },
      { x: 90, y: 90 }
    ]);
    expect(spotsOf([{ kind: 'crop', rect: { x: 2500, y: 0, w: 5000, h: 5000 } }, ring, arrow], upright)).toEqual([
      { x: 50, y: 60 }
    ]);
  });

  it('a quarter turn takes the ring along, and a tilt leaves the middle where it is', () => {
    expect(spotsOf([{ kind: 'turn', quarters: 1 }, ring], upright)).toEqual([{ x: 70, y: 50 }]);
    const middle = { ...ring, rect: { x: 4000, y: 4000, w: 2000, h: 2000 } };
    expect(spotsOf([{ kind: 'tilt', tenths: 50 }, middle], upright)).toEqual([{ x: 50, y: 50 }]);
  });

  it('numbers go as in the passport: what bears on the grade first, then the worst; what is in order has none', () => {
    const items = [item('a', 0, '1'), item('b', 1, '2'), item('c', null, '3'), item('d', 4), item('e', 2, '5')];
    const reasons = [{ axis: 'battery', item_id: 'x' }, ...['e', 'e'].map((item_id) => ({ axis: 'look', item_id }))];
    const found = findings({ groups: [{ items }], result: { reasons } } as unknown as Report);
    expect(found.map((i) => i.id)).toEqual(['e', 'd', 'b']);
    expect(flawsOf(found, new Map()).map((f) => [f.n, f.item.id])).toEqual([
      [1, 'e'],
      [3, 'b']
    ]);
  });

  it('takes the ringed photograph, and no ring that could be another finding’s', () => {
    const spots = new Map([
      ['s1', [{ x: 1, y: 1 }]],
      ['s3', [{ x: 3, y: 3 }]]
    ]);
    const list = [item('a', 2, '1', '2'), item('b', 2, '1'), item('c', 1, '2', '3')];
    expect(flawsOf(list, spots).map((f) => [f.photo.photo_id, f.spots.length])).toEqual([
      ['1', 0],
      ['1', 0],
      ['3', 1]
    ]);
  });

  it('a finding without a photograph keeps its number', () => {
    expect(flawsOf([item('a', 2), item('b', 2, '1')], new Map()).map((f) => f.n)).toEqual([2]);
  });
});
