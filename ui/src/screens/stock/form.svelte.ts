import type { Category } from '../../ipc/gen/Category';
import type { CodeCheck } from '../../ipc/gen/CodeCheck';
import type { CodeKind } from '../../ipc/gen/CodeKind';
import type { UnitDetail } from '../../ipc/gen/UnitDetail';
import type { UnitPatch } from '../../ipc/gen/UnitPatch';
import { call } from '../../ipc/client';
import { parseYuan } from '../../i18n/format';
import { fieldById, fieldText } from '../../lib/fields.svelte';

export const CATEGORIES: Category[] = ['phone', 'tablet', 'laptop', 'watch', 'camera', 'other'];
export const GRADES = ['S', 'A1', 'A2', 'B1', 'B2', 'C', 'D', 'E'];
export type CodeField = 'imei' | 'imei2' | 'meid' | 'serial' | 'stock_no';
export type PriceField = 'price_list' | 'price_live' | 'price_floor' | 'cost';
export const CODE_FIELDS: CodeField[] = ['imei', 'imei2', 'meid', 'serial', 'stock_no'];
export const PRICE_FIELDS: PriceField[] = ['price_list', 'price_live', 'price_floor', 'cost'];
const KIND: Record<CodeField, CodeKind> = {
  imei: 'imei',
  imei2: 'imei',
  meid: 'meid',
  serial: 'serial',
  stock_no: 'stock_no'
};

const BLANK = {
  stock_no: '',
  category: 'phone' as Category,
  brand: '',
  model: '',
  storage: '',
  colour: '',
  imei: '',
  imei2: '',
  meid: '',
  serial: '',
  grade: '',
  battery: '',
  badges: '',
  price_list: '',
  price_live: '',
  price_floor: '',
  cost: '',
  shelf: '',
  box: '',
  holder: '',
  source: '',
  flaws: '',
  note: ''
};
export type Fields = typeof BLANK;

// What was typed and not saved when a form was left, by unit (`null`: the unit being taken in).
const drafts = new Map<string | null, { f: Fields; more: Record<string, string> }>();

const yuanText = (fen: number | null): string => (fen === null ? '' : String(fen / 100));
const words = (text: string): string[] => text.split(/[\s,，、;；]+/).filter((w) => w !== '');

/** Text typed by a person, in the units it is typed in. */
export function fieldsOf(d: UnitDetail): Fields {
  const r = d.row;
  return {
    stock_no: r.stock_no,
    category: r.category,
    brand: r.brand,
    model: r.model,
    storage: r.storage,
    colour: r.colour,
    imei: d.imei ?? '',
    imei2: d.imei2 ?? '',
    meid: d.meid ?? '',
    serial: d.serial ?? '',
    grade: r.grade ?? '',
    battery: r.battery === null ? '' : String(r.battery),
    badges: r.badges.join(' '),
    price_list: yuanText(r.price_list),
    price_live: yuanText(r.price_live),
    price_floor: yuanText(r.price_floor),
    cost: yuanText(r.cost),
    shelf: r.shelf,
    box: r.box,
    holder: r.holder,
    source: d.source,
    flaws: d.flaws,
    note: d.note
  };
}

/** Values of the category's and the owner's fields as a person reads them. */
export function moreOf(d: UnitDetail): Record<string, string> {
  const shown = Object.entries(d.fields).map(([id, value]) => {
    const def = fieldById(id);
    // The unit stands beside the field.
    return [id, def?.kind === 'number' ? value : fieldText(def, value)] as const;
  });
  return Object.fromEntries(shown);
}

/** State of the take-in form: the fields, what the store says of the codes, and what is wrong before it is sent. */
export class UnitForm {
  f = $state<Fields>({ ...BLANK });
  /** Values of the category's and the owner's fields by field id. */
  more = $state<Record<string, string>>({});
  /** The model the stall learned from its own units by the IMEI, and from how many. */
  learned = $state<{ model: string; n: number } | null>(null);
  checks = $state<Partial<Record<CodeField, CodeCheck>>>({});
  /** The form began with what was left unsaved the last time. */
  restored = $state(false);
  /** The unit edited, or `null` while taking one in. */
  readonly id: string | null;
  private start: Fields;
  private moreStart: Record<string, string>;
  private seq = 0;
  private timers: Partial<Record<CodeField, ReturnType<typeof setTimeout>>> = {};

  constructor(detail: UnitDetail | null) {
    this.id = detail?.row.id ?? null;
    this.start = detail ? fieldsOf(detail) : { ...BLANK };
    const draft = drafts.get(this.id);
    this.moreStart = detail ? moreOf(detail) : {};
    this.restored = draft !== undefined;
    this.f = { ...(draft?.f ?? this.start) };
    this.more = { ...(draft?.more ?? this.moreStart) };
    for (const field of CODE_FIELDS) if (draft) this.check(field, 0);
  }

