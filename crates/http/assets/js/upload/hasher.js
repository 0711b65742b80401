// Hashes files off the main thread.

export class Hasher {
  #worker = new Worker(new URL("./hash-worker.js", import.meta.url), { type: "module" });
  #waiting = new Map();
  #next = 1;

  constructor() {
    this.#worker.addEventListener("message", ({ data }) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.error) waiting?.reject(new DOMException("the file cannot be read", data.error));
      else waiting?.resolve(data.sha256);
    });
  }

  /** The file's SHA-256 in lower-case hexadecimal. */
  hash(file, signal) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, file });
      signal?.addEventListener("abort", () => {
        if (!this.#waiting.delete(id)) return;
        this.#worker.postMessage({ id, cancel: true });
        reject(new DOMException("aborted", "AbortError"));
      });
    });
  }
}
