import type { UnitRow } from '../../ipc/gen/UnitRow';
import type { IconName } from '../../lib/ui/icons';
import { ageDays, clock, day, daysAway } from '../../i18n/format';
import { lang, t } from '../../i18n/index.svelte';

export interface Standing {
  icon: IconName | null;
  tone: '' | 'due' | 'late' | 'info' | 'dim';
  text: string;
}

/** `256GB 原色钛金属` */
export const spec = (u: UnitRow): string => [u.storage, u.colour].filter((s) => s !== '').join(' ');

/** Tonight, today, tomorrow, else the day. */
export function showDay(at: number, now: number): string {
  const away = daysAway(at, now);
  if (away === 0) return Number(clock(at).slice(0, 2)) >= 17 ? t('stock.tonight') : t('stock.today');
  if (away === 1) return t('stock.tomorrow');
  return day(at);
}

/** What stands in the status cell: first what blocks a sale, then what is planned, then how long it lies here. */
export function standing(u: UnitRow, now: number, ageing: number): Standing {
  switch (u.status) {
    case 'sold':
      return { icon: 'lock', tone: 'dim', text: t('unit_status.sold') };
    case 'packed':
      return { icon: 'box', tone: 'dim', text: t('unit_status.packed') };
    case 'shipped':
      return { icon: 'truck', tone: 'dim', text: t('unit_status.shipped') };
    case 'withdrawn':
      return { icon: 'archive', tone: 'dim', text: t('unit_status.withdrawn') };
    default:
  }
  // What stops a sale goes before what is only lacking.
  if (u.inspection === 'blocked') {
    const what = (u.inspected?.blocked ?? []).map((b) => (lang() === 'zh' ? b.zh : b.en)).join(t('stock.sep'));
    return { icon: 'octo', tone: 'late', text: what || t('inspect.state.blocked') };
  }
  if (u.photos === 0) return { icon: 'tri', tone: 'due', text: t('stock.lacks.photos') };
  if (u.grade === null) return { icon: 'tri', tone: 'due', text: t('stock.lacks.grade') };
  if (u.price_list === null && u.price_live === null) return { icon: 'tri', tone: 'due', text: t('stock.lacks.price') };
  if (u.show) {
    return {
      icon: 'shows',
      tone: 'info',
      text: t('stock.in_show', { day: showDay(u.show.starts_at, now), n: u.show.place })
    };
  }
  const days = ageDays(u.taken_in, now);
  if (days >= ageing) return { icon: 'tri', tone: 'due', text: t('stock.ageing_for', { n: days }) };
  return { icon: null, tone: '', text: t('unit_status.in_stock') };
}

// Badges that lower trust are amber, those that forbid a sale crimson; the words are the trade's own.
const BAD = /监管|ID\s*锁|有锁|黑机|挂失|隐藏\s*ID/i;
const WARN = /换电池|换屏|拆修|维修|进水|配盒|扩容|妖|爆|非原/;
const CALM = /官换|原装/;

/** How a badge looks. */
export function badgeTone(text: string): 'plain' | 'warn' | 'bad' {
  if (BAD.test(text)) return 'bad';
  return WARN.test(text) && !CALM.test(text) ? 'warn' : 'plain';
}

export const lowBattery = (n: number | null): boolean => n !== null && n < 85;

/** Where a unit is, in one line: with whom, else shelf and box. */
export function whereIs(u: UnitRow): string {
  const at = [u.shelf, u.box === '' ? '' : t('fields.in_box', { box: u.box })].filter((s) => s !== '').join(' · ');
  if (u.holder !== '') {
    return at === '' ? t('fields.with', { who: u.holder }) : t('fields.with_home', { who: u.holder, at });
  }
  return at === '' ? t('fields.nowhere') : at;
}

export type AgeTone = 'fresh' | 'due' | 'late';

/** How long it lies here: due from the days in Settings, late from twice as many. */
export function ageTone(days: number, ageing: number): AgeTone {
  return days >= ageing * 2 ? 'late' : days >= ageing ? 'due' : 'fresh';
}
