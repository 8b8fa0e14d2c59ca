// Sends the technician's answers in order, for as long as it takes. One leaves the box only when the laptop has it.
import { AppFailure } from '../ipc/failure';
import type { AnswersInput } from '../ipc/gen/AnswersInput';
import type { Inspection } from '../ipc/gen/Inspection';
import type { AnswerBox, Kept } from './answer-box';
import { Post, judge, type Fate, type State } from './post';

/** What the queue needs of the line; tests have one of their own. */
export interface AnswerLine {
  answer(input: AnswersInput): Promise<Inspection>;
  /** The unit's draft of now: answers of an inspection that has ended go there if a person says so. */
  open(unit: string): Promise<Inspection>;
  sleep(ms: number): Promise<void>;
}

/** Somebody at a screen who waits for the answer. */
interface Asker {
  done: (now: Inspection) => void;
  failed: (why: unknown) => void;
}

export class Answers {
  /** In order of giving. */
  list = $state.raw<Kept[]>([]);
  sending = $state<number | null>(null);
  /** Answers the laptop confirmed since the page was opened. */
  sent = $state(0);
  /** The phone could not keep one: it is in this page only. */
  unkept = $state(false);

  private readonly askers = new Map<number, Asker[]>();
  private readonly loose = new Set<number>();
  private readonly post: Post<Kept>;
  private seq = 0;
  private last: Inspection | null = null;

  constructor(
    private readonly box: AnswerBox,
    private readonly line: AnswerLine,
    private readonly onstate: (state: State) => void = () => undefined
  ) {
    this.post = new Post(
      () => this.list.find((k) => k.refused === null),
      (k) => this.deliver(k),
      (ms) => line.sleep(ms)
    );
  }

  /** Takes up what an earlier visit left. */
  async load(): Promise<void> {
    this.list = await this.box.all();
    this.seq = this.list.reduce((n, k) => Math.max(n, k.seq), 0);
    this.poke();
  }

  waiting: Kept[] = $derived(this.list.filter((k) => k.refused === null));
  refused: Kept[] = $derived(this.list.filter((k) => k.refused !== null));
  /** Items they answer, each once: what a person counts. */
  count: number = $derived(
    new Set(this.waiting.flatMap((k) => k.input.answers.map((a) => `${k.input.inspection_id} ${a.item_id}`))).size
  );

  /** Items of an inspection that wait here. */
  waits(inspection: string): Set<string> {
    const mine = this.waiting.filter((k) => k.input.inspection_id === inspection);
    return new Set(mine.flatMap((k) => k.input.answers.map((a) => a.item_id)));
  }

  /** Keeps answers, then sends them. Resolves once the laptop has them; a line that is down only makes it take longer. */
  add(kept: Omit<Kept, 'seq' | 'refused'>): Promise<Inspection> {
    this.seq += 1;
    const k: Kept = { ...kept, seq: this.seq, refused: null };
    this.list = [...this.list, k];
    const got = this.hear(k.seq);
    void this.box.put(k).then(
      // It may have gone while it was being written down.
      () => this.list.some((x) => x.seq === k.seq) || void this.box.remove(k.seq),
      () => {
        if (!this.list.some((x) => x.seq === k.seq)) return;
        this.loose.add(k.seq);
        this.unkept = true;
      }
    );
    this.poke();
    return got;
  }

  /** What waits for this inspection, to stand on its screen again. */
  of(inspection: string): { input: AnswersInput; sent: Promise<Inspection> }[] {
    return this.waiting
      .filter((k) => k.input.inspection_id === inspection)
      .map((k) => ({ input: k.input, sent: this.hear(k.seq) }));
  }

  private hear(seq: number): Promise<Inspection> {
    const got = new Promise<Inspection>((done, failed) => {
      this.askers.set(seq, [...(this.askers.get(seq) ?? []), { done, failed }]);
    });
    // A screen that was left no longer listens.
    got.catch(() => undefined);
    return got;
  }

  draft(unit: string): Promise<Inspection | undefined> {
    return this.box.draft(unit).catch(() => undefined);
  }
  /** Keeps a draft as the laptop told it, to be opened without a line. */
  seen(draft: Inspection): void {
    if (draft === this.last) return;
    this.last = draft;
    this.box.keepDraft(draft).catch(() => undefined);
  }
  ended(unit: string): void {
    this.box.dropDraft(unit).catch(() => undefined);
  }

  /** Refused answers are tried again, in the unit's draft of now. */
  async retry(seq: number): Promise<void> {
    const k = this.list.find((x) => x.seq === seq);
    if (!k) return;
    try {
      const draft = await this.line.open(k.unit);
      await this.change({ ...k, refused: null, input: { ...k.input, inspection_id: draft.id, worked_ms: null } });
    } catch (why) {
      if (why instanceof AppFailure && !why.lost) await this.change({ ...k, refused: why.error });
      return;
    }
    this.poke();
  }

  /** Forgets answers of this phone. */
  async discard(seq: number): Promise<void> {
    this.list = this.list.filter((k) => k.seq !== seq);
    this.askers.delete(seq);
    this.loose.delete(seq);
    if (this.loose.size === 0) this.unkept = false;
    await this.box.remove(seq).catch(() => undefined);
  }

  /** Tries at once: the line may have come back, or something is there to send. */
  poke(): void {
    this.post.poke();
  }

  private async deliver(k: Kept): Promise<Fate> {
    this.sending = k.seq;
    try {
      const now = await this.line.answer(k.input);
      const askers = this.askers.get(k.seq) ?? [];
      this.sent += k.input.answers.length;
      this.onstate('up');
      await this.discard(k.seq);
      this.seen(now);
      for (const a of askers) a.done(now);
      return 'done';
    } catch (why) {
      return await this.failed(k, why);
    } finally {
      this.sending = null;
    }
  }

  private async failed(k: Kept, why: unknown): Promise<Fate> {
    const { fate, state, error } = judge(why);
    this.onstate(state);
    if (error) {
      await this.change({ ...k, refused: error });
      for (const a of this.askers.get(k.seq) ?? []) a.failed(why);
      this.askers.delete(k.seq);
    }
    return fate;
  }

  private async change(next: Kept): Promise<void> {
    if (!this.list.some((k) => k.seq === next.seq)) return;
    this.list = this.list.map((k) => (k.seq === next.seq ? next : k));
    await this.box.put(next).catch(() => undefined);
  }
}