  /** Keeps what was typed for the next time this form is opened; answers whether there was anything. */
  keep(): boolean {
    if (this.dirty) drafts.set(this.id, { f: { ...this.f }, more: { ...this.more } });
    else drafts.delete(this.id);
    return this.dirty;
  }

  /** Throws away what was typed. */
  forget(): void {
    drafts.delete(this.id);
    this.restored = false;
    this.f = { ...this.start };
    this.more = { ...this.moreStart };
    this.learned = null;
    this.checks = {};
  }

  /** Empties the form for the next unit; what a person would type again stays. */
  next(): void {
    const { category, shelf, box, source } = this.f;
    this.f = { ...BLANK, category, shelf, box, source };
    this.start = { ...this.f };
    this.more = {};
    this.moreStart = {};
    this.learned = null;
    this.checks = {};
    this.restored = false;
    drafts.delete(this.id);
  }

  dirty: boolean = $derived.by(
    () =>
      (Object.keys(BLANK) as (keyof Fields)[]).some((k) => k !== 'stock_no' && this.f[k] !== this.start[k]) ||
      Object.keys(this.moreChanged()).length > 0
  );

  /** Fields whose values differ from what the form began with. */
  private moreChanged(): Record<string, string> {
    const out: Record<string, string> = {};
    for (const [id, text] of Object.entries(this.more)) {
      if (text.trim() !== (this.moreStart[id] ?? '').trim()) out[id] = text.trim();
    }
    return out;
  }

  badPrices: PriceField[] = $derived(
    PRICE_FIELDS.filter((k) => this.f[k].trim() !== '' && parseYuan(this.f[k]) === null)
  );
  badBattery: boolean = $derived.by(() => {
    const text = this.f.battery.replace('%', '').trim();
    return text !== '' && !(/^\d{1,3}$/.test(text) && Number(text) <= 100);
  });
  nameless: boolean = $derived(this.f.model.trim() === '');
  refused: boolean = $derived(
    CODE_FIELDS.some((k) => this.f[k].trim() !== '' && (this.checks[k]?.error ?? null) !== null)
  );

  /** Asks the store about a code, at once or when typing pauses. */
  check(field: CodeField, wait = 250): void {
    clearTimeout(this.timers[field]);
    const code = this.f[field].trim();
    if (code === '' || (field === 'stock_no' && code === this.start.stock_no && this.id !== null)) {
      this.checks = { ...this.checks, [field]: undefined };
      return;
    }
    this.timers[field] = setTimeout(() => void this.ask(field, code), wait);
  }

  private async ask(field: CodeField, code: string): Promise<void> {
    const mine = ++this.seq;
    const answer = await call('units.check_code', { code, kind: KIND[field], except: this.id }).catch(() => undefined);
    if (this.f[field].trim() !== code) return;
    this.checks = { ...this.checks, [field]: answer };
    const hint = answer?.suggestion;
    if (hint) this.learned = { model: hint.model, n: answer.learned_from };
    if (hint && mine === this.seq && this.f.model.trim() === '') {
      this.f.category = hint.category;
      this.f.brand = hint.brand;
      this.f.model = hint.model;
    }
  }

  /** Begins with what is known already; it counts as nothing typed. */
  give(known: { stock_no: string; category: Category }): void {
    Object.assign(this.f, known);
    this.start = { ...this.f };
    if (known.stock_no !== '') this.check('stock_no', 0);
  }

  /** Adds a badge unless it is there. */
  badge(text: string): void {
    if (!words(this.f.badges).includes(text)) this.f.badges = [...words(this.f.badges), text].join(' ');
  }

  /** Puts a scanned code where it belongs: first IMEI, second IMEI, MEID, else the serial number. */
  scanned(code: string): CodeField {
    const digits = code.replace(/[\s-]/g, '');
    let field: CodeField = 'serial';
    if (/^\d{14,15}$/.test(digits)) field = this.f.imei.trim() === '' || this.f.imei === digits ? 'imei' : 'imei2';
    else if (/^[0-9A-F]{14}$/i.test(digits)) field = 'meid';
    this.f[field] = digits;
    this.check(field, 0);
    return field;
  }

  /** What to send: everything when taking in, only what differs when editing. */
  patch(): UnitPatch {
    const all = this.id === null;
    const out: Record<string, unknown> = {};
    for (const key of Object.keys(BLANK) as (keyof Fields)[]) {
      const text = this.f[key].trim();
      if (all ? text === '' : this.f[key] === this.start[key]) continue;
      if ((PRICE_FIELDS as string[]).includes(key)) out[key] = text === '' ? null : parseYuan(text);
      else if (key === 'battery') out[key] = text === '' ? null : Number(text.replace('%', ''));
      else if (key === 'badges') out[key] = words(text);
      else out[key] = text;
    }
    const more = this.moreChanged();
    if (Object.keys(more).length > 0) out['fields'] = more;
    return out as UnitPatch;
  }
}
