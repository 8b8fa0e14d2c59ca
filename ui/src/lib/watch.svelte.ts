import { call, onPush } from '../ipc/client';
import type { WatchStatus } from '../ipc/gen/WatchStatus';
import { act } from './act';

let status = $state.raw<WatchStatus | null>(null);
let turn = 0;

/** What the watched folder is doing; `null` until the first answer, or where the role may not know. */
export function watched(): WatchStatus | null {
  return status;
}

export function setWatched(next: WatchStatus): void {
  turn += 1;
  status = next;
}

async function ask(): Promise<void> {
  const mine = ++turn;
  try {
    const next = await call('watch.get', {});
    if (mine === turn) status = next;
  } catch {
    if (mine === turn) status = null;
  }
}

/** Follows the folder; answers how to stop. */
export function followWatched(): () => void {
  void ask();
  return onPush((push) => {
    const mine = push.type === 'watch' || push.type === 'lagged' || push.type === 'stall_switched';
    if (mine || (push.type === 'changed' && push.flags.settings)) void ask();
  });
}

/** What arrives goes to this unit; `null` goes back to the rule. */
export async function aimAt(unit: string | null): Promise<void> {
  const next = await act(() => call('watch.target', { unit_id: unit }));
  if (next) setWatched(next);
}
