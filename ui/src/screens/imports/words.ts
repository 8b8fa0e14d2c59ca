import type { FieldChange } from '../../ipc/gen/FieldChange';
import type { ImportRow } from '../../ipc/gen/ImportRow';
import type { UnitRow } from '../../ipc/gen/UnitRow';
import type { ImportKind } from './session.svelte';
import { appErrorText } from '../../lib/errors';
import { known, t } from '../../i18n/index.svelte';
import { fieldKeyName, fieldKeyText } from '../../lib/fields.svelte';

/** Start and end of a long number; the whole stands in the cell's title. */
export const shortKey = (key: string): string => (key.length > 12 ? `${key.slice(0, 4)}…${key.slice(-4)}` : key);

export const fieldName = (field: string): string => fieldKeyName(field) ?? t(`field.${field}`);
export const platformName = (id: string): string => t(`platform.${id}`);

/** A status the store knows by its id, or the platform's own word as it stands in the file. */
export const statusName = (value: string): string =>
  known(`order_status.${value}`) ? t(`order_status.${value}`) : value;

/** Values that are ids of the store, in words. */
function value(field: string, text: string): string {
  if (text === '') return '';
  if (field === 'category') return t(`category.${text}`);
  if (field === 'grade') return t(`grade.${text}`);
  if (field.startsWith('fields.')) return fieldKeyText(field, text);
  if (field === 'aftersale') return t(`aftersale.${text}`);
  return text;
}

const named = (args: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(args).map(([k, v]) => [k, known(`unit_status.${v}`) ? t(`unit_status.${v}`) : statusName(v)])
  );

function change({ field, old: was, new: is }: FieldChange): string {
  if (field === 'status') return `${statusName(was)} → ${statusName(is)}`;
  const c = { field, old: value(field, was), new: value(field, is) };
  if (c.old === '') return t('imports.what.adds', { field: fieldName(c.field), value: c.new });
  if (c.new === '') return t('imports.what.clears', { field: fieldName(c.field), value: c.old });
  return t('imports.what.changes', { field: fieldName(c.field), old: c.old, new: c.new });
}

/** One sentence: what writing this row would do. */
export function whatHappens(kind: ImportKind, row: ImportRow, chosen: UnitRow | undefined, skipped: boolean): string {
  if (skipped) return t('imports.what.skip');
  if (row.verdict === 'refused') return row.error ? appErrorText(row.error) : t('verdict.refused');
  const notes = row.notes.map((n) => t(`import_note.${n.key}`, named(n.args)));
  return [sentence(kind, row, chosen), ...notes].filter((s) => s !== '').join(t('imports.what.join'));
}

function sentence(kind: ImportKind, row: ImportRow, chosen: UnitRow | undefined): string {
  if (chosen) return t('imports.what.locks', { no: chosen.stock_no });
  switch (row.verdict) {
    case 'same':
      return t('imports.what.same');
    case 'changed':
      // A unit that is let go is said by its note.
      return (
        row.changes
          .filter((c) => c.field !== 'unit' || c.new !== '' || row.notes.length === 0)
          .map(change)
          .join(t('imports.what.join')) || (row.notes.length > 0 ? '' : t('imports.what.changed'))
      );
    case 'choose':
      return row.candidates.length === 2
        ? t('imports.what.either', { a: row.candidates[0]?.stock_no ?? '', b: row.candidates[1]?.stock_no ?? '' })
        : t('imports.what.choose', { n: row.candidates.length });
    case 'new':
      if (kind === 'units') return t('imports.what.takes_in');
      if (row.how === 'accessory') return t('imports.what.accessory');
      return row.unit ? t('imports.what.locks', { no: row.unit.stock_no }) : t('imports.what.later');
    default:
      return '';
  }
}
