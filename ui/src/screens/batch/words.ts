import { span } from '../../i18n/format';
import { t } from '../../i18n/index.svelte';
import type { BatchGroup } from '../../ipc/gen/BatchGroup';

/** How a group was found, in words. */
export function howText(g: BatchGroup): string {
  if (g.by === 'gap') {
    if (g.gap_s === null) return t('batch.how.run');
    return g.gap_s < 120 ? t('batch.how.gap_s', { n: g.gap_s }) : t('batch.how.gap', { span: span(g.gap_s * 1000) });
  }
  if (g.by === 'label' && !g.unit) return t('batch.how.strange', { code: g.code ?? '' });
  const how = t(`batch.how.${g.by}`);
  return g.unit && g.sure !== 'sure' ? t('batch.how.look', { how }) : how;
}
