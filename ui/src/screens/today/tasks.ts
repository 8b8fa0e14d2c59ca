// What Today asks for, in the order of what hurts first. Words only; the screen draws them.

import { age, when, yuan } from '../../i18n/format';
import { t } from '../../i18n/index.svelte';
import type { Inbox } from '../../ipc/gen/Inbox';
import type { OrderRow } from '../../ipc/gen/OrderRow';
import type { ShowTodo } from '../../ipc/gen/ShowTodo';
import type { Today } from '../../ipc/gen/Today';
import type { IconName } from '../../lib/ui/icons';
import { titleOf } from '../inbox/offers';

const HOUR = 3_600_000;
export const SOON_MS = 3 * HOUR;

export interface Task {
  id: string;
  icon: IconName;
  tone: 'late' | 'due' | '';
  title: string;
  text: string;
  /** Covers beside it; `more` is how many are not shown. */
  covers: (string | null)[];
  more: number;
  loss: string;
  lossText: string;
  button: string;
  to: string;
}

/** Problems of a show that keep a unit from being shown well. */
export function lacks(todo: ShowTodo): number {
  return todo.show.problems;
}

/** How a deadline stands: late, close, or with time. */
export function tone(order: OrderRow, now: number): 'late' | 'due' | '' {
  if (!order.deadline) return '';
  if (order.deadline.at < now) return 'late';
  return order.deadline.at - now < 6 * HOUR ? 'due' : '';
}

/** Share of the promised time that is left. Where payment is unknown the promise counts as 48 hours. */
export function shareLeft(order: OrderRow, now: number): number {
  if (!order.deadline) return 0;
  const from = order.paid_at ?? order.deadline.at - 48 * HOUR;
  const whole = Math.max(HOUR, order.deadline.at - from);
  return Math.max(0, Math.min(1, (order.deadline.at - now) / whole));
}

const earliest = (orders: OrderRow[]) => {
  const all = orders.flatMap((o) => (o.deadline ? [o.deadline.at] : []));
  return all.length ? Math.min(...all) : null;
};

function problemWords(todo: ShowTodo): string {
  const counts = new Map<string, number>();
  for (const item of todo.lacking) for (const p of item.problems) counts.set(p, (counts.get(p) ?? 0) + 1);
  const top = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3);
  return top
    .map(([p, n], i) => {
      const word = t(`problem.${p}`);
      return t('today.by_platform', { platform: i === 0 ? word : word.toLowerCase(), n });
    })
    .join(t('today.comma'));
}

/** What laptops left to a person; red while parcels wait for the answer. */
function questions(inbox: Inbox): Task {
  const held = inbox.cards.some((c) => c.kind === 'device_double_sold');
  const first = inbox.cards[0];
  const covers = inbox.cards.flatMap((c) => ('unit' in c.question && c.question.unit ? [c.question.unit.cover] : []));
  return {
    id: 'inbox',
    icon: 'split',
    tone: held ? 'late' : 'due',
    title: t('today.inbox', { n: inbox.total }),
    text: inbox.cards.slice(0, 3).map(titleOf).join(t('today.comma')),
    covers: covers.slice(0, 3),
    more: 0,
    loss: held ? t('today.inbox_held') : t('today.inbox_calm'),
    lossText: held ? t('today.inbox_held_text') : t('today.inbox_calm_text'),
    button: t('today.go_inbox'),
    to: first ? `/inbox/${first.id}` : '/inbox'
  };
}

