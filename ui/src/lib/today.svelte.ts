import { call } from '../ipc/client';
import type { Today } from '../ipc/gen/Today';
import { live, type Live } from './live.svelte';

let shared: Live<Today> | undefined;

/** Starts the one reading of Today that the rail's counts and the first screen share. Called once, by the shell. */
export function startToday(): void {
  shared = live(() => call('today.get', {}), ['units', 'photos', 'shows', 'orders', 'facts', 'settings', 'members']);
}

export function today(): Live<Today> {
  shared ??= live(() => call('today.get', {}), []);
  return shared;
}
