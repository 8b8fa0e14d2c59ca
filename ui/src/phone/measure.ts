// How sharp and how light the preview is, from a small grey copy of it. A hint for the hand; the laptop measures the
// picture itself.

/** Width of the copy that is measured; the numbers below hold for it. */
export const SIDE = 240;
/** Variance of the Laplacian below which a phone on a mat is out of focus or moved. */
export const BLURRED_BELOW = 45;
/** Mean luma (0-255) below which noise eats the scratches. */
export const DARK_BELOW = 55;
/** Mean luma above which white edges run out. */
export const BRIGHT_ABOVE = 222;

export interface Reading {
  sharp: number;
  light: number;
}

export type Hint = 'good' | 'dark' | 'bright' | 'blurred';

/** Laplacian variance and mean luma of RGBA pixels. */
export function read(data: Uint8ClampedArray, width: number, height: number): Reading {
  const grey = new Float32Array(width * height);
  let sum = 0;
  for (let i = 0; i < grey.length; i += 1) {
    const o = i * 4;
    const y = 0.299 * (data[o] ?? 0) + 0.587 * (data[o + 1] ?? 0) + 0.114 * (data[o + 2] ?? 0);
    grey[i] = y;
    sum += y;
  }
  const g = (i: number) => grey[i] ?? 0;
  let n = 0;
  let total = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const i = y * width + x;
      const l = g(i - 1) + g(i + 1) + g(i - width) + g(i + width) - 4 * g(i);
      total += l;
      squares += l * l;
      n += 1;
    }
  }
  const mean = n > 0 ? total / n : 0;
  return { sharp: n > 0 ? squares / n - mean * mean : 0, light: grey.length > 0 ? sum / grey.length : 0 };
}

/** What to say of a reading. Darkness first: a dark picture is never sharp either. */
export function hint(r: Reading): Hint {
  if (r.light < DARK_BELOW) return 'dark';
  if (r.light > BRIGHT_ABOVE) return 'bright';
  return r.sharp < BLURRED_BELOW ? 'blurred' : 'good';
}
