// The rows of a keyset-paged list by their place in it. Pages far from the eye are forgotten and fetched again from
// their own cursor, so that a long list never stands in memory whole.

import type { Page } from '../ipc/gen/Page';

export type Load<R> = (after: string | null) => Promise<Page<R>>;

interface Chunk<R> {
  start: number;
  size: number;
  after: string | null;
  next: string | null;
  rows: R[] | null;
}

/** Pages kept in memory. */
const KEEP = 12;
/** From this page on a refresh does not walk down from the top. */
const FAR = 5;

export class Pager<R> {
  total = 0;
  capped = false;
  #chunks: Chunk<R>[] = [];
  #turn = 0;
  #busy: Promise<void> = Promise.resolve();

  constructor(private readonly load: Load<R>) {}

  /** Rows whose place is known, loaded or forgotten. */
  get reached(): number {
    const last = this.#chunks[this.#chunks.length - 1];
    return last ? last.start + last.size : 0;
  }

  /** Rows the list has as far as is known: grows when the count was capped. */
  get length(): number {
    return this.ended ? this.reached : Math.max(this.total, this.reached);
  }

  get ended(): boolean {
    const last = this.#chunks[this.#chunks.length - 1];
    return last !== undefined && last.next === null;
  }

  at(index: number): R | undefined {
    const chunk = this.#find(index);
    return chunk?.rows?.[index - chunk.start];
  }

  /** Loaded rows in order. */
  *loaded(): Generator<[number, R]> {
    for (const c of this.#chunks) if (c.rows) for (const [i, row] of c.rows.entries()) yield [c.start + i, row];
  }

  /** Makes rows `from` to `to` present, one page after another. Answers whether anything was fetched. */
  async ensure(from: number, to: number): Promise<boolean> {
    const turn = this.#turn;
    let fetched = false;
    const before = this.#busy;
    const run = before.then(async () => {
      if (turn !== this.#turn) return;
      for (const c of this.#chunks) {
        if (c.rows === null && c.start < to && c.start + c.size > from) {
          const page = await this.load(c.after);
          if (turn !== this.#turn) return;
          c.rows = page.rows.slice(0, c.size);
          fetched = true;
        }
      }
      while (this.reached < to && !this.ended) {
        const last = this.#chunks[this.#chunks.length - 1];
        const after = last?.next ?? null;
        const page = await this.load(after);
        if (turn !== this.#turn) return;
        this.#append(after, page);
        fetched = true;
        if (page.rows.length === 0) break;
      }
      if (fetched) this.#forget(from, to);
    });
    this.#busy = run.catch(() => undefined);
    await run;
    return fetched;
  }

  /** Reads again what is on screen, keeping its place; the old rows stay until the new ones are here. */
  async refresh(from: number, to: number): Promise<void> {
    const turn = ++this.#turn;
    this.#busy = Promise.resolve();
    if (await this.#refreshFar(turn, from, to)) return;
    if (turn !== this.#turn) return;
    const fresh = new Pager<R>(this.load);
    await fresh.ensure(0, Math.max(1, to));
    if (turn !== this.#turn) return;
    this.#chunks = fresh.#chunks;
    this.total = fresh.total;
    this.capped = fresh.capped;
    this.#forget(from, to);
  }

  /** Far down, walking from the top again would be many pages: only those on screen, each from its own cursor. */
  async #refreshFar(turn: number, from: number, to: number): Promise<boolean> {
    const seen = this.#chunks.filter((c) => c.start < to && c.start + c.size > from);
    const top = this.#chunks[0];
    if (!top || this.#chunks.indexOf(seen[0] ?? top) < FAR) return false;
    const [head, ...pages] = await Promise.all([this.load(null), ...seen.map((c) => this.load(c.after))]);
    if (turn !== this.#turn) return true;
    // Rows went from these very pages: their places have moved, so count from the top.
    if (!head || seen.some((c, i) => (pages[i]?.rows.length ?? 0) < c.size)) return false;
    for (const c of this.#chunks) c.rows = null;
    seen.forEach((c, i) => (c.rows = pages[i]?.rows.slice(0, c.size) ?? null));
    this.total = head.total;
    this.capped = head.total_capped;
    return true;
  }

  #append(after: string | null, page: Page<R>): void {
    this.#chunks.push({ start: this.reached, size: page.rows.length, after, next: page.next, rows: page.rows });
    this.total = page.total;
    this.capped = page.total_capped;
  }

  #find(index: number): Chunk<R> | undefined {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low <= high) {
      const mid = (low + high) >> 1;
      const c = this.#chunks[mid];
      if (!c) return undefined;
      if (index < c.start) high = mid - 1;
      else if (index >= c.start + c.size) low = mid + 1;
      else return c;
    }
    return undefined;
  }

  #forget(from: number, to: number): void {
    const held = this.#chunks.filter((c) => c.rows !== null);
    if (held.length <= KEEP) return;
    const middle = (from + to) / 2;
    const far = (c: Chunk<R>) => Math.abs(c.start + c.size / 2 - middle);
    held.sort((a, b) => far(b) - far(a));
    for (const c of held.slice(0, held.length - KEEP)) c.rows = null;
  }
}
