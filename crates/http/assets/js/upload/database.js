// What is larger than a line of text and is to outlive a reload, in the browser's own database.

const NAME = "homeroom";
const STORES = ["files", "recordings"];

/** Does one thing with one store; rejects where the browser keeps no database. */
export function transaction(store, mode, use) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 2);
    opening.onupgradeneeded = () => {
      const known = opening.result.objectStoreNames;
      for (const missing of STORES.filter((each) => !known.contains(each))) opening.result.createObjectStore(missing);
    };
    opening.onerror = () => reject(opening.error);
    // Another page has it open as it was before: it will be there for the next.
    opening.onblocked = () => reject(new DOMException("in use", "InvalidStateError"));
    opening.onsuccess = () => {
      const database = opening.result;
      const request = use(database.transaction(store, mode).objectStore(store));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
      request.transaction.oncomplete = () => database.close();
    };
  });
}
