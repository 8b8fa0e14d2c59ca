// What the screen offers for a question: the choices of the store in the order of how well they mend things, with the words.

import { yuan } from '../../i18n/format';
import { t } from '../../i18n/index.svelte';
import type { InboxCard } from '../../ipc/gen/InboxCard';
import type { InboxChoice } from '../../ipc/gen/InboxChoice';
import type { NumberSide } from '../../ipc/gen/NumberSide';
import type { OrderRow } from '../../ipc/gen/OrderRow';
import type { SaleSide } from '../../ipc/gen/SaleSide';
import type { UnitRow } from '../../ipc/gen/UnitRow';
import type { ValueSide } from '../../ipc/gen/ValueSide';
import type { IconName } from '../../lib/ui/icons';
import { tail } from '../orders/deadline';
import { spec } from '../stock/unit-words';

export interface Offer {
  id: string;
  title: string;
  text: string;
  /** Why it stands first; empty for the others. */
  why?: string;
  choice: InboxChoice;
  /** Pictured beside the words. */
  unit?: UnitRow;
  /** Units that would do as well. */
  likes?: UnitRow[];
  /** What to tell the buyer who does not get it. */
  message?: string;
}

const MONEY = new Set(['price_list', 'price_live', 'price_floor', 'cost']);

/** `快手 …4471` */
export const orderName = (o: OrderRow): string => `${t(`platform.${o.platform}`)} ${tail(o.order_no)}`;

/** A value of a guarded column as people read it. */
export function valueText(side: Pick<ValueSide, 'field' | 'value'>): string {
  if (side.value === null || side.value === '') return t('common.nothing');
  if (MONEY.has(side.field)) return yuan(Number(side.value));
  return side.field === 'grade' ? t(`grade.${side.value}`) : side.value;
}

/** The sides that can keep it: a parcel that is away cannot lose its unit. */
export function keepers(card: InboxCard): SaleSide[] {
  const q = card.question;
  if (q.about !== 'sale' && q.about !== 'line') return [];
  return q.sides.filter((s) => card.choices.some((c) => 'keep' in c && c.keep === s.fact));
}

/** Nobody gives money back by a reflex: a refund is never the first. */
const RANK: Record<string, number> = { substitute: 0, keep: 1, cancel: 2, neither: 3 };

function saleOffers(card: InboxCard, keep: string, like: string | null): Offer[] {
  const q = card.question;
  if (q.about !== 'sale') return [];
  const side = (fact: string) => q.sides.find((s) => s.fact === fact);
  const kept = side(keep);
  const others = q.sides.filter((s) => s.fact !== keep);
  const names = others.map((s) => orderName(s.order)).join(t('common.comma'));
  const model = [q.unit.model, spec(q.unit)].filter(Boolean).join(' ');
  const mine = card.choices.filter((c) => !('keep' in c) || c.keep === keep);
  return mine
    .map((c): Offer | null => {
      switch (c.what) {
        case 'substitute': {
          const unit = q.likes.find((u) => u.id === like) ?? q.likes.find((u) => u.id === c.unit_id);
          const to = side(c.other);
          if (!unit || !to) return null;
          return {
            id: `substitute-${c.other}`,
            title: t('inbox.sale.substitute', { order: orderName(to.order), no: unit.stock_no }),
            text: t('inbox.sale.substitute_text', { no: unit.stock_no }),
            choice: { ...c, unit_id: unit.id },
            unit,
            likes: q.likes,
            message: t('inbox.sale.message_substitute', { model, no: unit.stock_no })
          };
        }
        case 'cancel': {
          const to = side(c.other);
          if (!to) return null;
          return {
            id: `cancel-${c.other}`,
            title: t('inbox.sale.cancel', { order: orderName(to.order) }),
            text: t('inbox.sale.cancel_text', { money: yuan(to.order.paid) }),
            choice: c,
            message: t('inbox.sale.message_cancel', { model })
          };
        }
        case 'keep':
          return {
            id: 'keep',
            title: t('inbox.sale.keep', { order: kept ? orderName(kept.order) : '' }),
            text: t('inbox.sale.keep_text', { order: names }),
            choice: c
          };
        case 'neither':
          return { id: 'neither', title: t('inbox.sale.neither'), text: t('inbox.sale.neither_text'), choice: c };
        default:
          return null;
      }
    })
    .filter((o): o is Offer => o !== null)
    .sort((a, b) => (RANK[a.choice.what] ?? 9) - (RANK[b.choice.what] ?? 9));
}

