import { t } from '../i18n/index.svelte';
import { call } from '../ipc/client';
import { act } from '../lib/act';
import { go } from '../lib/route.svelte';
import { setApp } from '../lib/session.svelte';
import { toast } from '../lib/toasts.svelte';

/** Opens the sample stall and shows its Today. */
export async function openSample(): Promise<void> {
  const info = await act(() => call('sample.open', {}));
  if (!info) return;
  setApp(info);
  go('/today');
}

/** Leaves the sample stall and deletes it. */
export async function leaveSample(): Promise<void> {
  const info = await act(() => call('sample.remove', {}));
  if (!info) return;
  setApp(info);
  go('/today');
  toast({ kind: 'info', icon: 'check', text: t('shell.sample_left') });
}
