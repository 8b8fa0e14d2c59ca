// Sends what is in the box, in order, for as long as it takes. A picture leaves the box only when the laptop says stored.
import type { Parcel } from '../ipc/lan';
import type { Box, Picture } from './box';
import type { Mark } from './plan';
import { Post, judge, type Fate, type State } from './post';

/** What the outbox needs of the line; tests have one of their own. */
export interface Line {
  put(parcel: Parcel, bytes: ArrayBuffer): Promise<void>;
  /** Takes a picture off that was taken again; one that is not there is no error. */
  drop(id: string): Promise<void>;
  /** Makes a stored picture evidence of what it was taken for; an inspection that has ended is no error. */
  tie?(id: string, evidence: NonNullable<Picture['evidence']>): Promise<void>;
  sleep(ms: number): Promise<void>;
}

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
  private readonly post: Post<Picture>;
  private seq = 0;

  constructor(
    private readonly box: Box,
    private readonly line: Line,
    private readonly onstored: (picture: Picture) => void = () => undefined
  ) {
    this.post = new Post(
      () => this.pictures.find((p) => p.refused === null),
      (p) => this.deliver(p),
      (ms) => line.sleep(ms)
    );
  }

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
    this.post.poke();
  }

  private async deliver(p: Picture): Promise<Fate> {
    try {
      if (!p.sent) {
        const bytes = this.memory.get(p.id) ?? (await this.box.bytes(p.id));
        if (!bytes) {
          await this.discard(p.id);
          return 'done';
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
      return 'done';
    } catch (why) {
      return await this.failed(p, why);
    } finally {
      this.sending = null;
    }
  }

  private async failed(p: Picture, why: unknown): Promise<Fate> {
    const { fate, state, error } = judge(why);
    this.state = state;
    if (error) await this.change(p.id, { refused: error });
    return fate;
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
