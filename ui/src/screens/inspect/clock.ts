/** Without a key or a pointer for this long, nobody is at the unit. */
export const IDLE_MS = 60_000;

/**
 * Time spent on one unit: counted while its screen is in front and somebody touches it. Instants come from outside, so that
 * a test needs no waiting.
 */
export class WorkClock {
  #counted = 0;
  /** Counts from here; `null` while nobody is at it. */
  #since: number | null = null;
  #touched = 0;

  constructor(before_ms = 0) {
    this.#counted = before_ms;
  }

  /** A key, a pointer, an answer. */
  touch(now: number): void {
    this.#settle(now);
    if (this.#since === null) this.#since = now;
    this.#touched = now;
  }

  /** The screen is covered or left. */
  leave(now: number): void {
    this.#settle(now);
    if (this.#since === null) return;
    this.#counted += Math.max(0, now - this.#since);
    this.#since = null;
  }

  /** Milliseconds up to now. */
  spent(now: number): number {
    this.#settle(now);
    return this.#counted + (this.#since === null ? 0 : Math.max(0, now - this.#since));
  }

  /** Ends a stretch that nobody touched any more, at its last touch and the grace after it. */
  #settle(now: number): void {
    if (this.#since === null || now - this.#touched <= IDLE_MS) return;
    this.#counted += Math.max(0, this.#touched + IDLE_MS - this.#since);
    this.#since = null;
  }
}
