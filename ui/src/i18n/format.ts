import { lang, t } from './index.svelte';

// A stall's day is Shanghai's, wherever the laptop thinks it is: shift and read as UTC.
const EAST = 8 * 3_600_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const local = (ms: number) => new Date(ms + EAST);
const two = (n: number) => String(n).padStart(2, '0');
const grouped = (n: number) => n.toLocaleString('en-US');

/** `¥2,299`, `¥12.50`: the fen only when there are any. `—` for nothing. */
export function yuan(fen: number | null | undefined): string {
  if (fen == null) return '—';
  const whole = Math.trunc(Math.abs(fen) / 100);
  const rest = Math.abs(fen) % 100;
  return `${fen < 0 ? '-' : ''}¥${grouped(whole)}${rest ? `.${two(rest)}` : ''}`;
}

/** Yuan as typed ("2299", "2,299.5", "¥2299") in fen; `null` when it is not an amount or below zero. */
export function parseYuan(text: string): number | null {
  const bare = text
    .normalize('NFKC')
    .replace(/[\s,¥\u5143]/g, '')
    .trim();
  if (!/^(\d{1,9}(\.\d{0,2})?|\.\d{1,2})$/.test(bare)) return null;
  const [whole = '', rest = ''] = bare.split('.');
  return Number(whole || '0') * 100 + Number(rest.padEnd(2, '0') || '0');
}

/** Yuan for an input field: no sign, no grouping; empty for nothing. */
export function plainYuan(fen: number | null | undefined): string {
  if (fen == null) return '';
  return fen % 100 === 0 ? String(fen / 100) : (fen / 100).toFixed(2);
}

/** `17:00` */
export function clock(ms: number): string {
  const d = local(ms);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
}

/** `11-24` */
export function day(ms: number): string {
  const d = local(ms);
  return `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
}

/** `2026-11-24`, the form of a date field. */
export function isoDay(ms: number): string {
  return local(ms).toISOString().slice(0, 10);
}

/** Instant of a Shanghai day and clock (`2026-11-24`, `19:30`), or `null` when they are not one. */
export function parseDayClock(dayText: string, clockText: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(dayText) || !/^\d{2}:\d{2}$/.test(clockText)) return null;
  const ms = Date.parse(`${dayText}T${clockText}:00Z`);
  return Number.isNaN(ms) ? null : ms - EAST;
}

const locale = () => (lang() === 'zh' ? 'zh-CN' : 'en-GB');

/** 周二 / Tue */
export function weekday(ms: number): string {
  return new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' }).format(local(ms));
}

/** 11 月 24 日 星期二 / Tuesday 24 November */
export function dayLong(ms: number): string {
  const d = local(ms);
  const name = new Intl.DateTimeFormat(locale(), { weekday: 'long', timeZone: 'UTC' }).format(d);
  const month =
    lang() === 'zh'
      ? String(d.getUTCMonth() + 1)
      : new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' }).format(d);
  return t('common.day_long', { month, day: String(d.getUTCDate()), name });
}

/** Local midnight that begins the day of this instant. */
export function dayStart(ms: number): number {
  return Math.floor((ms + EAST) / DAY) * DAY - EAST;
}

/** Whole local days from `now` to `ms`: 0 today, 1 tomorrow, -1 yesterday. */
export function daysAway(ms: number, now: number): number {
  return Math.round((dayStart(ms) - dayStart(now)) / DAY);
}

/** 今天 17:00 / 明天 12:40 / 11-27 19:30 */
export function when(ms: number, now: number): string {
  const away = daysAway(ms, now);
  if (away === 0) return t('common.today_at', { clock: clock(ms) });
  if (away === 1) return t('common.tomorrow_at', { clock: clock(ms) });
  if (away === -1) return t('common.yesterday_at', { clock: clock(ms) });
  return `${day(ms)} ${clock(ms)}`;
}

/** A length of time in words: 2 小时 24 分 / 2 h 24 min. Rounded down to the minute. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE));
  const d = Math.floor(minutes / 1440);
  const h = Math.floor((minutes % 1440) / 60);
  const m = minutes % 60;
  if (d > 0) return h > 0 ? t('common.span_dh', { d, h }) : t('common.span_d', { d });
  if (h > 0) return t('common.span_hm', { h, m: two(m) });
  return t('common.span_m', { m });
}

/** 还有 2 小时 24 分 / 过点 12 分 */
export function left(ms: number, now: number): string {
  return ms >= now ? t('common.left', { span: span(ms - now) }) : t('common.late_by', { span: span(now - ms) });
}

/** Whole days a thing has been here. */
export function ageDays(ms: number, now: number): number {
  return Math.max(0, Math.floor((now - ms) / DAY));
}

/** 3 天 / 3 d, 今天 for less than one. */
export function age(ms: number, now: number): string {
  const n = ageDays(ms, now);
  return n === 0 ? t('common.age_today') : t('common.age_days', { n });
}

/** 1.2 MB */
export function bytes(n: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let size = n;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size >= 100 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** `1,204` */
export function count(n: number): string {
  return grouped(n);
}
