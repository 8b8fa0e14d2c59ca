import { call } from '../ipc/client';
import type { Inbox } from '../ipc/gen/Inbox';
import type { InboxCard } from '../ipc/gen/InboxCard';
import { live, type Live } from './live.svelte';

let shared: Live<Inbox> | undefined;

/** Starts the one reading of the questions that the rail, Today, the held rows and the inbox share. Called once, by the shell. */
export function startInbox(): void {
  shared = live(() => call('inbox.list', {}), ['units', 'photos', 'shows', 'orders', 'facts', 'settings', 'members']);
}

export function inbox(): Live<Inbox> {
  shared ??= live(() => call('inbox.list', {}), []);
  return shared;
}

/** The units a question is about. */
export function unitsOf(card: InboxCard): string[] {
  const q = card.question;
  switch (q.about) {
    case 'sale':
    case 'value':
      return [q.unit.id];
    case 'line':
    case 'twins':
    case 'numbers':
      return q.sides.map((s) => s.unit.id);
    case 'deleted':
      return q.unit ? [q.unit.id] : [];
    case 'many':
      return [];
  }
}

/** The orders a question is about. */
export function ordersOf(card: InboxCard): string[] {
  const q = card.question;
  return q.about === 'sale' || q.about === 'line' ? q.sides.map((s) => s.order.id) : [];
}

/** The first question about a unit or an order, the most urgent kind first. */
export function cardAbout(what: { unit?: string | undefined; order?: string | undefined }): InboxCard | undefined {
  return inbox().data?.cards.find(
    (c) =>
      (what.unit !== undefined && unitsOf(c).includes(what.unit)) ||
      (what.order !== undefined && ordersOf(c).includes(what.order))
  );
}
