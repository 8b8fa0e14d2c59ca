// Badges and flaws stand in the stock as the trade's Chinese words. Those that came from a checklist have English ones.
import { lang } from '../i18n/index.svelte';
import { call } from '../ipc/client';
import type { Checklist } from '../ipc/gen/Checklist';
import { flawIn, tradeWords, type TradeWords } from './trade';

let words = $state.raw<TradeWords>({ badges: new Map(), items: new Map() });
let asked = false;

function book(): TradeWords {
  if (!asked) {
    asked = true;
    call('checklists.list', {}).then(
      (got: { lists: Checklist[] }) => (words = tradeWords(got.lists.flatMap((l) => l.groups).flatMap((g) => g.items))),
      () => (asked = false)
    );
  }
  return words;
}

/** A badge in the person's language; a word of the stall's own stays as it was written. */
export const badgeWord = (zh: string): string => (lang() === 'zh' ? zh : (book().badges.get(zh) ?? zh));

/** A line of the flaws in the person's language, as far as it came from a report. */
export const flawLine = (zh: string): string => (lang() === 'zh' ? zh : flawIn(book(), zh));
