import { describe, expect, it } from 'vitest';
import {
  FULL,
  NONE,
  WHOLE,
  drawn,
  fromList,
  grown,
  pulled,
  same,
  shaped,
  shifted,
  toList,
  turned,
  type Edits
} from './edits';

const edits: Edits = { quarters: 1, tilt: -25, crop: { x: 1000, y: 2000, w: 5000, h: 3000 }, marks: [] };
const frame = { w: 4000, h: 3000 };

describe('the list of edits', () => {
  it('goes out and comes back the same', () => {
    expect(fromList(toList(edits))).toEqual(edits);
    expect(toList(NONE)).toEqual([]);
    expect(same(NONE, fromList([]))).toBe(true);
  });
});

describe('turning', () => {
  it('takes the crop along and four turns are none', () => {
    let e = edits;
    for (let i = 0; i < 4; i += 1) e = turned(e, 1);
    expect(e).toEqual(edits);
    expect(turned(turned(edits, 1), -1)).toEqual(edits);
    // What was at the left edge is at the top after a turn to the right.
    expect(turned({ ...NONE, crop: { x: 0, y: 0, w: 1000, h: FULL } }, 1).crop).toEqual({
      x: 0,
      y: 0,
      w: FULL,
      h: 1000
    });
  });
});

describe('the crop', () => {
  it('keeps its shape inside the frame whichever handle is pulled', () => {
    for (const handle of ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'] as const) {
      const r = pulled(shaped(WHOLE, 1, frame), handle, 2345, -1234, 1, frame);
      expect(Math.abs((r.w * frame.w) / (r.h * frame.h) - 1)).toBeLessThan(0.01);
      expect(r.x >= 0 && r.y >= 0 && r.x + r.w <= FULL && r.y + r.h <= FULL).toBe(true);
    }
  });
  it('never gets smaller than can be grasped', () => {
    const r = pulled(WHOLE, 'e', -20_000, 0, null, frame);
    expect(r.w).toBe(500);
  });
  it('is square in pixels, not in shares', () => {
    expect(shaped(WHOLE, 1, frame)).toEqual({ x: 1250, y: 0, w: 7500, h: FULL });
  });
});

describe('marks', () => {
  it('are drawn from any corner and clicks draw none', () => {
    expect(drawn('blur', { x: 5000, y: 6000 }, { x: 4000, y: 5500 }, 'red')).toEqual({
      kind: 'blur',
      rect: { x: 4000, y: 5500, w: 1000, h: 500 }
    });
    expect(drawn('arrow', { x: 10, y: 10 }, { x: 20, y: 15 }, 'red')).toBeNull();
  });
  it('stop at the edge of the picture without changing their size', () => {
    const arrow = drawn('arrow', { x: 9000, y: 100 }, { x: 9900, y: 900 }, 'blue')!;
    expect(shifted(arrow, 5000, -5000)).toEqual({
      kind: 'arrow',
      from: { x: 9100, y: 0 },
      to: { x: FULL, y: 800 },
      colour: 'blue'
    });
  });
});

it('a tilted picture grows just so much that its corners are covered', () => {
  expect(grown(frame, 0)).toBe(1);
  expect(grown(frame, 150)).toBeCloseTo(Math.cos(Math.PI / 12) + Math.sin(Math.PI / 12) * (4 / 3));
  expect(grown(frame, -150)).toBe(grown(frame, 150));
});
