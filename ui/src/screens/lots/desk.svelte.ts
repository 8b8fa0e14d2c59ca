import type { LotAnswer } from '../../ipc/gen/LotAnswer';
import type { LotSheet } from '../../ipc/gen/LotSheet';
import type { UnitPatch } from '../../ipc/gen/UnitPatch';
import type { UnitRow } from '../../ipc/gen/UnitRow';
import { call } from '../../ipc/client';
import { t } from '../../i18n/index.svelte';
import { appErrorText, errorText } from '../../lib/errors';
import { play } from '../../lib/sound';
import { inTurn, type Said } from './said';

const BLANK = {
  source: '',
  note: '',
  category: 'phone' as NonNullable<UnitPatch['category']>,
  brand: '',
  model: '',
  storage: '',
  colour: '',
  grade: '',
  shelf: '',
  box: '',
  holder: ''
};

const whatOf = (u: UnitRow | null): string =>
  u ? [u.model, u.storage, u.colour].filter((s) => s !== '').join(' ') : '';
const nameOf = (u: UnitRow | null): string => (u ? `${u.stock_no} ${whatOf(u)}`.trimEnd() : '');

/** A lot being scanned. Each scan is in the store before its beep. */
export class LotDesk {
  head = $state({ ...BLANK });
  /** `null` until the first scan. */
  id = $state<string | null>(null);
  said = $state.raw<Said>({ tone: 'calm', icon: 'scan', big: t('lots.ready'), small: t('lots.ready_text') });
  /** What is known only from this sitting: which rows were learned, which came back. */
  notes = $state.raw<ReadonlyMap<string, { learned: number; earlier: number }>>(new Map());
  /** The head is this lot's. */
  private headed = true;
  private turn = inTurn();
  private onmade: (id: string) => void;

  constructor(onmade: (id: string) => void) {
    this.onmade = onmade;
  }

  /** Scans go into this lot from now on; what its head says may follow. */
  open(id: string): void {
    if (this.id === id) return;
    this.id = id;
    this.headed = false;
  }

  /** Goes on with the lot that was opened as it was left. */
  resume(sheet: LotSheet): void {
    if (this.headed || sheet.lot.id !== this.id) return;
    this.headed = true;
    const d = sheet.lot.defaults;
    this.head = {
      source: sheet.lot.source,
      note: sheet.lot.note,
      category: d.category ?? 'phone',
      brand: d.brand ?? '',
      model: d.model ?? '',
      storage: d.storage ?? '',
      colour: d.colour ?? '',
      grade: d.grade ?? '',
      shelf: d.shelf ?? '',
      box: d.box ?? '',
      holder: d.holder ?? ''
    };
  }

  /** Begins another lot under the same head. */
  another(): void {
    this.id = null;
    this.headed = true;
    this.notes = new Map();
    this.said = { tone: 'calm', icon: 'scan', big: t('lots.ready'), small: t('lots.ready_text') };
  }

  private input() {
    const { source, note, ...defaults } = this.head;
    return { id: this.id, source, note, defaults };
  }

  /** Writes the head once there is a lot; before, it goes with the first scan. */
  save(): void {
    if (this.id !== null) this.turn(() => this.sure());
  }

  private async sure(): Promise<void> {
    try {
      const row = await call('lots.save', this.input());
      if (this.id === null) {
        this.id = row.id;
        this.onmade(row.id);
      }
    } catch (why) {
      this.wrong(errorText(why));
    }
  }

  scan(code: string): void {
    this.turn(() => this.take(code));
  }

  private async take(code: string): Promise<void> {
    if (this.id === null) await this.sure();
    if (this.id === null) return;
    try {
      this.hear(await call('lots.scan', { lot_id: this.id, code }));
    } catch (why) {
      this.wrong(errorText(why));
    }
  }

  private wrong(small: string): void {
    play('wrong');
    this.said = { tone: 'bad', icon: 'octo', big: t('lots.wrong'), small };
  }

  private hear(a: LotAnswer): void {
    switch (a.outcome) {
      case 'new': {
        play('fresh');
        if (a.unit) {
          const next = new Map(this.notes);
          next.set(a.unit.id, { learned: a.learned, earlier: a.earlier });
          this.notes = next;
        }
        const small =
          a.earlier > 0
            ? t('lots.new_back', { n: a.earlier })
            : a.learned > 0
              ? t('fields.learned', { n: a.learned })
              : '';
        this.said = { tone: 'good', icon: 'check', big: t('lots.new', { unit: nameOf(a.unit) }), small };
        return;
      }
      case 'twice':
        play('twice');
        this.said = {
          tone: 'warn',
          icon: 'copy',
          big: t('lots.twice', { no: a.unit?.stock_no }),
          small: whatOf(a.unit)
        };
        return;
      case 'here':
        play('twice');
        this.said = {
          tone: 'warn',
          icon: 'stock',
          big: t('lots.here', { no: a.unit?.stock_no }),
          small: whatOf(a.unit)
        };
        return;
      default:
        this.wrong(t('lots.wrong_code', { code: a.code, why: a.error ? appErrorText(a.error) : '' }));
    }
  }

  /** Takes the last scan back. */
  back(last: () => UnitRow | undefined): void {
    this.turn(async () => {
      const unit = last();
      if (!unit || this.id === null) return;
      try {
        await call('lots.unscan', { lot_id: this.id, unit_id: unit.id });
        this.said = { tone: 'calm', icon: 'undo', big: t('lots.back', { no: unit.stock_no }), small: whatOf(unit) };
      } catch (why) {
        this.wrong(errorText(why));
      }
    });
  }
}
