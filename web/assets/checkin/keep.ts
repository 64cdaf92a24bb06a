// What must outlive a closed app: the link, the list, and every scan that the server has not answered (IndexedDB).

import type { Scan } from "./model.js";

const NAME = "yunqian-door";

export interface Queued {
  n: number;
  scan: Scan;
}

export interface Keep {
  get<T>(key: string): Promise<T | undefined>;
  put(key: string, value: unknown): Promise<void>;
  /** Kept before anything is shown; returns its place in the queue. */
  add(scan: Scan): Promise<number>;
  change(queued: Queued): Promise<void>;
  remove(numbers: number[]): Promise<void>;
  /** The oldest first. */
  queue(most: number): Promise<Queued[]>;
  waiting(): Promise<number>;
  clear(): Promise<void>;
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });
}

/** Done when the transaction is on the disk, not when the request was heard. */
function kept(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB"));
  });
}

export async function openKeep(name = NAME): Promise<Keep> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("kept");
    request.result.createObjectStore("queue", { keyPath: "n", autoIncrement: true });
  };
  const db = await asked(request);
  const write = (store: string): [IDBTransaction, IDBObjectStore] => {
    const transaction = db.transaction(store, "readwrite", { durability: "strict" });
    return [transaction, transaction.objectStore(store)];
  };
  const read = (store: string): IDBObjectStore => db.transaction(store, "readonly").objectStore(store);
  return {
    get: (key) => asked(read("kept").get(key)),
    async put(key, value) {
      const [transaction, store] = write("kept");
      store.put(value, key);
      await kept(transaction);
    },
    async add(scan) {
      const [transaction, store] = write("queue");
      const number = asked(store.add({ scan }));
      await kept(transaction);
      return (await number) as number;
    },
    async change(queued) {
      const [transaction, store] = write("queue");
      // Answered and removed meanwhile: it stays removed.
      if ((await asked(store.get(queued.n))) !== undefined) store.put(queued);
      await kept(transaction);
    },
    async remove(numbers) {
      const [transaction, store] = write("queue");
      for (const number of numbers) store.delete(number);
      await kept(transaction);
    },
    queue: (most) => asked(read("queue").getAll(null, most)),
    waiting: () => asked(read("queue").count()),
    async clear() {
      const [transaction, store] = write("kept");
      store.clear();
      await kept(transaction);
    },
  };
}
