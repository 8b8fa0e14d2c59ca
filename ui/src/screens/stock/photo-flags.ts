// What is doubtful about photographs, in words.
import type { Photo } from '../../ipc/gen/Photo';
import type { PhotoFlag } from '../../ipc/gen/PhotoFlag';
import { t } from '../../i18n/index.svelte';

/** The short word on a small picture, or `null` for a good one. */
export function flagWord(flag: PhotoFlag | undefined): string | null {
  if (!flag) return null;
  if (flag.verdict !== 'fine') return t(`retouch.flag.${flag.verdict}`);
  return flag.like ? t('retouch.flag.like') : null;
}

/** What is asked of the person about one photograph: a retake, a look at two that are alike. */
export function asked(photo: Photo, photos: readonly Photo[], flags: ReadonlyMap<string, PhotoFlag>): string[] {
  const flag = flags.get(photo.id);
  if (!flag) return [];
  const n = photos.findIndex((p) => p.id === photo.id) + 1;
  const out: string[] = [];
  if (flag.verdict !== 'fine') out.push(t(`retouch.ask.${flag.verdict}`, { n }));
  const other = flag.like ? photos.findIndex((p) => p.id === flag.like) + 1 : 0;
  if (other > 0) out.push(t('retouch.ask.like', { n, other }));
  return out;
}
