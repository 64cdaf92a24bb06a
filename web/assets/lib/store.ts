// What must outlive a reload: in IndexedDB, the only place that keeps a non-exportable key; words also in sessionStorage.

const NAME = "yunqian";
const STORE = "kept";

export interface Store {
  get<T>(key: string): Promise<T | undefined>;
  put(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  /** False where only JSON survives: then no private key may be made here. */
  readonly keepsKeys: boolean;
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return asked(request);
}

function indexed(db: IDBDatabase): Store {
  const at = (mode: IDBTransactionMode): IDBObjectStore => db.transaction(STORE, mode, { durability: "strict" }).objectStore(STORE);
  return {
    keepsKeys: true,
    get: (key) => asked(at("readonly").get(key)),
    put: async (key, value) => void (await asked(at("readwrite").put(value, key))),
    remove: async (key) => void (await asked(at("readwrite").delete(key))),
  };
}

function session(): Store {
  return {
    keepsKeys: false,
    get: async <T>(key: string) => {
      const text = sessionStorage.getItem(`${NAME}:${key}`);
      return text === null ? undefined : (JSON.parse(text) as T);
    },
    put: async (key, value) => sessionStorage.setItem(`${NAME}:${key}`, JSON.stringify(value)),
    remove: async (key) => sessionStorage.removeItem(`${NAME}:${key}`),
  };
}

/** IndexedDB where it works (it is refused in some private windows), else the session. */
export async function openStore(): Promise<Store> {
  if (typeof indexedDB === "undefined") return session();
  try {
    return indexed(await opened());
  } catch (reason) {
    console.info("IndexedDB refused; keys are not made here", reason);
    return session();
  }
}
