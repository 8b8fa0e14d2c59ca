import { call } from '../ipc/client';
import type { LedgerNotices } from '../ipc/gen/LedgerNotices';
import { live, type Live } from './live.svelte';

let shared: Live<LedgerNotices> | undefined;

/** Starts the one reading of what was found where laptops were compared: the rail and the inbox share it. Called once, by the shell. */
export function startLedger(): void {
  shared = live(() => call('ledger.notices', {}), ['sync']);
}

export function ledger(): Live<LedgerNotices> {
  shared ??= live(() => call('ledger.notices', {}), []);
  return shared;
}
