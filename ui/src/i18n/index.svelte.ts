import type { DynamicPrefix } from './dynamic';
import en from './en';
import { fill, type Args } from './text';
import zh from './zh';

export type Lang = 'zh' | 'en';
/** Every sentence the program can say. Chinese is the complete dictionary; English must have the same keys. */
export type Key = keyof typeof zh;
export type { Args } from './text';

// Both ways: a key only in one language does not compile.
const english: Record<Key, string> = en;
const chinese: Record<keyof typeof en, string> = zh;
const books: Record<Lang, Record<string, string>> = { zh: chinese, en: english };

const STORED = 'stall.lang';

function first(): Lang {
  if (typeof localStorage !== 'undefined') {
    const kept = localStorage.getItem(STORED);
    if (kept === 'zh' || kept === 'en') return kept;
  }
  const asked = typeof navigator !== 'undefined' ? navigator.language : 'zh-CN';
  return /^en\b/i.test(asked) ? 'en' : 'zh';
}

let current = $state<Lang>(first());

/** The language of this screen. */
export function lang(): Lang {
  return current;
}

/** Changes the language of this screen at once and keeps it. */
export function setLang(next: Lang): void {
  current = next;
  if (typeof localStorage !== 'undefined') localStorage.setItem(STORED, next);
}

/** Whether the dictionaries know this key (for keys made at run time). */
export function known(key: string): key is Key {
  return key in chinese;
}

/** The sentence in the person's language. A dynamic key nobody translated shows its own last part. */
export function t(key: Key | `${DynamicPrefix}${string}`, args?: Args): string {
  const text = books[current][key];
  return text === undefined ? key.slice(key.indexOf('.') + 1) : fill(text, args, current);
}