/**
 * What can be done about a card. Of a double sale with the side `keep` keeping the unit, and the like unit a person picked;
 * the other kinds need neither.
 */
export function offersOf(card: InboxCard, keep: string, like: string | null): Offer[] {
  const q = card.question;
  switch (q.about) {
    case 'sale':
      return saleOffers(card, keep, like);
    case 'line':
      return card.choices.flatMap((c): Offer[] => {
        if (c.what === 'neither')
          return [{ id: 'neither', title: t('inbox.line.neither'), text: t('inbox.line.neither_text'), choice: c }];
        const side = c.what === 'keep' ? q.sides.find((s) => s.fact === c.keep) : undefined;
        if (!side) return [];
        const no = side.unit.stock_no;
        const title = t('inbox.line.keep', { no });
        return [{ id: side.fact, title, text: t('inbox.line.keep_text'), choice: c, unit: side.unit }];
      });
    case 'twins':
      return card.choices.flatMap((c): Offer[] => {
        const unit = c.what === 'merge' ? q.sides.find((s) => s.unit.id === c.unit_id)?.unit : undefined;
        if (!unit) return [];
        const others = q.sides
          .filter((s) => s.unit.id !== unit.id)
          .map((s) => s.unit.stock_no)
          .join(t('common.comma'));
        // Laptops that were apart may have given both records one number, too.
        const alike = q.sides.every((s) => s.unit.stock_no === unit.stock_no);
        const who = q.sides.find((s) => s.unit.id === unit.id)?.told.by ?? '';
        const title = t(alike && who ? 'inbox.twins.merge_by' : 'inbox.twins.merge', { no: unit.stock_no, who });
        return [{ id: unit.id, title, text: t('inbox.twins.merge_text', { others }), choice: c, unit }];
      });
    case 'numbers':
      return card.choices.flatMap((c, n): Offer[] => {
        const unit = c.what === 'keep_number' ? q.sides.find((s) => s.unit.id === c.unit_id)?.unit : undefined;
        if (!unit) return [];
        const name = (u: UnitRow) => deviceName(u, q.sides);
        // In the order of the sides, as the store will deal them.
        const others = q.sides
          .filter((s) => s.unit.id !== unit.id)
          .map((s, i) => t('inbox.numbers.gets', { unit: name(s.unit), no: q.next[i] ?? '' }))
          .join(t('common.comma'));
        const why = n === 0 ? t('inbox.numbers.advise', { why: t(`inbox.numbers.why.${q.why}`) }) : '';
        const title = t('inbox.numbers.keep', { unit: name(unit), no: q.number });
        return [{ id: unit.id, title, text: t('inbox.numbers.keep_text', { others }), choice: c, why }];
      });
    case 'value':
      return card.choices.flatMap((c): Offer[] => {
        const stands = q.sides.find((s) => s.stands);
        if (c.what === 'dismiss') {
          const title = t('inbox.value.dismiss', { value: stands ? valueText(stands) : '' });
          return [{ id: 'dismiss', title, text: t('inbox.value.dismiss_text'), choice: c }];
        }
        const side = c.what === 'take' ? q.sides.find((s) => s.seq === c.seq) : undefined;
        if (!side) return [];
        const title = t('inbox.value.take', { value: valueText(side) });
        return [{ id: `take-${side.seq}`, title, text: t('inbox.value.take_text'), choice: c }];
      });
    case 'deleted':
      return card.choices.map((c) => ({
        id: c.what,
        title: t(c.what === 'delete' ? 'inbox.deleted.delete' : 'inbox.deleted.restore'),
        text: t(c.what === 'delete' ? 'inbox.deleted.delete_text' : 'inbox.deleted.restore_text'),
        choice: c
      }));
    case 'many':
      return card.choices.map((c) => ({
        id: c.what,
        title: t(c.what === 'confirm' ? 'inbox.many.confirm' : 'inbox.many.refuse', { n: q.rows }),
        text: t(c.what === 'confirm' ? 'inbox.many.confirm_text' : 'inbox.many.refuse_text'),
        choice: c
      }));
  }
}

