import type { AnswerValue } from '../../ipc/gen/AnswerValue';
import type { CheckItem } from '../../ipc/gen/CheckItem';
import { isImei } from '../../lib/imei';

type Item = Pick<CheckItem, 'kind' | 'values' | 'min' | 'max'>;

/** Whether this counts as an answer: "not checked" does not. */
export function answered(item: Item, value: AnswerValue | null): boolean {
  if (value === null || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  const choice = item.values.find((v) => v.value === value);
  return choice === undefined || choice.severity !== null;
}

/** The values chosen, for cards. */
export const chosenOf = (value: AnswerValue | null): string[] =>
  value === null ? [] : Array.isArray(value) ? value : [String(value)];

/** The worst severity of an answer; 0 where it has none. */
export function severityOf(item: Item, value: AnswerValue | null): number {
  const all = chosenOf(value).map((v) => item.values.find((x) => x.value === v)?.severity ?? 0);
  return Math.max(0, ...all);
}

export const blocks = (item: Item, value: AnswerValue | null): boolean =>
  chosenOf(value).some((v) => item.values.find((x) => x.value === v)?.blocks_sale === true);

/** What is wrong with typed text. */
export type Wrong = 'number' | 'range' | 'date' | 'imei';

/** Reads a typed answer; empty text takes the answer back. */
export function read(item: Item, text: string): { value: AnswerValue | null } | { wrong: Wrong } {
  const typed = text.trim();
  if (typed === '') return { value: null };
  if (item.kind === 'number') {
    const n = Number(typed.replace(/[%\uff05]$/, ''));
    if (!Number.isInteger(n)) return { wrong: 'number' };
    if ((item.min !== null && n < item.min) || (item.max !== null && n > item.max)) return { wrong: 'range' };
    return { value: n };
  }
  if (item.kind === 'date') {
    const date = readDate(typed);
    return date === null ? { wrong: 'date' } : { value: date };
  }
  if (item.kind === 'imei') {
    const digits = typed.replace(/[\s-]/g, '');
    return isImei(digits) ? { value: digits } : { wrong: 'imei' };
  }
  if (item.kind === 'meid' || item.kind === 'serial') return { value: typed.replace(/\s/g, '').toUpperCase() };
  return { value: typed };
}

/** `2027-01-31`, `20270131`, `2027/1/31`, `2027.1.31` -> `2027-01-31`. */
export function readDate(text: string): string | null {
  const m = /^(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})$/.exec(text.trim());
  if (!m) return null;
  const [y, mo, d] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const at = new Date(Date.UTC(y, mo - 1, d));
  if (at.getUTCFullYear() !== y || at.getUTCMonth() !== mo - 1 || at.getUTCDate() !== d) return null;
  return at.toISOString().slice(0, 10);
}
