// Delivers what waits on this phone, one after the other, for as long as it takes: the same for pictures and for answers.
import { AppFailure } from '../ipc/failure';
import type { AppError } from '../ipc/gen/AppError';
import { Refused } from '../ipc/lan';

/**
 * How the line stands. `unpaired`: the laptop does not know this phone any more; `full`: its disk is full; `sample`: it
 * shows the sample stall for now.
 */
export type State = 'up' | 'lost' | 'unpaired' | 'full' | 'sample';

/** What became of one: gone, kept for a person, to be tried again, or nothing goes on. */
export type Fate = 'done' | 'refused' | 'wait' | 'stop';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
/** Trying the same thing again changes nothing about these. */
const FINAL = new Set([400, 404, 409, 413, 415, 422]);
/** But it does about these: the laptop shows its sample, asks for a pause, or got other bytes than were sent. */
const LATER = new Set(['lan_other_stall', 'too_many', 'lan_off', 'hash_mismatch', 'stall_busy', 'cancelled']);

/** What a failed delivery means, and how the line stands by it. */
export function judge(why: unknown): { fate: Exclude<Fate, 'done'>; state: State; error: AppError | null } {
  if (!(why instanceof AppFailure) || why.lost) return { fate: 'wait', state: 'lost', error: null };
  const status = why instanceof Refused ? why.status : 500;
  const code: string = why.error.code;
  if (status === 401 || status === 403) return { fate: 'stop', state: 'unpaired', error: null };
  if (FINAL.has(status) && !LATER.has(code)) return { fate: 'refused', state: 'up', error: why.error };
  return {
    fate: 'wait',
    state: code === 'disk_full' ? 'full' : code === 'lan_other_stall' ? 'sample' : 'lost',
    error: null
  };
}

/** The round: the next one, its delivery, and a pause that grows while the line is down. */
export class Post<T> {
  private running = false;
  private wait = FIRST_WAIT_MS;
  private wake: (() => void) | null = null;

  constructor(
    private readonly next: () => T | undefined,
    private readonly deliver: (one: T) => Promise<Fate>,
    private readonly sleep: (ms: number) => Promise<void>
  ) {}

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
      for (let one = this.next(); one !== undefined; one = this.next()) {
        const fate = await this.deliver(one);
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
    await Promise.race([this.sleep(this.wait), woken]);
    this.wake = null;
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }
}