/** What tells a unit from the others: its model, and more where they are of one. */
export function deviceName(u: UnitRow, sides: readonly NumberSide[]): string {
  const full = (x: UnitRow) => [x.model, spec(x)].filter(Boolean).join(' ');
  const alone = (said: (x: UnitRow) => string) => sides.every((s) => s.unit.id === u.id || said(s.unit) !== said(u));
  if (alone((x) => x.model)) return u.model;
  if (alone(full) || u.code_tail === '') return full(u);
  return `${full(u)} …${u.code_tail}`;
}

/** The head of a card: what is the matter, in one line. */
export function titleOf(card: InboxCard): string {
  const q = card.question;
  switch (q.about) {
    case 'sale':
      return t('inbox.sale.title', { no: q.unit.stock_no, n: q.sides.length });
    case 'line':
      return t('inbox.line.title', { order: orderName(q.order), n: q.sides.length });
    case 'twins':
      return t('inbox.twins.title', { n: q.sides.length });
    case 'numbers':
      return t('inbox.numbers.title', { n: q.sides.length, no: q.number });
    case 'value':
      return t('inbox.value.title', { no: q.unit.stock_no, field: t(`field.${q.field}`) });
    case 'deleted':
      return t('inbox.deleted.title', { what: nameOf(card) });
    case 'many':
      return t('inbox.many.title', { who: q.deleted.by || t('inbox.somebody'), n: q.rows });
  }
}

/** What a deleted row was. */
export function nameOf(card: InboxCard): string {
  const q = card.question;
  if (q.about !== 'deleted') return '';
  if (q.table === 'units') return q.name;
  const kind = tableName(q.table);
  return [q.unit?.stock_no, kind, q.name].filter(Boolean).join(' ');
}

/** The name of a table, as far as people meet it. */
export function tableName(table: string): string {
  switch (table) {
    case 'units':
      return t('inbox.table.units');
    case 'photos':
      return t('inbox.table.photos');
    case 'shows':
      return t('inbox.table.shows');
    case 'show_items':
      return t('inbox.table.show_items');
    case 'orders':
    case 'order_lines':
      return t('inbox.table.orders');
    default:
      return t('inbox.table.other');
  }
}

/** The second line in the list. */
export function aboutOf(card: InboxCard): string {
  const q = card.question;
  const and = (words: string[]) => words.filter(Boolean).join(t('common.comma'));
  switch (q.about) {
    case 'sale':
      return and([q.unit.model, ...q.sides.map((s) => orderName(s.order))]);
    case 'line':
      return and(q.sides.map((s) => s.unit.stock_no));
    case 'twins':
      return and(q.sides.map((s) => s.unit.stock_no));
    case 'numbers':
      return and(q.sides.map((s) => s.unit.model));
    case 'value':
      return and(q.sides.map((s) => [s.told?.by, valueText(s)].filter(Boolean).join(' ')));
    case 'deleted':
      return and([q.deleted.by, q.worked?.by ?? '']);
    case 'many':
      return tableName(q.table);
  }
}

export function iconOf(card: InboxCard): { icon: IconName; tone: 'late' | 'due' } {
  switch (card.question.about) {
    case 'sale':
      return { icon: 'split', tone: 'late' };
    case 'line':
      return { icon: 'link', tone: 'late' };
    case 'many':
      return { icon: 'trash', tone: 'late' };
    case 'twins':
      return { icon: 'file', tone: 'due' };
    case 'numbers':
      return { icon: 'tag', tone: 'due' };
    case 'value':
      return { icon: MONEY.has(card.question.field) ? 'money' : 'edit', tone: 'due' };
    case 'deleted':
      return { icon: 'trash', tone: 'due' };
  }
}

/** The card of the route: the one asked for, the one about a unit or order, else the first. */
export function pick(cards: readonly InboxCard[], id: string | undefined): InboxCard | undefined {
  return cards.find((c) => c.id === id) ?? cards[0];
}

/** Where the marks of several instants stand on a line, 0 to 1, never closer than a tenth; the first at 0.25, the last at 0.6. */
export function places(at: readonly number[]): number[] {
  const sorted = [...new Set(at)].sort((a, b) => a - b);
  const first = sorted[0] ?? 0;
  const whole = Math.max(1, (sorted[sorted.length - 1] ?? 0) - first);
  const out = new Map<number, number>();
  let before = -1;
  for (const x of sorted) {
    const place = Math.max(0.25 + 0.35 * ((x - first) / whole), before + 0.1);
    out.set(x, place);
    before = place;
  }
  return at.map((x) => out.get(x) ?? 0);
}
