import { SvelteSet } from 'svelte/reactivity';
import { call, onPush, origin } from '../../ipc/client';
import type { BatchDone } from '../../ipc/gen/BatchDone';
import type { BatchGroup } from '../../ipc/gen/BatchGroup';
import type { BatchPhoto } from '../../ipc/gen/BatchPhoto';
import type { BatchRules } from '../../ipc/gen/BatchRules';
import type { BatchUnit } from '../../ipc/gen/BatchUnit';
import type { PhotoBatch } from '../../ipc/gen/PhotoBatch';
import { act } from '../../lib/act';
import { acrossTo, beside, giveTo, groupOf, inOrder, joinUp, moveTo, splitAt, toggleLeave } from './arrange';

interface Step {
  groups: BatchGroup[];
  out: number[];
}

/** The batch under review. The program keeps it; this screen shows it and sends back what a person changes. */
export class Review {
  batch = $state.raw<PhotoBatch | null>(null);
  loaded = $state(false);
  error = $state.raw<unknown>(null);
  done = $state.raw<BatchDone | null>(null);
  busy = $state(false);
  /** The photograph the keyboard stands on. */
  at = $state<number | null>(null);
  picked = new SvelteSet<number>();
  private past = $state.raw<Step[]>([]);
  private turn = 0;

  groups: BatchGroup[] = $derived(this.batch?.groups ?? []);
  photos: Map<number, BatchPhoto> = $derived(new Map(this.batch?.photos.map((p) => [p.id, p]) ?? []));
  here: BatchPhoto | null = $derived(this.at === null ? null : (this.photos.get(this.at) ?? null));
  group: BatchGroup | null = $derived(this.at === null ? null : (groupOf(this.groups, this.at) ?? null));
  /** What is moved: the picked photographs, else the one the keyboard stands on. */
  moving: number[] = $derived(this.picked.size > 0 ? [...this.picked] : this.at === null ? [] : [this.at]);
  canUndo: boolean = $derived(this.past.length > 0);

  /** How many of what would be written. */
  sums: { units: number; photos: number; tray: number; out: number } = $derived.by(() => {
    const sums = { units: 0, photos: 0, tray: 0, out: 0 };
    for (const g of this.groups) {
      const taken = g.photos.filter((p) => !this.photos.get(p)?.out && !g.leave).length;
      sums.out += g.photos.length - taken;
      if (g.unit) sums.photos += taken;
      else sums.tray += taken;
      if (g.unit && taken > 0) sums.units += 1;
    }
    return sums;
  });

  /** Follows the batch; answers how to stop. */
  follow(): () => void {
    void this.load();
    return onPush((push) => {
      const other = push.type === 'batch' && push.origin !== origin;
      if (other || push.type === 'lagged' || push.type === 'stall_switched') void this.load();
    });
  }

  async load(): Promise<void> {
    const mine = ++this.turn;
    try {
      const { batch } = await call('batch.get', {});
      if (mine !== this.turn) return;
      if (batch?.id !== this.batch?.id) this.forget();
      this.show(batch);
      this.error = null;
    } catch (why) {
      this.error = why;
    }
    this.loaded = true;
  }

  private forget(): void {
    this.past = [];
    this.picked.clear();
    this.at = null;
  }

  private show(batch: PhotoBatch | null): void {
    this.batch = batch;
    if (batch) this.done = null;
    const all = batch ? inOrder(batch.groups) : [];
    if (this.at === null || !all.includes(this.at)) this.at = all[0] ?? null;
    for (const p of this.picked) if (!all.includes(p)) this.picked.delete(p);
  }

  private out(): number[] {
    return this.batch?.photos.filter((p) => p.out).map((p) => p.id) ?? [];
  }