/** Every task that exists now, most urgent first. */
export function tasksOf(d: Today, ageingDays: number, now: number, inbox?: Inbox): Task[] {
  const list: Task[] = [];
  const asks = inbox && inbox.total > 0 ? questions(inbox) : null;
  if (asks?.tone === 'late') list.push(asks);
  if (d.parcels_total > 0) {
    const soon = d.parcels.filter((o) => o.deadline && o.deadline.at >= now && o.deadline.at - now < SOON_MS).length;
    const first = earliest(d.parcels);
    const parts = [
      ...(d.parcels_late > 0 ? [t('today.parcels_late', { n: d.parcels_late })] : []),
      ...(soon > 0 ? [t('today.parcels_soon', { n: soon })] : []),
      ...d.parcels_by_platform
        .slice(0, 4)
        .map((f) => t('today.by_platform', { platform: t(`platform.${f.value}`), n: f.count }))
    ];
    list.push({
      id: 'parcels',
      icon: 'bench',
      tone: d.parcels_late > 0 || soon > 0 ? 'late' : d.parcels_today > 0 ? 'due' : '',
      title: t('today.parcels', { n: d.parcels_total }),
      text: parts.join(t('today.comma')),
      covers: [],
      more: 0,
      loss: d.parcels_today > 0 ? t('today.parcels_left', { n: d.parcels_today }) : t('today.parcels_none_due'),
      lossText: first === null ? '' : t('today.parcels_from', { when: when(first, now) }),
      button: t('today.go_pack'),
      to: '/bench'
    });
  }
  if (d.to_match_total > 0) {
    const first = earliest(d.to_match);
    list.push({
      id: 'match',
      icon: 'link',
      tone: first !== null && first - now < SOON_MS ? 'late' : 'due',
      title: t('today.match', { n: d.to_match_total }),
      text: t('today.match_text'),
      covers: [],
      more: 0,
      loss: t('today.match_left'),
      lossText: first === null ? t('today.match_left_none') : t('today.match_left_text', { when: when(first, now) }),
      button: t('today.go_match'),
      to: '/orders?stage=to_match'
    });
  }
  if (d.held_total > 0) {
    list.push({
      id: 'held',
      icon: 'hand',
      tone: 'due',
      title: t('today.held', { n: d.held_total }),
      text: t('today.held_text'),
      covers: [],
      more: 0,
      loss: t('today.held_left'),
      lossText: t('today.held_left_text'),
      button: t('today.go_held'),
      to: '/orders?stage=held'
    });
  }
  if (asks?.tone === 'due') list.push(asks);
  for (const todo of d.shows.filter((s) => lacks(s) > 0).slice(0, 1)) {
    const units = todo.lacking.filter((i) => i.unit);
    list.push({
      id: `show-${todo.show.id}`,
      icon: 'shows',
      tone: 'due',
      title: t('today.show', { title: todo.show.title, n: lacks(todo) }),
      text: problemWords(todo),
      covers: units.slice(0, 3).map((i) => i.unit?.cover ?? null),
      more: Math.max(0, lacks(todo) - 3),
      loss: t('today.show_left', { n: Math.max(0, todo.show.units - todo.ready) }),
      lossText: t('today.show_left_text', { when: when(todo.show.starts_at, now) }),
      button: t('today.go_show'),
      to: `/shows/${todo.show.id}`
    });
  }
  if (d.tray_groups > 0) {
    list.push({
      id: 'tray',
      icon: 'inbox',
      tone: '',
      title: t('today.tray', { n: d.tray_groups }),
      text: t('today.tray_text', { n: d.tray_photos }),
      covers: d.tray_covers,
      more: Math.max(0, d.tray_groups - d.tray_covers.length),
      loss: t('today.tray_left'),
      lossText: t('today.tray_left_text'),
      button: t('today.go_tray'),
      to: '/stock/tray'
    });
  }
  if (d.no_photos_total > 0) {
    list.push({
      id: 'photos',
      icon: 'cam',
      tone: '',
      title: t('today.photos', { n: d.no_photos_total }),
      text: names(d.no_photos),
      covers: [],
      more: 0,
      loss: t('today.photos_left'),
      lossText: t('today.photos_left_text', {
        n: d.in_stock,
        share: Math.round((100 * d.no_photos_total) / Math.max(1, d.in_stock))
      }),
      button: t('today.go_photos'),
      to: '/stock?tab=nophoto'
    });
  }
  if (d.no_grade_total > 0) {
    list.push({
      id: 'grade',
      icon: 'pass',
      tone: '',
      title: t('today.grade', { n: d.no_grade_total }),
      text: t('today.grade_text'),
      covers: [],
      more: 0,
      loss: t('today.grade_left'),
      lossText: t('today.grade_left_text'),
      button: t('today.go_grade'),
      to: '/stock?tab=nograde'
    });
  }
  if (d.labels_missing > 0) {
    list.push({
      id: 'labels',
      icon: 'tag',
      tone: '',
      title: t('today.labels', { n: d.labels_missing }),
      text: t('today.labels_text'),
      covers: [],
      more: 0,
      loss: t('today.labels_left'),
      lossText: t('today.labels_left_text'),
      button: t('today.go_labels'),
      to: '/stock?labels=missing'
    });
  }
  if (d.ageing_total > 0) {
    const oldest = d.ageing[0];
    const costs = d.ageing.map((u) => u.cost);
    const known = d.ageing_total === d.ageing.length && costs.every((c) => c !== null);
    list.push({
      id: 'ageing',
      icon: 'hourglass',
      tone: '',
      title: t('today.ageing', { n: d.ageing_total, days: ageingDays }),
      text: oldest ? t('today.ageing_text', { no: oldest.stock_no, age: age(oldest.taken_in, now) }) : '',
      covers: d.ageing.slice(0, 3).map((u) => u.cover),
      more: Math.max(0, d.ageing_total - 3),
      loss: known
        ? t('today.ageing_left', { money: yuan(costs.reduce<number>((sum, c) => sum + (c ?? 0), 0)) })
        : t('today.ageing_left_some'),
      lossText: t('today.ageing_left_text'),
      button: t('today.go_ageing'),
      to: '/stock?tab=ageing'
    });
  }
  return list;
}

function names(units: Today['no_photos']): string {
  return units
    .slice(0, 3)
    .map((u) => `${u.stock_no} ${u.model}`)
    .join(t('today.comma'));
}
