import type { Category } from '../ipc/gen/Category';
import type { FieldDef } from '../ipc/gen/FieldDef';
import { call, onPush } from '../ipc/client';
import { lang, t } from '../i18n/index.svelte';
import { touches } from './live.svelte';

let defs = $state.raw<FieldDef[]>([]);
let started = false;

function read(): void {
  call('fields.list', {}).then(
    (a) => (defs = a.fields),
    () => undefined
  );
}

/** The fields of all categories in order, hidden ones too; read once and again when the owner changes them. */
export function fieldDefs(): readonly FieldDef[] {
  if (!started && typeof window !== 'undefined') {
    started = true;
    read();
    onPush((push) => {
      if (touches(push, ['book'])) read();
    });
  }
  return defs;
}

/** The fields a unit of this category shows. */
export const fieldsOf = (category: Category): FieldDef[] =>
  fieldDefs().filter((d) => !d.hidden && (d.categories.length === 0 || d.categories.includes(category)));

/** A field's name in the person's language. */
export const fieldLabel = (d: FieldDef): string => (lang() === 'zh' ? d.zh : d.en);

/** A stored value as a person reads it. */
export function fieldText(d: FieldDef | undefined, value: string): string {
  if (value === '' || !d) return value;
  if (d.kind === 'number') return d.unit ? `${value}${d.unit === '″' ? '' : ' '}${d.unit}` : value;
  if (d.kind === 'yes_no') return t(value === 'yes' ? 'fields.yes' : 'fields.no');
  const option = d.options.find((o) => o.value === value);
  return option ? (lang() === 'zh' ? option.zh : option.en) : value;
}

/** Where the name is one of a field among a unit's columns (`fields.ram`): the field as it is told from others of its name. */
export function fieldKeyName(key: string): string | null {
  if (!key.startsWith('fields.')) return null;
  const def = fieldById(key.slice('fields.'.length));
  if (!def) return '';
  const name = fieldLabel(def);
  if (def.categories.length === 0 || !fieldDefs().some((d) => d.id !== def.id && fieldLabel(d) === name)) return name;
  return `${name} · ${def.categories.map((c) => t(`category.${c}`)).join(' / ')}`;
}

/** A stored value under such a name, in words. */
export const fieldKeyText = (key: string, value: string): string =>
  fieldText(fieldById(key.slice('fields.'.length)), value);

/** A field by its id. */
export const fieldById = (id: string): FieldDef | undefined => fieldDefs().find((d) => d.id === id);
