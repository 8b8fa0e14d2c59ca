import { t } from '../i18n/index.svelte';
import { act } from '../lib/act';
import { go } from '../lib/route.svelte';
import { onScan } from '../lib/scan.svelte';
import { toast } from '../lib/toasts.svelte';
import { resolveScan } from '../lib/which.svelte';
import { shell } from './shell.svelte';

async function find(code: string): Promise<void> {
  const hit = await act(() => resolveScan(code));
  if (!hit) return;
  shell.palette = false;
  shell.keys = false;
  if (hit.type === 'unit') go(`/stock/${hit.unit.id}`);
  else if (hit.type === 'order') go(`/orders/${hit.order.id}`);
  else if (hit.type === 'place') go(`/stock/move?${hit.place.kind}=${encodeURIComponent(hit.place.name)}`);
  else if (hit.kind === 'imei' || hit.kind === 'meid' || hit.kind === 'serial') {
    toast({
      kind: 'info',
      text: t('shell.scan_unknown', { code: hit.code }),
      action: { label: t('shell.scan_take_in'), run: () => go(`/stock?new=${encodeURIComponent(hit.code)}`) }
    });
  } else {
    const order = hit.kind === 'order_no' || hit.kind === 'waybill';
    toast({
      kind: 'info',
      text: t(order ? 'shell.scan_unknown_order' : 'shell.scan_unknown_other', { code: hit.code })
    });
  }
}

/** The last to be asked: opens what a code names, or offers to take the unit in. */
export function routeScans(): void {
  onScan((code) => {
    void find(code);
    return true;
  });
}
