import { sameChord } from './chord';

// Keys a person has changed on this laptop: the name of what the key does -> the key. Kept beside language and theme.
const STORED = 'stall.keys';

function first(): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORED) ?? '{}');
    const pairs = typeof kept === 'object' && kept !== null ? Object.entries(kept) : [];
    return Object.fromEntries(pairs.filter((p): p is [string, string] => typeof p[1] === 'string'));
  } catch {
    return {};
  }
}

let changed = $state.raw<Record<string, string>>(typeof localStorage === 'undefined' ? {} : first());

/** The key that does this: the person's own, else the program's. */
export function keyOf(b: { key: string; label?: string }): string {
  return (b.label === undefined ? undefined : changed[b.label]) ?? b.key;
}

export function isChanged(label: string | undefined): boolean {
  return label !== undefined && changed[label] !== undefined;
}

export const anyChanged = (): boolean => Object.keys(changed).length > 0;

/** Gives a deed another key; its own first key takes the change away again. */
export function setKey(b: { key: string; label: string }, key: string): void {
  const rest = Object.fromEntries(Object.entries(changed).filter(([label]) => label !== b.label));
  changed = sameChord(b.key, key) ? rest : { ...rest, [b.label]: key };
  localStorage.setItem(STORED, JSON.stringify(changed));
}

/** Every key as the program has it. */
export function resetKeys(): void {
  changed = {};
  localStorage.removeItem(STORED);
}