  /** Shows the wanted arrangement at once and sends it. */
  private want(groups: BatchGroup[], out = this.out(), remember = true): void {
    if (!this.batch) return;
    if (remember) this.past = [...this.past.slice(-99), { groups: this.groups, out: this.out() }];
    const left = new Set(out);
    const batch = { ...this.batch, groups, photos: this.batch.photos.map((p) => ({ ...p, out: left.has(p.id) })) };
    this.batch = batch;
    const mine = ++this.turn;
    const sent = groups.map((g) => ({ id: g.id, unit_id: g.unit?.id ?? null, leave: g.leave, photos: g.photos }));
    void act(() => call('batch.arrange', { id: batch.id, groups: sent, out })).then((answer) => {
      if (mine !== this.turn) return;
      if (answer) this.show(answer.batch);
      else void this.load();
    });
  }

  undo(): void {
    const last = this.past.at(-1);
    if (!last) return;
    this.past = this.past.slice(0, -1);
    this.want(last.groups, last.out, false);
  }

  go(step: number): void {
    this.at = beside(this.groups, this.at, step);
  }

  across(step: number): void {
    this.at = acrossTo(this.groups, this.at, step);
  }

  pick(id: number): void {
    if (!this.picked.delete(id)) this.picked.add(id);
  }

  /** Picks everything from where the keyboard stands to this one. */
  pickTo(id: number): void {
    const all = inOrder(this.groups);
    const [a, b] = [all.indexOf(this.at ?? id), all.indexOf(id)];
    for (const p of all.slice(Math.min(a, b), Math.max(a, b) + 1)) this.picked.add(p);
    this.at = id;
  }

  move(target: number | null, before: number | null = null, ids = this.moving): void {
    if (ids.length === 0) return;
    this.want(moveTo(this.groups, ids, target, before));
    this.picked.clear();
  }

  /** Into the group above or below. */
  shift(step: number): void {
    const at = this.groups.findIndex((g) => g.id === this.group?.id);
    const to = this.groups[at + step];
    if (to) this.move(to.id);
    else if (at >= 0 && (this.group?.photos.length ?? 0) > this.moving.length) this.move(null);
  }

  split(): void {
    if (this.at !== null) this.want(splitAt(this.groups, this.at));
  }

  join(id = this.group?.id): void {
    if (id !== undefined) this.want(joinUp(this.groups, id));
  }

  give(id: number, unit: BatchUnit | null): void {
    this.want(giveTo(this.groups, id, unit));
  }

  leave(id = this.group?.id): void {
    if (id !== undefined) this.want(toggleLeave(this.groups, id));
  }

  /** Leaves photographs out, or takes them in again. */
  toggleOut(ids = this.moving): void {
    const out = new Set(this.out());
    const all = ids.every((id) => out.has(id));
    for (const id of ids)
      if (all) out.delete(id);
      else out.add(id);
    this.want(this.groups, [...out]);
    this.picked.clear();
  }

  async regroup(part: Partial<BatchRules>): Promise<void> {
    const batch = this.batch;
    if (!batch || this.busy) return;
    this.busy = true;
    const mine = ++this.turn;
    const answer = await act(() => call('batch.regroup', { id: batch.id, rules: { ...batch.rules, ...part } }));
    this.busy = false;
    if (!answer || mine !== this.turn) return;
    this.past = [];
    this.show(answer.batch);
  }

  async apply(): Promise<void> {
    const batch = this.batch;
    if (!batch || this.busy || this.sums.photos + this.sums.tray === 0 || batch.job) return;
    this.busy = true;
    const done = await act(() => call('batch.apply', { id: batch.id }));
    this.busy = false;
    if (!done) return;
    this.forget();
    this.batch = null;
    this.done = done;
  }

  async drop(): Promise<void> {
    const batch = this.batch;
    if (!batch || this.busy) return;
    this.busy = true;
    const gone = await act(() => call('batch.drop', { id: batch.id }));
    this.busy = false;
    if (!gone) return;
    this.forget();
    this.batch = null;
  }
}
