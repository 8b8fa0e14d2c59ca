// Sends what is in the box, in order, for as long as it takes. A picture leaves the box only when the laptop says stored.
import { AppFailure } from '../ipc/failure';
import { Refused, type Parcel } from '../ipc/lan';
import type { Box, Picture } from './box';
import type { Mark } from './plan';

/** What the outbox needs of the line; tests have one of their own. */
export interface Line {
  put(parcel: Parcel, bytes: ArrayBuffer): Promise<void>;
  /** Takes a picture off that was taken again; one that is not there is no error. */
  drop(id: string): Promise<void>;
  /** Makes a stored picture evidence of what it was taken for; an inspection that has ended is no error. */
  tie?(id: string, evidence: NonNullable<Picture['evidence']>): Promise<void>;
  sleep(ms: number): Promise<void>;
}

/**
 * How the line stands. `unpaired`: the laptop does not know this phone any more; `full`: its disk is full; `sample`: it
 * shows the sample stall for now.
 */
export type State = 'up' | 'lost' | 'unpaired' | 'full' | 'sample';

export const FIRST_WAIT_MS = 1000;
export const LONGEST_WAIT_MS = 15_000;
/** Trying the same picture again changes nothing about these. */
export const FINAL = new Set([400, 404, 409, 413, 415, 422]);
/** But it does about these: the laptop shows its sample, asks for a pause, or got other bytes than were sent. */
export const LATER = new Set(['lan_other_stall', 'too_many', 'lan_off', 'hash_mismatch', 'stall_busy', 'cancelled']);

type Fate = 'stored' | 'refused' | 'wait' | 'stop';

export class Outbox {
  /** In order of taking. */
  pictures = $state.raw<Picture[]>([]);
  sending = $state<string | null>(null);
  state = $state<State>('up');
  /** Pictures the laptop confirmed since the page was opened. */
  stored = $state(0);
  /** The phone could not keep a picture: its memory holds it, and nothing more may be taken. */
  phoneFull = $state(false);

  private readonly memory = new Map<string, ArrayBuffer>();
  private readonly dropped = new Set<string>();
  private running = false;
  private wait = FIRST_WAIT_MS;
  private wake: (() => void) | null = null;
  private seq = 0;

  constructor(
    private readonly box: Box,
    private readonly line: Line,
    private readonly onstored: (picture: Picture) => void = () => undefined
  ) {}

  /** Takes up what an earlier visit left. */
  async load(): Promise<void> {
    this.pictures = await this.box.all();
    this.seq = this.pictures.reduce((n, p) => Math.max(n, p.seq), 0);
    this.poke();
  }

  waiting: Picture[] = $derived(this.pictures.filter((p) => p.refused === null && !p.sent));
  refused: Picture[] = $derived(this.pictures.filter((p) => p.refused !== null));

  mark(p: Picture): Mark {
    if (p.refused) return 'refused';
    if (p.sent) return 'stored';
    return this.sending === p.id ? 'sending' : 'queued';
  }

  /** Keeps a picture, then sends it. Resolves when it is safe on this phone. */
  async add(picture: Omit<Picture, 'seq' | 'refused' | 'sent'>, bytes: ArrayBuffer): Promise<void> {
    this.seq += 1;
    const p: Picture = { ...picture, seq: this.seq, refused: null, sent: false };
    try {
      await this.box.add(p, bytes);
    } catch {
      this.memory.set(p.id, bytes);
      this.phoneFull = true;
    }
    this.pictures = [...this.pictures, p];
    // The one it replaces need not be sent when it has not been.
    if (p.replaces !== null && this.sending !== p.replaces) await this.discard(p.replaces);
    this.poke();
  }

  /** Shows a small copy beside it from now on. */
  async setThumb(id: string, thumb: string): Promise<void> {
    await this.change(id, { thumb });
  }

  /** A refused picture is tried again, elsewhere if a person says so. */
  async retry(id: string, to: Partial<Pick<Picture, 'unit' | 'tray' | 'label'>> = {}): Promise<void> {
    await this.change(id, { ...to, refused: null });
    this.poke();
  }

  /** Forgets a picture of this phone. */
  async discard(id: string): Promise<void> {
    this.dropped.add(id);
    this.pictures = this.pictures.filter((p) => p.id !== id);
    this.memory.delete(id);
    await this.box.remove(id);
  }

  /** Tries at once: the line may have come back, or something is there to send. */
  poke(): void {
    this.wait = FIRST_WAIT_MS;
    this.wake?.();
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      for (;;) {
        const next = this.pictures.find((p) => p.refused === null);
        if (!next) break;
        const fate = await this.deliver(next);
        if (fate === 'stop') break;
        if (fate === 'wait') await this.pause();
        else this.wait = FIRST_WAIT_MS;
      }
    } finally {
      this.running = false;
    }
  }

  private async pause(): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.wake = resolve));
    await Promise.race([this.line.sleep(this.wait), woken]);
    this.wake = null;
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  private async deliver(p: Picture): Promise<Fate> {
    try {
      if (!p.sent) {
        const bytes = this.memory.get(p.id) ?? (await this.box.bytes(p.id));
        if (!bytes) {
          await this.discard(p.id);
          return 'stored';
        }
        this.sending = p.id;
        await this.line.put(p, bytes);
        this.stored += 1;
        this.state = 'up';
        this.onstored(p);
        if (p.replaces !== null || p.evidence) await this.change(p.id, { sent: true });
      }
      if (p.replaces !== null) await this.line.drop(p.replaces);
      if (p.evidence) await this.line.tie?.(p.id, p.evidence);
      await this.forget(p.id);
      return 'stored';
    } catch (why) {
      return await this.failed(p, why);
    } finally {
      this.sending = null;
    }
  }

  private async failed(p: Picture, why: unknown): Promise<Fate> {
    if (!(why instanceof AppFailure) || why.lost) {
      this.state = 'lost';
      return 'wait';
    }
    const status = why instanceof Refused ? why.status : 500;
    const code: string = why.error.code;
    if (status === 401 || status === 403) {
      this.state = 'unpaired';
      return 'stop';
    }
    if (FINAL.has(status) && !LATER.has(code)) {
      this.state = 'up';
      await this.change(p.id, { refused: why.error });
      return 'refused';
    }
    this.state = code === 'disk_full' ? 'full' : code === 'lan_other_stall' ? 'sample' : 'lost';
    return 'wait';
  }

  private async forget(id: string): Promise<void> {
    // Off the list before it is off the disk: a small copy that is ready only now must not write it down again.
    this.pictures = this.pictures.filter((p) => p.id !== id);
    this.memory.delete(id);
    await this.box.remove(id);
    if (this.memory.size === 0) this.phoneFull = false;
  }

  private async change(id: string, what: Partial<Omit<Picture, 'id' | 'seq'>>): Promise<void> {
    const now = this.pictures.find((p) => p.id === id);
    if (!now || this.dropped.has(id)) return;
    const next = { ...now, ...what };
    this.pictures = this.pictures.map((p) => (p.id === id ? next : p));
    if (!this.memory.has(id)) await this.box.update(next);
  }
}
