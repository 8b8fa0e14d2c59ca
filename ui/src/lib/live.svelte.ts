import { untrack } from 'svelte';
import { onPush } from '../ipc/client';
import type { ChangeFlags } from '../ipc/gen/ChangeFlags';
import type { Push } from '../ipc/gen/Push';

/** What of the store changed, or `sync`: the line to the other laptops, `presence`: who there has what open. */
export type Flag = keyof ChangeFlags | 'sync' | 'presence';

/** Whether a push means that what these flags show may have changed. */
export function touches(push: Push, flags: readonly Flag[]): boolean {
  if (push.type === 'lagged' || push.type === 'stall_switched') return true;
  if (push.type === 'lan') return flags.includes('devices');
  if (push.type === 'sync' || push.type === 'presence') return flags.includes(push.type);
  return push.type === 'changed' && flags.some((f) => f !== 'sync' && f !== 'presence' && push.flags[f]);
}

export interface Live<T> {
  /** The last answer; stays while a newer one is on its way. */
  readonly data: T | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  refresh(): void;
}

/**
 * Reads now, again when a push touches one of the flags, and again when reactive values read inside `fetcher`
 * (before its first await) change. Call it while a component is being set up.
 */
export function live<T>(fetcher: () => Promise<T>, flags: readonly Flag[]): Live<T> {
  let data = $state.raw<T | undefined>(undefined);
  let error = $state.raw<unknown>(undefined);
  let loading = $state(true);
  let asked = $state(0);
  let turn = 0;

  $effect(() => {
    void asked;
    const mine = ++turn;
    const answer = fetcher();
    untrack(() => (loading = true));
    answer.then(
      (value) => {
        if (mine !== turn) return;
        data = value;
        error = undefined;
        loading = false;
      },
      (why: unknown) => {
        if (mine !== turn) return;
        error = why;
        loading = false;
      }
    );
  });

  $effect(() => {
    let queued = false;
    return onPush((push) => {
      if (!touches(push, flags) || queued) return;
      // Several commits in one tick are one look.
      queued = true;
      queueMicrotask(() => {
        queued = false;
        asked += 1;
      });
    });
  });

  return {
    get data() {
      return data;
    },
    get error() {
      return error;
    },
    get loading() {
      return loading;
    },
    refresh() {
      asked += 1;
    }
  };
}
