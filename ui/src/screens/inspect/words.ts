import type { AnswerValue } from '../../ipc/gen/AnswerValue';
import type { CheckItem } from '../../ipc/gen/CheckItem';
import { lang, t } from '../../i18n/index.svelte';

interface Bilingual {
  zh: string;
  en: string;
}

/** The word of an item, a value or a group in the person's language; what the owner wrote in one stands for both. */
export const word = (x: Bilingual): string => (lang() === 'zh' ? x.zh || x.en : x.en || x.zh);

/** How it is looked at, one line. */
export const how = (x: { how_zh: string; how_en: string }): string =>
  lang() === 'zh' ? x.how_zh || x.how_en : x.how_en || x.how_zh;

/** The badge a value puts on the unit; empty for none. */
export const badge = (x: { badge_zh: string; badge_en: string }): string =>
  lang() === 'zh' ? x.badge_zh || x.badge_en : x.badge_en || x.badge_zh;

/** `12:04`, and with hours `1:02:04`. */
export function span(ms: number): string {
  const s = Math.round(ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** A list in a sentence. */
export const listed = (words: readonly string[]): string => words.join(t('stock.sep'));

/** An answer as a person reads it. */
export function answerWords(item: CheckItem, value: AnswerValue | null): string {
  if (value === null) return '';
  if (Array.isArray(value)) return listed(value.map((v) => valueWord(item, v)));
  const unit = lang() === 'zh' ? item.unit_zh : item.unit_en;
  if (typeof value === 'number') return unit === '' || unit === '%' ? `${value}${unit}` : `${value} ${unit}`;
  return valueWord(item, value);
}

function valueWord(item: CheckItem, value: string): string {
  const found = item.values.find((v) => v.value === value);
  return found ? word(found) : value;
}
