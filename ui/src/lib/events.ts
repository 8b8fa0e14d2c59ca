import { yuan } from '../i18n/format';
import { known, t } from '../i18n/index.svelte';
import type { Event } from '../ipc/gen/Event';
import { fieldById, fieldLabel, fieldText } from './fields.svelte';

const MONEY = new Set(['price_list', 'price_live', 'price_floor', 'cost']);
/** Long texts: that they changed is enough in a line of a timeline. */
const LONG = new Set(['flaws', 'note', 'badges', 'imei', 'imei2', 'meid', 'serial']);
const OWN = 'fields.';
const METHODS = ['crypto', 'overwrite', 'block', 'tool'] as const;

/** A value of a field, as the store has it, in words. */
export function fieldValue(field: string, raw: string | undefined): string {
  if (raw === undefined || raw === '') return t('common.nothing');
  if (field.startsWith(OWN)) return fieldText(fieldById(field.slice(OWN.length)), raw);
  if (MONEY.has(field)) return yuan(Number(raw));
  if (field === 'battery') return `${raw}%`;
  if (field === 'grade' || field === 'category') return t(`${field}.${raw}`);
  return raw;
}

/** The name of a changed column, or of a field of the category or the owner. */
function name(field: string): string {
  if (!field.startsWith(OWN)) {
    const word = t(`field.${field}`);
    return word.charAt(0).toUpperCase() + word.slice(1);
  }
  const def = fieldById(field.slice(OWN.length));
  return def ? fieldLabel(def) : t('fields.gone');
}

function plain(e: Event): string {
  const field = e.args['field'];
  if (field) {
    // Of a hidden price only that it changed is known.
    const secret = MONEY.has(field) && !e.args['old'] && !e.args['new'];
    if (e.what === 'value_heard' || e.what === 'value_lost') {
      const said = MONEY.has(field) && !e.args['new'] ? null : fieldValue(field, e.args['new']);
      return said === null
        ? t('event.field_long', { field: name(field) })
        : t(`event.${e.what}`, { field: name(field), new: said });
    }
    if (LONG.has(field) || secret) return t('event.field_long', { field: name(field) });
    return t('event.field', {
      field: name(field),
      old: fieldValue(field, e.args['old']),
      new: fieldValue(field, e.args['new'])
    });
  }
  if (e.what === 'item_price') {
    return t('event.item_price', {
      show: e.args['show'],
      from: fieldValue('price_list', e.args['from']),
      to: fieldValue('price_list', e.args['to'])
    });
  }
  if (e.what === 'inspected') {
    const grade = e.args['grade'] ? t(`grade.${e.args['grade']}`) : t('inspect.blocked');
    return t('event.inspected', { ...e.args, grade });
  }
  if (e.what === 'erased') {
    const method = METHODS.find((m) => m === e.args['method']);
    const words = [method ? t(`inspect.method.${method}`) : '', e.args['reason'] ?? ''].filter((w) => w !== '');
    return t('event.erased', { reason: words.join(' · ') });
  }
  const ofOrder = `event.order_${e.what}`;
  return t(e.args['stock_no'] && known(ofOrder) ? (ofOrder as `event.${string}`) : `event.${e.what}`, e.args);
}

/** One line of a timeline: a changed field says from what to what; an order's event names the unit. */
export function eventText(e: Event): string {
  const back = e.args['by_op'] || (e.args['field'] && (e.what === 'undo' || e.what === 'redo') ? e.what : '');
  if (back === 'undo') return t('event.undone', { what: plain(e) });
  if (back === 'redo') return t('event.redone', { what: plain(e) });
  return plain(e);
}

/** What kinds of things a timeline can be narrowed to. */
export const EVENT_KINDS = ['details', 'prices', 'photos', 'sales'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export function eventKind(e: Event): EventKind {
  const field = e.args['field'];
  if (field) return MONEY.has(field) ? 'prices' : 'details';
  if (e.what === 'item_price') return 'prices';
  if (e.what.includes('photo')) return 'photos';
  if (/^(item_|assign|unassign|pack|ship|add_items|delete_items)/.test(e.what)) return 'sales';
  return 'details';
}

/** Events of one action of one person together, in the order given (newest first). */
export function grouped(events: readonly Event[]): Event[][] {
  const out: Event[][] = [];
  for (const e of events) {
    const last = out[out.length - 1];
    const head = last?.[0];
    if (last && head && head.at === e.at && head.by === e.by) last.push(e);
    else out.push([e]);
  }
  return out;
}
