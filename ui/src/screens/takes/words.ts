import type { TakeRow } from '../../ipc/gen/TakeRow';
import { t } from '../../i18n/index.svelte';

/** What a take looks through, in words. */
export function scopeText(take: TakeRow): string {
  if (take.scope === 'all') return t('takes.scope.all');
  const value = take.scope === 'category' ? t(`category.${take.value}`) : take.value;
  return `${t(`takes.scope.${take.scope}`)} ${value}`;
}
