// The door of a paired phone: the only file that knows how the photographer's page reaches the laptop.
import { AppFailure, failureOf } from './failure';
import type { CommandName, Commands } from './gen/commands';

const TOKEN = 'stall.phone.token';
const WHO = 'stall.phone.who';
/** An answer that has not come after this long will not. */
const PATIENCE_MS = 15_000;
/** Slower than this an upload counts as stuck. */
const SLOWEST_BYTES_PER_MS = 20;

const lost = (why: unknown) => new AppFailure({ code: 'internal', args: {}, detail: String(why) }, true);

let token = typeof localStorage === 'undefined' ? null : localStorage.getItem(TOKEN);

/** Whether this phone has been paired; the laptop may have revoked it since. */
export const paired = (): boolean => token !== null;

/** What went wrong, with the status the laptop answered it with. */
export class Refused extends AppFailure {
  constructor(
    failure: AppFailure,
    readonly status: number
  ) {
    super(failure.error, false);
    this.name = 'Refused';
  }
}

async function ask(path: string, init: RequestInit, patience: number): Promise<unknown> {
  const headers = new Headers(init.headers);
  if (token) headers.set('authorization', `Bearer ${token}`);
  let response: Response;
  let text: string;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    response = await fetch(path, { ...init, headers, signal: stop.signal, cache: 'no-store' });
    text = await response.text();
  } catch (why) {
    throw lost(why);
  } finally {
    clearTimeout(timer);
  }
  let body: unknown = {};
  try {
    if (text !== '') body = JSON.parse(text);
  } catch {
    throw lost(`${response.status} without an answer`);
  }
  if (!response.ok) throw new Refused(failureOf(body), response.status);
  return body;
}

const json = (input: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(input)
});

interface Paired {
  token: string;
  name?: string;
  stall_name?: string;
}

/** Pairs by the code of the laptop's picture; the token is kept. */
export async function pair(code: string): Promise<void> {
  const answer = (await ask('/lan/pair', json({ code }), PATIENCE_MS)) as Paired;
  token = answer.token;
  localStorage.setItem(TOKEN, token);
  localStorage.setItem(WHO, [answer.stall_name, answer.name].filter(Boolean).join(' · '));
}

/** The stall and the name this phone was paired under. */
export const pairedAs = (): string => localStorage.getItem(WHO) ?? '';

/** Forgets the pairing: the laptop no longer knows this phone. */
export function unpair(): void {
  token = null;
  localStorage.removeItem(TOKEN);
}

/** Calls a command, as the console does. Throws `AppFailure`. */
export function call<N extends CommandName>(name: N, input: Commands[N]['input']): Promise<Commands[N]['output']> {
  return ask(`/api/${name}`, json(input), PATIENCE_MS) as Promise<Commands[N]['output']>;
}

/** Where a picture goes and what it is. */
export interface Parcel {
  id: string;
  unit: string | null;
  tray: string | null;
  shot: string;
  name: string;
  type: string;
  taken: number;
}

/** Sends a picture. Resolves only when the laptop has it on disk and in its books; sending it again is no harm. */
export async function put(p: Parcel, bytes: ArrayBuffer): Promise<void> {
  const query = new URLSearchParams({ shot: p.shot, name: p.name, taken: String(p.taken) });
  if (p.unit !== null) query.set('unit', p.unit);
  else query.set('tray', p.tray ?? '');
  const init = { method: 'PUT', headers: { 'content-type': p.type || 'application/octet-stream' }, body: bytes };
  const patience = PATIENCE_MS + bytes.byteLength / SLOWEST_BYTES_PER_MS;
  const receipt = (await ask(`/lan/photos/${p.id}?${query}`, init, patience)) as { stored?: boolean };
  if (receipt.stored !== true) throw lost('not stored');
}

/** Address of a small copy of a picture the laptop has. */
export const thumbUrl = (shown: string): string => `/media/${shown}/320`;

/** Follows the laptop: `on` when the line stands or breaks, `changed` when something in stock did. */
export function follow(on: (up: boolean) => void, changed: () => void): () => void {
  let events: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = 1000;
  const open = () => {
    events = new EventSource('/lan/events');
    events.onopen = () => {
      wait = 1000;
      on(true);
    };
    events.onmessage = () => changed();
    events.onerror = () => {
      events?.close();
      on(false);
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, 15_000);
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    events?.close();
  };
}
