import { t } from '../../i18n/index.svelte';
import { call, pick, stage } from '../../ipc/client';
import type { StagedFile } from '../../ipc/gen/StagedFile';
import { act } from '../../lib/act';
import { go } from '../../lib/route.svelte';
import { toast } from '../../lib/toasts.svelte';

/** Files on their way to the program: the job begins when all are there. Lives longer than any screen. */
let way = $state.raw<{ sent: number; total: number } | null>(null);
let stopped = false;

export function sending(): { sent: number; total: number } | null {
  return way;
}

/** What has arrived by now is read, the rest is not sent. */
export function stopSending(): void {
  stopped = true;
}

const PICTURE = /\.(jpe?g|png|webp|gif|bmp|tiff?|heic|heif|avif)$/i;

/** Hands photographs of many units in and opens the review. */
export async function startBatch(files: File[]): Promise<void> {
  const pictures = files.filter((f) => f.type.startsWith('image/') || PICTURE.test(f.name));
  if (pictures.length === 0) {
    toast({ kind: 'error', text: t('batch.no_pictures') });
    return;
  }
  if (way) {
    toast({ kind: 'info', text: t('batch.still_sending') });
    return;
  }
  go('/stock/photos');
  stopped = false;
  way = { sent: 0, total: pictures.length };
  await act(async () => {
    const staged: StagedFile[] = [];
    for (const file of pictures) {
      if (stopped) break;
      staged.push(...(await stage([file])));
      way = { sent: staged.length, total: pictures.length };
    }
    await read(staged);
  });
  way = null;
}

/** Asks for files or a folder. */
export async function pickBatch(kind: 'photos' | 'photo_folder'): Promise<void> {
  await act(async () => {
    const staged = await pick(kind);
    if (staged.length === 0) return;
    go('/stock/photos');
    await read(staged);
  });
}

async function read(staged: StagedFile[]): Promise<void> {
  if (staged.length > 0) await call('batch.start', { files: staged.map((f) => f.id), rules: null });
}
