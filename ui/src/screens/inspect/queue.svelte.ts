import type { InspectQueueUnit } from '../../ipc/gen/InspectQueueUnit';

/** The units of this sitting in the order they came, so that next and previous stay what they were while some are finished. */
export class Sitting {
  order = $state.raw<InspectQueueUnit[]>([]);
  private done = $state.raw<ReadonlySet<string>>(new Set());

  /** What waits now: known places stay, newcomers go behind. */
  hear(units: InspectQueueUnit[]): void {
    const now = new Map(units.map((u) => [u.unit.id, u]));
    const kept = this.order.map((u) => now.get(u.unit.id) ?? u);
    const known = new Set(this.order.map((u) => u.unit.id));
    this.order = [...kept, ...units.filter((u) => !known.has(u.unit.id))];
    // Undone: it waits again.
    if ([...this.done].some((id) => now.has(id))) this.done = new Set([...this.done].filter((id) => !now.has(id)));
  }
  finish(id: string): void {
    this.done = new Set([...this.done, id]);
  }
  isDone(id: string): boolean {
    return this.done.has(id);
  }
  place(id: string): number {
    return this.order.findIndex((u) => u.unit.id === id);
  }
  /** The nearest unit that still waits, after or before this one, round once. */
  near(id: string, by: 1 | -1): string | null {
    const n = this.order.length;
    const at = this.place(id);
    for (let k = 1; k <= n; k += 1) {
      const i = at < 0 ? (by > 0 ? k - 1 : n - k) : (at + by * k + n * 2) % n;
      const one = this.order[i]?.unit.id;
      if (one !== undefined && one !== id && !this.done.has(one)) return one;
    }
    return null;
  }
}

/** Lives as long as the program: leaving the desk and coming back goes on in the same order. */
export const sitting = new Sitting();
