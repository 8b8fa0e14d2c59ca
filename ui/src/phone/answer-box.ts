// Answers on this phone until the laptop has them, and the drafts they belong to as they were last seen: IndexedDB, a
// database of its own, so that neither waits for the other's pictures.
import type { AnswersInput } from '../ipc/gen/AnswersInput';
import type { AppError } from '../ipc/gen/AppError';
import type { Inspection } from '../ipc/gen/Inspection';

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

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ANSWERS, { keyPath: 'seq' });
      request.result.createObjectStore(DRAFTS, { keyPath: 'unit' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

/** Runs one transaction; resolves when it is on disk, not when the last request is. */
function within<T>(
  db: IDBDatabase,
  mode: IDBTransactionMode,
  work: (answers: IDBObjectStore, drafts: IDBObjectStore) => IDBRequest<T> | void
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction([ANSWERS, DRAFTS], mode, { durability: 'strict' });
    const request = work(tx.objectStore(ANSWERS), tx.objectStore(DRAFTS));
    tx.oncomplete = () => resolve(request ? request.result : undefined);
    tx.onabort = () => reject(tx.error ?? new Error('IndexedDB'));
    tx.onerror = () => reject(tx.error ?? new Error('IndexedDB'));
  });
}

/** The phone's own database. */
export async function openAnswerBox(): Promise<AnswerBox> {
  let db = await open();
  let reopening: Promise<IDBDatabase> | null = null;
  // iOS closes the database of a page that was long in the background.
  async function run<T>(
    mode: IDBTransactionMode,
    work: (answers: IDBObjectStore, drafts: IDBObjectStore) => IDBRequest<T> | void
  ): Promise<T | undefined> {
    try {
      return await within(db, mode, work);
    } catch (why) {
      if (!(why instanceof DOMException) || why.name !== 'InvalidStateError') throw why;
      reopening ??= open().finally(() => (reopening = null));
      db = await reopening;
      return within(db, mode, work);
    }
  }
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
