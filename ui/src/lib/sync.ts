import type { SyncStatus } from '../ipc/gen/SyncStatus';

/** What the lamp says: a key of `sync.lamp`, how many, and since when. */
export interface Lamp {
  say:
    'new' | 'busy' | 'just' | 'ago' | 'offline' | 'offline_n' | 'files' | 'trouble' | 'paused' | 'paused_n' | 'asked';
  n: number;
  ago: number;
  /** Of the dot: in order, to be seen to, wrong. */
  tone: 'ok' | 'due' | 'late';
}

const MINUTE = 60_000;

/** The lamp in words; `undefined` where the laptop stands alone. */
export function lamp(status: SyncStatus, now: number): Lamp | undefined {
  const say = (s: Lamp['say'], tone: Lamp['tone'], n = 0, ago = 0): Lamp => ({ say: s, tone, n, ago });
  if (status.state === 'off') return undefined;
  const n = status.waiting;
  if (status.line === 'paused') return n > 0 ? say('paused_n', 'due', n) : say('paused', 'due');
  if (status.line === 'trouble') return say('trouble', 'late');
  if (status.state === 'asked') return say('asked', 'due');
  if (status.line === 'offline') return n > 0 ? say('offline_n', 'due', n) : say('offline', 'due');
  // A moment's exchange is no news: what was true before it is told.
  if (status.last === null) return say(status.line === 'new' ? 'new' : 'busy', 'due');
  if (status.files > 0) return say('files', 'ok', status.files);
  const ago = now - status.last;
  return ago < 2 * MINUTE ? say('just', 'ok') : say('ago', 'ok', 0, ago);
}

/** Recovery words in a text, as the program counts them: a Chinese character is one, letters up to a space are one. */
export function wordCount(text: string): number {
  return text.match(/\p{Script=Han}|[a-z]+/giu)?.length ?? 0;
}

/** An invitation as it was pasted, scanned or typed: the hub, where it says one, and the code. */
export function invitation(text: string): { hub: string; code: string } {
  const line = text.trim();
  const link = /^stallkeeper:(\S+)\/join\/(?:([0-9a-f]{64})\/)?([0-9a-z-]+)$/i.exec(line);
  if (!link) return { hub: '', code: line };
  const [, base = '', pin, code = ''] = link;
  return { hub: pin ? `${base}#${pin.toLowerCase()}` : base, code };
}
