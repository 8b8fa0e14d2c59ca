// Tells a scanner from a person by rhythm. Pure: time comes in with every key.

export interface Stroke {
  code: string;
  key: string;
  shift: boolean;
  caps: boolean;
  /** Milliseconds on any steady clock. */
  at: number;
}

export const MIN_CHARS = 6;
export const MEAN_GAP_MS = 35;
/** A longer pause than this begins something new. */
export const BREAK_MS = 120;

const MARKS: Record<string, string> = { Minus: '-', Slash: '/', Period: '.', NumpadSubtract: '-', NumpadDecimal: '.' };

/** The character of a stroke by its physical key, so that an input method in Chinese mode changes nothing. */
export function charOf(s: Stroke): string | null {
  const letter = /^Key([A-Z])$/.exec(s.code)?.[1];
  // The key says its own case unless an input method hides it.
  if (letter && s.key.length === 1 && s.key.toUpperCase() === letter) return s.key;
  if (letter) return s.shift !== s.caps ? letter : letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(s.code)?.[1];
  if (digit && (!s.shift || s.code.startsWith('Numpad'))) return digit;
  // The colon of a place's label, SHELF:A-03.
  if (s.code === 'Semicolon' && s.shift) return ':';
  const mark = MARKS[s.code];
  if (mark && !s.shift) return mark;
  return s.key.length === 1 && s.key > ' ' && s.key <= '~' ? s.key : null;
}

export class Burst {
  #chars: string[] = [];
  #first = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** Characters so far. */
  get length(): number {
    return this.#chars.length;
  }

  /** True when the last two strokes came faster than a person types. */
  get fast(): boolean {
    return this.#chars.length >= 2 && (this.#last - this.#first) / (this.#chars.length - 1) < MEAN_GAP_MS;
  }

  /** Takes a stroke. Answers the code when this was the Enter at the end of a scan. */
  feed(s: Stroke): string | null {
    if (s.key === 'Shift' || s.code.startsWith('Shift') || s.key === 'CapsLock') return null;
    const end = s.code === 'Enter' || s.code === 'NumpadEnter' || s.key === 'Enter';
    const broken = s.at - this.#last > BREAK_MS;
    if (end) {
      const scanned = !broken && this.#chars.length >= MIN_CHARS && this.fast ? this.#chars.join('') : null;
      this.reset();
      return scanned;
    }
    const char = charOf(s);
    if (char === null) {
      this.reset();
      return null;
    }
    if (broken) this.reset();
    if (this.#chars.length === 0) this.#first = s.at;
    this.#chars.push(char);
    this.#last = s.at;
    return null;
  }

  reset(): void {
    this.#chars = [];
    this.#last = Number.NEGATIVE_INFINITY;
  }
}
