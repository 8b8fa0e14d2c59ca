import type { SyncLost } from '../ipc/gen/SyncLost';
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
  // A moment's exchange is no news: what was true before it is told.
  const before = status.problem?.code === 'sync_offline' ? 'offline' : 'trouble';
  const line = status.line === 'busy' && status.problem ? before : status.line;
  if (line === 'paused') return n > 0 ? say('paused_n', 'due', n) : say('paused', 'due');
  if (line === 'trouble') return say('trouble', 'late');
  if (status.state === 'asked') return say('asked', 'due');
  if (line === 'offline') return n > 0 ? say('offline_n', 'due', n) : say('offline', 'due');
  if (status.last === null) return say(status.line === 'new' ? 'new' : 'busy', 'due');
  if (status.files > 0) return say('files', 'ok', status.files);
  const ago = now - status.last;
  return ago < 2 * MINUTE ? say('just', 'ok') : say('ago', 'ok', 0, ago);
}

/** Whether a hub of the stall is the one on this laptop, open or shut. */
export function isOwn({ host }: SyncStatus, hub: string): boolean {
  return host.port > 0 && hub === `https://127.0.0.1:${host.port}`;
}

/** The first hub is not reached, or wants nothing of this laptop; also while it is tried once more. */
export function unreached({ state, line, away, problem }: SyncStatus): boolean {
  return state === 'on' && line !== 'paused' && (away || problem?.code.startsWith('sync_') === true);
}

/** Where a laptop goes whose hub is lost: another place becomes the hub, or there is a new one already. */
export type LostWay = SyncLost['to'] | 'move';

/** What the person may choose, the best first. */
export function lostWays(s: SyncStatus, owner: boolean): LostWay[] {
  // Who has a hub of his own here, shut, has lost nothing.
  if (!owner || isOwn(s, s.hub)) return ['move'];
  if (!s.second) return ['here', 'server', 'move'];
  if (!isOwn(s, s.second.hub)) return ['second', 'here', 'server', 'move'];
  // The second hub is here: it takes over, or is opened first.
  return [s.host.on ? 'second' : 'here', 'server', 'move'];
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
