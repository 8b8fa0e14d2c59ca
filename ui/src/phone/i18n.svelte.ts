// The page's own words and those of errors, without the console's.
import { fill, type Args } from '../i18n/text';
import enError from '../i18n/en/error';
import en from '../i18n/en/phone';
import zhError from '../i18n/zh/error';
import zh from '../i18n/zh/phone';
import { AppFailure } from '../ipc/failure';
import type { AppError } from '../ipc/gen/AppError';
import type { Shot } from '../ipc/gen/Shot';

export type Lang = 'zh' | 'en';
export type Key = keyof typeof zh;

const english: Record<Key, string> = en;
const chinese: Record<keyof typeof en, string> = zh;
const books: Record<Lang, Record<string, string>> = {
  zh: { ...zhError, ...chinese },
  en: { ...enError, ...english }
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
export function t(key: Key, args?: Args): string {
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
