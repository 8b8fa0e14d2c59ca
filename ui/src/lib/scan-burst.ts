// Tells a scanner from a person by rhythm. Pure: time comes in with every key.
import { isImei } from './imei';

export interface Stroke {
  code: string;
  key: string;
  shift: boolean;
  caps: boolean;
  /** Milliseconds on any steady clock. */
  at: number;
}

/** A stock number, as our own labels have it. */
export const MIN_CHARS = 4;
/** Letters alone are a code from here on: hands that fall on the keys write none with a digit in it. */
export const MIN_LETTERS = 6;
export const MEAN_GAP_MS = 35;
/** A longer pause than this begins something new, */
export const BREAK_MS = 120;
/** unless a scan is running, which nobody's fingers do: then it was the machine that paused, up to this long. */
export const STALL_MS = 500;
/** What came before a break belongs to the same code, in a field made for scans, when the break was no longer than this. */
export const HEAD_MS = 1500;
/** An IMEI proves itself, so it is put together over any pause of a busy machine up to this long. */
export const IMEI_MS = 5000;
/** How TACs in use begin: a digit pressed before a number that is no IMEI is not to make one of it. */
const TAC_BEGIN = /^(?:01|35|86|98|99)/;
/** Characters at a scanner's pace that make a pause the machine's. */
const RUNNING_CHARS = 3;

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
  /** Time in this burst that was the machine's, not the scanner's. */
  #stalled = 0;
  #head = '';
  /** The last fifteen characters, over every pause up to `IMEI_MS`. */
  #run = '';
  #imei: string | null = null;

  /** The IMEI that the last stroke, an Enter, ended, whatever the pauses in it. */
  get imei(): string | null {
    return this.#imei;
  }

  /** What was typed right before this burst began: the start of the same code, where the machine was slow from the start. */
  get head(): string {
    return this.#head;
  }

  /** Characters so far. */
  get length(): number {
    return this.#chars.length;
  }

  /** True when the last two strokes came faster than a person types. */
  get fast(): boolean {
    const took = this.#last - this.#first - this.#stalled;
    return this.#chars.length >= 2 && took / (this.#chars.length - 1) < MEAN_GAP_MS;
  }

  /** Takes a stroke. Answers the code when this was the Enter at the end of a scan. */
  feed(s: Stroke): string | null {
    this.#imei = null;
    if (s.key === 'Shift' || s.code.startsWith('Shift') || s.key === 'CapsLock') return null;
    const end = s.code === 'Enter' || s.code === 'NumpadEnter' || s.key === 'Enter';
    const gap = s.at - this.#last;
    const stalled = gap > BREAK_MS && gap <= STALL_MS && this.#chars.length >= RUNNING_CHARS && this.fast;
    const broken = gap > BREAK_MS && !stalled;
    if (end) {
      const least = this.#chars.some((c) => c >= '0' && c <= '9') ? MIN_CHARS : MIN_LETTERS;
      const scanned = !broken && this.#chars.length >= least && this.fast ? this.#chars.join('') : null;
      const head = this.#head;
      const run = gap <= IMEI_MS ? this.#run : '';
      this.reset();
      this.#head = head;
      this.#imei = isImei(run) && TAC_BEGIN.test(run) ? run : null;
      return scanned;
    }
    const char = charOf(s);
    if (char === null) {
      this.reset();
      return null;
    }
    if (broken) {
      const head = gap <= HEAD_MS ? this.#head + this.#chars.join('') : '';
      const run = gap <= IMEI_MS ? this.#run : '';
      this.reset();
      this.#head = head;
      this.#run = run;
    }
    this.#run = (this.#run + char).slice(-15);
    if (stalled) this.#stalled += gap;
    if (this.#chars.length === 0) this.#first = s.at;
    this.#chars.push(char);
    this.#last = s.at;
    return null;
  }

  reset(): void {
    this.#chars = [];
    this.#last = Number.NEGATIVE_INFINITY;
    this.#stalled = 0;
    this.#head = '';
    this.#run = '';
  }
}
