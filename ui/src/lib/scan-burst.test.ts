import { describe, expect, it } from 'vitest';
import { Burst, charOf, type Stroke } from './scan-burst';

const stroke = (char: string, at: number, ime = false): Stroke => {
  const upper = /[A-Z]/.test(char);
  const code = /[a-z]/i.test(char)
    ? `Key${char.toUpperCase()}`
    : /\d/.test(char)
      ? `Digit${char}`
      : char === '-'
        ? 'Minus'
        : char === '\n'
          ? 'Enter'
          : '';
  const key = ime ? 'Process' : char === '\n' ? 'Enter' : char;
  return { code, key, shift: upper, caps: false, at };
};

function type(text: string, gap: number, ime = false): string | null {
  const burst = new Burst();
  let out: string | null = null;
  [...text].forEach((char, i) => (out = burst.feed(stroke(char, i * gap, ime)) ?? out));
  return out;
}

describe('a scanner burst', () => {
  it('is fast characters ended by Enter', () => {
    expect(type('352099081234565\n', 8)).toBe('352099081234565');
  });
  it('keeps capitals and dashes of a waybill', () => {
    expect(type('SF-1400A\n', 10)).toBe('SF-1400A');
  });
  it('is read through an input method that swallows the characters', () => {
    expect(type('SF1400A9\n', 12, true)).toBe('SF1400A9');
  });
  it('is not a person typing', () => {
    expect(type('iphone13\n', 90)).toBeNull();
  });
  it('is a stock number too, but nothing shorter, and no hand that fell on the keys', () => {
    expect(type('0388\n', 10)).toBe('0388');
    expect(type('A-12\n', 10)).toBe('A-12');
    expect(type('388\n', 5)).toBeNull();
    expect(type('asdfg\n', 5)).toBeNull();
    expect(type('0388\n', 60)).toBeNull();
  });
  it('needs its Enter right behind the last character', () => {
    const burst = new Burst();
    [...'123456'].forEach((c, i) => burst.feed(stroke(c, i * 5)));
    expect(burst.feed(stroke('\n', 600))).toBeNull();
  });
  it('begins anew after a pause, so that typed letters do not stick to a code', () => {
    const burst = new Burst();
    burst.feed(stroke('a', 0));
    let out: string | null = null;
    [...'123456\n'].forEach((c, i) => (out = burst.feed(stroke(c, 500 + i * 5)) ?? out));
    expect(out).toBe('123456');
  });
  it('is one code when a busy machine pauses in the middle of it or before its Enter', () => {
    for (const pause of [1, 4, 14, 15]) {
      const burst = new Burst();
      let out: string | null = null;
      [...'352099081234565\n'].forEach((c, i) => (out = burst.feed(stroke(c, i * 5 + (i >= pause ? 400 : 0))) ?? out));
      // Fewer than three characters do not yet run: the rest begins anew, as after a person's letters.
      expect(out).toBe(pause < 3 ? '52099081234565' : '352099081234565');
    }
  });
  it('keeps what came right before a cut, for a field made for scans', () => {
    const burst = new Burst();
    let out: string | null = null;
    [...'352099081234565\n'].forEach((c, i) => {
      const late = (i > 1 ? 300 : 0) + (i > 4 ? 700 : 0);
      out = burst.feed(stroke(c, i * 5 + late)) ?? out;
    });
    expect([burst.head, out]).toEqual(['35209', '9081234565']);
    [...'352099081234565\n'].forEach((c, i) => (out = burst.feed(stroke(c, 3000 + i * 5)) ?? out));
    expect([burst.head, out]).toEqual(['', '352099081234565']);
  });
  it('does not join what a person typed slowly before it', () => {
    const burst = new Burst();
    let out: string | null = null;
    [...'abcd'].forEach((c, i) => burst.feed(stroke(c, i * 110)));
    [...'123456\n'].forEach((c, i) => (out = burst.feed(stroke(c, 330 + 300 + i * 5)) ?? out));
    expect(out).toBe('123456');
  });
  it('is an IMEI over any pause of a busy machine, also behind a letter that was pressed before', () => {
    const keys = (text: string, pauses: Record<number, number>) => {
      const burst = new Burst();
      let out: string | null = null;
      let late = 0;
      [...text].forEach((c, i) => {
        late += pauses[i] ?? 0;
        out = burst.feed(stroke(c, i * 5 + late)) ?? out;
      });
      return [burst.imei, out];
    };
    const imei = '352099001761481';
    expect(keys(`${imei}\n`, { 1: 700, 5: 2000, 15: 900 })).toEqual([imei, null]);
    expect(keys(`j${imei}\n`, { 2: 900 })).toEqual([imei, imei.slice(1)]);
    expect(keys(`${imei}\n`, { 3: 6000 })[0]).toBeNull();
    // Wrong by its check digit; begun as no TAC is.
    expect(keys('352099001761482\n', { 1: 700 })[0]).toBeNull();
    expect(keys('752099001761487\n', { 1: 700 })[0]).toBeNull();
  });
  it('is an IMEI once: a Shift that is pressed next is no Enter', () => {
    const burst = new Burst();
    [...'352099001761481\n'].forEach((c, i) => burst.feed(stroke(c, i * 5)));
    expect(burst.imei).toBe('352099001761481');
    burst.feed({ code: 'ShiftLeft', key: 'Shift', shift: true, caps: false, at: 90 });
    expect(burst.imei).toBeNull();
  });
  it('is broken by a key that types nothing', () => {
    const burst = new Burst();
    [...'123456'].forEach((c, i) => burst.feed(stroke(c, i * 5)));
    burst.feed({ code: 'ArrowLeft', key: 'ArrowLeft', shift: false, caps: false, at: 31 });
    expect(burst.feed(stroke('\n', 35))).toBeNull();
  });
  it('takes the number pad for digits even with shift held', () => {
    expect(charOf({ code: 'Numpad7', key: 'Home', shift: true, caps: false, at: 0 })).toBe('7');
  });
  it('reads letters under caps lock as the scanner meant them', () => {
    expect(charOf({ code: 'KeyS', key: 's', shift: true, caps: true, at: 0 })).toBe('s');
  });
});
