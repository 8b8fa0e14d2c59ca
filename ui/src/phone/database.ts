// A database of two stores in this phone's browser, as the boxes of the page use it.

type Work<T> = (first: IDBObjectStore, second: IDBObjectStore) => IDBRequest<T> | void;

/** Runs one transaction over both stores; resolves when it is on disk, not when the last request is. */
export type Run = <T>(mode: IDBTransactionMode, work: Work<T>) => Promise<T | undefined>;

/** A store's name and how it is made. */
export type Store = [name: string, made?: IDBObjectStoreParameters];

function open(name: string, stores: [Store, Store]): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const [store, made] of stores) request.result.createObjectStore(store, made);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

function within<T>(
  db: IDBDatabase,
  names: [string, string],
  mode: IDBTransactionMode,
  work: Work<T>
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction(names, mode, { durability: 'strict' });
    const request = work(tx.objectStore(names[0]), tx.objectStore(names[1]));
    tx.oncomplete = () => resolve(request ? request.result : undefined);
    tx.onabort = () => reject(tx.error ?? new Error('IndexedDB'));
    tx.onerror = () => reject(tx.error ?? new Error('IndexedDB'));
  });
}

/** Opens it, or makes it. */
export async function database(name: string, stores: [Store, Store]): Promise<Run> {
  const names: [string, string] = [stores[0][0], stores[1][0]];
  let db = await open(name, stores);
  let reopening: Promise<IDBDatabase> | null = null;
  return async (mode, work) => {
    try {
      return await within(db, names, mode, work);
    } catch (why) {
      // iOS closes the database of a page that was long in the background.
      if (!(why instanceof DOMException) || why.name !== 'InvalidStateError') throw why;
      reopening ??= open(name, stores).finally(() => (reopening = null));
      db = await reopening;
      return within(db, names, mode, work);
    }
  };
}
