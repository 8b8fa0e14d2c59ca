import type { IconName } from './ui/icons';

export interface Toast {
  id: number;
  kind: 'done' | 'error' | 'info';
  text: string;
  icon?: IconName;
  action?: { label: string; key?: string; run: () => void };
}

const SHOWN_MS = 6000;
const ERROR_MS = 10_000;

let next = 0;
let shown = $state.raw<Toast[]>([]);
const timers = new Map<number, ReturnType<typeof setTimeout>>();

export function toasts(): readonly Toast[] {
  return shown;
}

export function dismiss(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  shown = shown.filter((x) => x.id !== id);
}

/** Keeps a toast while the pointer or the focus is on it. */
export function hold(id: number): void {
  clearTimeout(timers.get(id));
}

export function release(id: number): void {
  const toast = shown.find((x) => x.id === id);
  if (toast) arm(toast);
}

function arm(toast: Toast): void {
  clearTimeout(timers.get(toast.id));
  timers.set(
    toast.id,
    setTimeout(() => dismiss(toast.id), toast.kind === 'error' ? ERROR_MS : SHOWN_MS)
  );
}

/** Says what happened. Only the newest `done` stays: its undo is the one that would be undone. */
export function toast(what: Omit<Toast, 'id'>): number {
  const made: Toast = { ...what, id: ++next };
  const kept = shown.filter((x) => (made.kind === 'error' ? x.text !== made.text : x.kind === 'error')).slice(-2);
  for (const x of shown) if (!kept.includes(x)) dismiss(x.id);
  shown = [...kept, made];
  arm(made);
  return made.id;
}
