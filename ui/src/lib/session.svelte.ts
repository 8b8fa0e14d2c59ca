import { call, onPush } from '../ipc/client';
import type { AppInfo } from '../ipc/gen/AppInfo';
import type { Role } from '../ipc/gen/Role';
import { touches } from './live.svelte';

let info = $state.raw<AppInfo | undefined>(undefined);
let error = $state.raw<unknown>(undefined);
let skew = 0;

/** Who is working, which stall is open. Undefined until the first answer. */
export function app(): AppInfo | undefined {
  return info;
}

export function appError(): unknown {
  return error;
}

export async function refreshApp(): Promise<void> {
  try {
    const next = await call('app.info', {});
    skew = next.now - Date.now();
    info = next;
    error = undefined;
  } catch (why) {
    error = why;
  }
}

export function setApp(next: AppInfo): void {
  skew = next.now - Date.now();
  info = next;
}

/** Who may see costs, and so on: `can('owner')`. */
export function is(...roles: Role[]): boolean {
  return info !== undefined && roles.includes(info.me.role);
}

let tick = $state(Date.now());

/** The store's clock, moving every ten seconds: for words like "2 hours left". */
export function now(): number {
  return tick + skew;
}

/** The store's clock at this very moment; not reactive. */
export function exactNow(): number {
  return Date.now() + skew;
}

/** Starts the session; answers how to stop it. */
export function startSession(): () => void {
  void refreshApp();
  const off = onPush((push) => {
    if (touches(push, ['settings', 'members']) || (push.type === 'changed' && info?.empty === true)) void refreshApp();
  });
  const timer = setInterval(() => (tick = Date.now()), 10_000);
  return () => {
    off();
    clearInterval(timer);
  };
}
