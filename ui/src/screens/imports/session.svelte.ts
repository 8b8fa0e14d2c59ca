import { SvelteMap } from 'svelte/reactivity';
import { AppFailure, call } from '../../ipc/client';
import type { AppError } from '../../ipc/gen/AppError';
import type { ImportDone } from '../../ipc/gen/ImportDone';
import type { ImportFile } from '../../ipc/gen/ImportFile';
import type { ImportPreview } from '../../ipc/gen/ImportPreview';
import type { ImportRow } from '../../ipc/gen/ImportRow';
import type { StagedFile } from '../../ipc/gen/StagedFile';
import type { UnitRow } from '../../ipc/gen/UnitRow';
import type { Verdict } from '../../ipc/gen/Verdict';

export type ImportKind = 'units' | 'orders';
export type Filter = 'look' | 'refused' | 'unmatched' | 'all';
const LOOK: Verdict[] = ['new', 'changed', 'choose', 'refused'];

/** Which verdicts a filter tab asks for; empty is all. */
export const verdictsOf = (filter: Filter): Verdict[] =>
  filter === 'look' ? LOOK : filter === 'refused' ? ['refused'] : [];

/** One import from the file to the written rows. Nothing is written before `apply`. */
export class ImportSession {
  file = $state<StagedFile | null>(null);
  preview = $state<ImportPreview | null>(null);
  error = $state<AppError | null>(null);
  done = $state<ImportDone | null>(null);
  /** The undo step that the apply made. */
  step = $state<number | null>(null);
  busy = $state(false);
  /** Rows the person left out, with the verdict they had. */
  skip = new SvelteMap<number, Verdict>();
  /** Units chosen by hand, by row number. */
  chosen = new SvelteMap<number, UnitRow>();
  private options: Omit<ImportFile, 'file'> = { sheet: null, mapping: null, platform: null, shop: null };

  constructor(readonly kind: ImportKind) {}

  count(verdict: Verdict): number {
    return this.preview?.counts[verdict] ?? 0;
  }

  /** Rows that would be written now. */
  writes: number = $derived.by(() => {
    const left = [...this.skip.values()].filter((v) => v !== 'same' && v !== 'refused').length;
    return this.count('new') + this.count('changed') + this.count('choose') - left;
  });

  /** Photographs that would be taken in now. */
  photos: number = $derived(this.preview?.photos_new ?? 0);

  total(filter: Filter): number {
    if (!this.preview) return 0;
    if (filter === 'all') return this.preview.rows;
    if (filter === 'unmatched') return this.preview.unmatched;
    return verdictsOf(filter).reduce((n, v) => n + this.count(v), 0);
  }

  async open(file: StagedFile): Promise<void> {
    this.options = { sheet: null, mapping: null, platform: null, shop: null };
    this.file = file;
    await this.read();
  }

  /** Reads the file again with another sheet, mapping, platform or shop. */
  async change(part: Partial<Omit<ImportFile, 'file'>>): Promise<void> {
    // Another sheet or platform has other columns: let the program guess again.
    if ('sheet' in part || 'platform' in part) this.options.mapping = null;
    this.options = { ...this.options, ...part };
    await this.read();
  }

  private async read(): Promise<void> {
    if (!this.file) return;
    this.busy = true;
    this.error = null;
    try {
      const name = this.kind === 'units' ? 'units.import_preview' : 'orders.import_preview';
      this.preview = await call(name, { file: this.file.id, ...this.options });
      this.skip.clear();
      this.chosen.clear();
    } catch (e) {
      if (!(e instanceof AppFailure)) throw e;
      this.error = e.error;
    } finally {
      this.busy = false;
    }
  }

  toggleSkip(row: ImportRow): void {
    if (row.verdict === 'refused' || row.verdict === 'same') return;
    if (this.skip.has(row.row)) this.skip.delete(row.row);
    else this.skip.set(row.row, row.verdict);
  }

  async apply(): Promise<void> {
    if (!this.preview || this.busy || this.writes + this.photos <= 0) return;
    this.busy = true;
    this.error = null;
    try {
      const choose = Object.fromEntries([...this.chosen].map(([row, unit]) => [row, unit.id]));
      const name = this.kind === 'units' ? 'units.import_apply' : 'orders.import_apply';
      this.done = await call(name, { id: this.preview.id, skip: [...this.skip.keys()], choose });
      this.step = (await call('undo.state', {})).undo?.id ?? null;
    } catch (e) {
      if (!(e instanceof AppFailure)) throw e;
      this.error = e.error;
    } finally {
      this.busy = false;
    }
  }

  reset(): void {
    this.file = null;
    this.preview = null;
    this.error = null;
    this.done = null;
    this.step = null;
    this.skip.clear();
    this.chosen.clear();
  }
}
