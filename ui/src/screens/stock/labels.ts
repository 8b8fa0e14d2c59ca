import type { Key } from '../../i18n/index.svelte';
import { yuan } from '../../i18n/format';
import { t } from '../../i18n/index.svelte';
import type { Column } from './columns';
import type { Chip, ListId, StockView } from './view.svelte';

/** A facet's name. */
export function facetName(list: ListId): string {
  if (list === 'status' || list === 'category' || list === 'grade' || list === 'brand') return t(`stock.facet.${list}`);
  if (list === 'inspection') return t('inspect.title');
  return t(`cat.facet.${list}`);
}

/** A facet's value as people say it. */
export function valueName(list: ListId, value: string): string {
  switch (list) {
    case 'status':
      return t(`unit_status.${value}` as Key);
    case 'category':
      return t(`category.${value}` as Key);
    case 'grade':
      return t(`grade.${value}` as Key);
    case 'age':
      return t(`cat.age.${value}` as Key);
    case 'price':
      return t(`cat.price.${value}` as Key);
    case 'missing':
      return t(`cat.missing.${value}` as Key);
    case 'inspection':
      return t(`inspect.state.${value}` as Key);
    default:
      return value;
  }
}

/** What stands on a chip. */
export function chipName(chip: Chip, view: StockView): string {
  if (chip.list === 'range') {
    const end = (fen: number | null) => (fen === null ? t('cat.chip.any') : yuan(fen));
    return t('cat.chip.range', { from: end(view.from), to: end(view.to) });
  }
  return chip.list === 'text' || chip.list === 'flag' ? chip.value : valueName(chip.list, chip.value);
}

/** A column's head. */
export function columnName(id: Column['id']): string {
  if (id === 'inspected') return t('inspect.title');
  if (id === 'brand' || id === 'live' || id === 'tail' || id === 'photos') return t(`cat.col.${id}`);
  return t(`stock.col.${id}`);
}
