// The page's own words and those of errors, without the console's.
import { fill, type Args } from '../i18n/text';
import enError from '../i18n/en/error';
import enCommon from '../i18n/en/common';
import en from '../i18n/en/phone';
import enTech from '../i18n/en/tech';
import zhError from '../i18n/zh/error';
import zhCommon from '../i18n/zh/common';
import zh from '../i18n/zh/phone';
import zhTech from '../i18n/zh/tech';
import { AppFailure } from '../ipc/failure';
import type { AnswerValue } from '../ipc/gen/AnswerValue';
import type { AppError } from '../ipc/gen/AppError';
import type { CheckItem } from '../ipc/gen/CheckItem';
import type { Shot } from '../ipc/gen/Shot';

export type Lang = 'zh' | 'en';
const zhOwn = { ...zh, ...zhTech };
const enOwn = { ...en, ...enTech };
export type Key = keyof typeof zhOwn;

const english: Record<Key, string> = enOwn;
const chinese: Record<keyof typeof enOwn, string> = zhOwn;
const books: Record<Lang, Record<string, string>> = {
  zh: { ...zhError, ...zhCommon, ...chinese },
  en: { ...enError, ...enCommon, ...english }
};
const STORED = 'stall.lang';

function first(): Lang {
  const kept = typeof localStorage === 'undefined' ? null : localStorage.getItem(STORED);
  if (kept === 'zh' || kept === 'en') return kept;
  return typeof navigator !== 'undefined' && /^zh\b/i.test(navigator.language) ? 'zh' : 'en';
}

let current = $state<Lang>(first());

export function lang(): Lang {
  return current;
}

/** Changes the language at once and keeps it. */
export function setLang(next: Lang): void {
  current = next;
  localStorage.setItem(STORED, next);
}

/** The sentence in the person's language. */
export function t(key: Key | `grade.${string}`, args?: Args): string {
  return fill(books[current][key] ?? key, args, current);
}

/** What happened and what to do. */
export function errorText(error: AppError): string {
  return fill(books[current][`error.${error.code}`] ?? error.code, error.args, current);
}

export function failureText(why: unknown): string {
  return why instanceof AppFailure && !why.lost ? errorText(why.error) : t('phone.lost');
}

/** The words of a view come with the list. */
export const shotName = (s: Shot): string => (current === 'zh' ? s.zh : s.en);
export const shotHow = (s: Shot): string => (current === 'zh' ? s.how_zh : s.how_en);

/** A word that came in both languages; what the owner wrote in one stands for both. */
export const word = (x: { zh: string; en: string }): string => (current === 'zh' ? x.zh || x.en : x.en || x.zh);
export const how = (x: { how_zh: string; how_en: string }): string =>
  current === 'zh' ? x.how_zh || x.how_en : x.how_en || x.how_zh;
export const unitWord = (x: { unit_zh: string; unit_en: string }): string => (current === 'zh' ? x.unit_zh : x.unit_en);

/** An answer as a person reads it. */
export function answerWords(item: CheckItem, value: AnswerValue | null): string {
  const one = (v: string) => {
    const found = item.values.find((x) => x.value === v);
    return found ? word(found) : v;
  };
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(one).join(t('tech.sep'));
  return typeof value === 'number' ? `${value}${unitWord(item)}` : one(value);
}
