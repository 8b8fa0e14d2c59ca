import { describe, expect, it } from 'vitest';
import { hint, read } from './measure';

const W = 64;
const H = 48;
function picture(grey: (x: number, y: number) => number): Uint8ClampedArray {
  const data = new Uint8ClampedArray(W * H * 4);
  for (let y = 0; y < H; y += 1)
    for (let x = 0; x < W; x += 1) data.fill(grey(x, y), (y * W + x) * 4, (y * W + x) * 4 + 3);
  return data;
}
const say = (grey: (x: number, y: number) => number) => hint(read(picture(grey), W, H));

describe('the hint of the viewfinder', () => {
  it('calls edges sharp and a smooth slope blurred', () => {
    expect(say((x) => (Math.floor(x / 8) % 2 ? 180 : 90))).toBe('good');
    expect(say((x) => 90 + x)).toBe('blurred');
  });
  it('says too dark and too bright before anything else', () => {
    expect(say(() => 20)).toBe('dark');
    expect(say((x) => (x % 8 < 4 ? 255 : 235))).toBe('bright');
  });
  it('reads the mean lightness of white, black and grey', () => {
    expect(
      read(
        picture(() => 255),
        W,
        H
      ).light
    ).toBeCloseTo(255);
    expect(
      read(
        picture(() => 0),
        W,
        H
      ).light
    ).toBe(0);
    expect(read(new Uint8ClampedArray(0), 0, 0)).toEqual({ sharp: 0, light: 0 });
  });
});
