// Answers on this phone until the laptop has them, and the drafts they belong to as they were last seen: IndexedDB, a
// database of its own, so that neither waits for the other's pictures.
import type { AnswersInput } from '../ipc/gen/AnswersInput';
import type { AppError } from '../ipc/gen/AppError';
import type { Inspection } from '../ipc/gen/Inspection';
import { database } from './database';

/** Answers given at once that the laptop has not confirmed. */
export interface Kept {
  /** Order of giving. */
  seq: number;
  unit: string;
  /** Stock number and item, for lists. */
  label: string;
  name: { zh: string; en: string };
  input: AnswersInput;
  /** Why the laptop will not have them; a person decides. */
  refused: AppError | null;
}

/** Where answers wait. */
export interface AnswerBox {
  all(): Promise<Kept[]>;
  put(kept: Kept): Promise<void>;
  remove(seq: number): Promise<void>;
  /** The unit's draft as it was last seen. */
  draft(unit: string): Promise<Inspection | undefined>;
  keepDraft(draft: Inspection): Promise<void>;
  /** The draft has ended. */
  dropDraft(unit: string): Promise<void>;
}

const NAME = 'stallkeeper-phone-answers';
const ANSWERS = 'answers';
const DRAFTS = 'drafts';
/** Drafts kept to be opened without a line; the oldest go. */
const MOST_DRAFTS = 20;

interface KeptDraft {
  unit: string;
  seen: number;
  draft: Inspection;
}

/** The phone's own database. */
export async function openAnswerBox(): Promise<AnswerBox> {
  const run = await database(NAME, [
    [ANSWERS, { keyPath: 'seq' }],
    [DRAFTS, { keyPath: 'unit' }]
  ]);
  return {
    async all() {
      const list = ((await run('readonly', (a) => a.getAll())) ?? []) as Kept[];
      return list.sort((a, b) => a.seq - b.seq);
    },
    async put(kept) {
      await run('readwrite', (a) => void a.put(kept));
    },
    async remove(seq) {
      await run('readwrite', (a) => void a.delete(seq));
    },
    async draft(unit) {
      return ((await run('readonly', (_, d) => d.get(unit))) as KeptDraft | undefined)?.draft;
    },
    async keepDraft(draft) {
      await run('readwrite', (_, d) => {
        d.put({ unit: draft.unit.id, seen: Date.now(), draft } satisfies KeptDraft);
        const all = d.getAll();
        all.onsuccess = () => {
          const old = (all.result as KeptDraft[]).sort((a, b) => b.seen - a.seen).slice(MOST_DRAFTS);
          for (const x of old) d.delete(x.unit);
        };
      });
    },
    async dropDraft(unit) {
      await run('readwrite', (_, d) => void d.delete(unit));
    }
  };
}
