import { yuan } from '../i18n/format';
import { known, t } from '../i18n/index.svelte';
import type { Event } from '../ipc/gen/Event';

const MONEY = new Set(['price_list', 'price_live', 'price_floor', 'cost']);
/** Long texts: that they changed is enough in a line of a timeline. */
const LONG = new Set(['flaws', 'note', 'badges', 'imei', 'imei2', 'meid', 'serial']);

function value(field: string, raw: string | undefined): string {
  if (raw === undefined || raw === '') return t('common.nothing');
  if (MONEY.has(field)) return yuan(Number(raw));
  if (field === 'battery') return `${raw}%`;
  if (field === 'grade' || field === 'category') return t(`${field}.${raw}`);
  return raw;
}

/** One line of a timeline: a changed field says from what to what; an order's event names the unit. */
export function eventText(e: Event): string {
  const field = e.args['field'];
  if (field) {
    const word = t(`field.${field}`);
    const name = word.charAt(0).toUpperCase() + word.slice(1);
    if (LONG.has(field)) return t('event.field_long', { field: name });
    return t('event.field', { field: name, old: value(field, e.args['old']), new: value(field, e.args['new']) });
  }
  const ofOrder = `event.order_${e.what}`;
  return t(e.args['stock_no'] && known(ofOrder) ? (ofOrder as `event.${string}`) : `event.${e.what}`, e.args);
}
