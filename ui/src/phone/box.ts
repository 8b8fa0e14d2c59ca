// Pictures on this phone until the laptop has them: IndexedDB, bytes and words apart so that a list reads no bytes.
import type { AppError } from '../ipc/gen/AppError';
import type { Parcel } from '../ipc/lan';
import { database } from './database';

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

/** The phone's own database. */
export async function openBox(): Promise<Box> {
  const run = await database(NAME, [[PICTURES, { keyPath: 'id' }], [BYTES]]);
  return {
    async all() {
      const list = ((await run('readonly', (p) => p.getAll())) ?? []) as Picture[];
      return list.sort((a, b) => a.seq - b.seq);
    },
    async add(picture, bytes) {
      await run('readwrite', (p, b) => {
        b.put(bytes, picture.id);
        p.put(picture);
      });
    },
    async update(picture) {
      await run('readwrite', (p) => void p.put(picture));
    },
    async bytes(id) {
      return (await run('readonly', (_, b) => b.get(id))) as ArrayBuffer | undefined;
    },
    async remove(id) {
      await run('readwrite', (p, b) => {
        p.delete(id);
        b.delete(id);
      });
    }
  };
}
