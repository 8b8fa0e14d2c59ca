import type { CheckItem } from '../ipc/gen/CheckItem';

type Item = Pick<CheckItem, 'zh' | 'en' | 'values'>;

/** Chinese words of the checklists and what they are in English. */
export interface TradeWords {
  badges: ReadonlyMap<string, string>;
  items: ReadonlyMap<string, Item>;
}

export function tradeWords(items: readonly Item[]): TradeWords {
  const badges = new Map<string, string>();
  for (const v of items.flatMap((i) => i.values))
    if (v.en !== '' && !badges.has(v.zh)) badges.set(v.zh, v.en.charAt(0).toUpperCase() + v.en.slice(1));
  // The short words go before the values they stand for.
  for (const v of items.flatMap((i) => i.values))
    if (v.badge_zh !== '' && v.badge_en !== '') badges.set(v.badge_zh, v.badge_en);
  return { badges, items: new Map(items.filter((i) => i.en !== '').map((i) => [i.zh, i])) };
}

/** `item: value (note)` of a report in English; the note, and whatever a person wrote, stay as they are. */
export function flawIn(words: TradeWords, line: string): string {
  const at = line.indexOf('\uff1a');
  const item = words.items.get(line.slice(0, at));
  if (at < 0 || !item) return line;
  const rest = line.slice(at + 1);
  // A value may have brackets of its own: the longest that fits.
  const value = [...item.values].sort((a, b) => b.zh.length - a.zh.length).find((v) => rest.startsWith(v.zh));
  if (!value || value.en === '') return line;
  const note = rest.slice(value.zh.length).replace(/^[\uff08(](.*)[\uff09)]$/, ' ($1)');
  return `${item.en}: ${value.en}${note}`;
}
