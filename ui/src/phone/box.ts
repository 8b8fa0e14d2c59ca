// Pictures on this phone until the laptop has them: IndexedDB, bytes and words apart so that a list reads no bytes.
import type { AppError } from '../ipc/gen/AppError';
import type { Parcel } from '../ipc/lan';

/** A picture that the laptop has not confirmed. */
export interface Picture extends Parcel {
  /** Order of taking. */
  seq: number;
  size: number;
  /** Stock number or group, for lists. */
  label: string;
  /** A small copy as a data URL; empty where none could be made. */
  thumb: string;
  /** The picture this one was taken again for. */
  replaces: string | null;
  /** What it is evidence of: an item of a draft inspection. */
  evidence?: { inspection: string; item: string } | null;
  /** Why the laptop will not have it; a person decides. */
  refused: AppError | null;
  /** The laptop has it; only the one it replaces is still to go. */
  sent: boolean;
}

/** Where pictures wait. */
export interface Box {
  all(): Promise<Picture[]>;
  /** Both or neither. Rejects with `QuotaExceededError` when the phone is full. */
  add(picture: Picture, bytes: ArrayBuffer): Promise<void>;
  update(picture: Picture): Promise<void>;
  bytes(id: string): Promise<ArrayBuffer | undefined>;
  remove(id: string): Promise<void>;
}

const NAME = 'stallkeeper-phone';
const PICTURES = 'pictures';
const BYTES = 'bytes';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(PICTURES, { keyPath: 'id' });
      request.result.createObjectStore(BYTES);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

/** Runs one transaction; resolves when it is on disk, not when the last request is. */
function within<T>(
  db: IDBDatabase,
  mode: IDBTransactionMode,
  work: (pictures: IDBObjectStore, bytes: IDBObjectStore) => IDBRequest<T> | void
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction([PICTURES, BYTES], mode, { durability: 'strict' });
    const request = work(tx.objectStore(PICTURES), tx.objectStore(BYTES));
    tx.oncomplete = () => resolve(request ? request.result : undefined);
    tx.onabort = () => reject(tx.error ?? new Error('IndexedDB'));
    tx.onerror = () => reject(tx.error ?? new Error('IndexedDB'));
  });
}

/** The phone's own database. */
export async function openBox(): Promise<Box> {
  let db = await open();
  let reopening: Promise<IDBDatabase> | null = null;
  // iOS closes the database of a page that was long in the background.
  const run: typeof within = async (_, mode, work) => {
    try {
      return await within(db, mode, work);
    } catch (why) {
      if (!(why instanceof DOMException) || why.name !== 'InvalidStateError') throw why;
      reopening ??= open().finally(() => (reopening = null));
      db = await reopening;
      return within(db, mode, work);
    }
  };
  return {
    async all() {
      const list = ((await run(db, 'readonly', (p) => p.getAll())) ?? []) as Picture[];
      return list.sort((a, b) => a.seq - b.seq);
    },
    async add(picture, bytes) {
      await run(db, 'readwrite', (p, b) => {
        b.put(bytes, picture.id);
        p.put(picture);
      });
    },
    async update(picture) {
      await run(db, 'readwrite', (p) => void p.put(picture));
    },
    async bytes(id) {
      return (await run(db, 'readonly', (_, b) => b.get(id))) as ArrayBuffer | undefined;
    },
    async remove(id) {
      await run(db, 'readwrite', (p, b) => {
        p.delete(id);
        b.delete(id);
      });
    }
  };
}
