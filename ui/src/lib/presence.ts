import type { PresenceMark } from '../ipc/gen/PresenceMark';
import type { PresenceSet } from '../ipc/gen/PresenceSet';

/** Who is at a record besides oneself: those who change it, else those who look. */
export interface Others {
  names: string[];
  editing: boolean;
}

/** In one line; `undefined` where nobody is. `me` works here: the same person at another laptop is told by that laptop. */
export function others(marks: readonly PresenceMark[], me: string): Others | undefined {
  const editing = marks.some((m) => m.editing);
  const told = marks.filter((m) => m.editing === editing);
  const names = [...new Set(told.map((m) => (m.who === '' || m.who === me ? m.laptop : m.who)))];
  return names.length > 0 ? { names, editing } : undefined;
}

/** Whether two screens show the same. */
export function same(a: PresenceSet, b: PresenceSet): boolean {
  return a.editing === b.editing && a.open?.kind === b.open?.kind && a.open?.id === b.open?.id;
}

export const NOTHING: PresenceSet = { open: null, editing: false };

/**
 * Tells one thing after the other: an answer that is late must not put back what was left meanwhile. What was wanted while
 * another was on its way is told once, as it is then.
 */
export class Teller {
  #want = NOTHING;
  #told = NOTHING;
  #busy = false;

  constructor(private readonly tell: (what: PresenceSet) => Promise<unknown>) {}

  /** What this screen shows now. */
  want(what: PresenceSet): void {
    this.#want = what;
    void this.#run(false);
  }

  /** Tells it again where there is something: what is not repeated counts as closed. */
  beat(): void {
    if (this.#want.open) void this.#run(true);
  }

  async #run(again: boolean): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (again || !same(this.#want, this.#told)) {
        again = false;
        const now = this.#want;
        await this.tell(now);
        this.#told = now;
      }
    } catch {
      // The next beat tells it; until then nobody is told, which is no harm.
    } finally {
      this.#busy = false;
    }
  }
}
