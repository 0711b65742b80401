// A fixed number of connections, given out in the order of asking.

export class Connections {
  #free;
  #waiting = [];

  constructor(count) {
    this.#free = count;
  }

  /** Runs `task` when a connection is free; gives up waiting when aborted. */
  async run(task, signal) {
    await this.#take(signal);
    try {
      return await task();
    } finally {
      this.#give();
    }
  }

  #take(signal) {
    if (signal.aborted) return Promise.reject(new DOMException("aborted", "AbortError"));
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const entry = { resolve };
      this.#waiting.push(entry);
      signal.addEventListener("abort", () => {
        const index = this.#waiting.indexOf(entry);
        if (index < 0) return;
        this.#waiting.splice(index, 1);
        reject(new DOMException("aborted", "AbortError"));
      }, { once: true });
    });
  }

  #give() {
    const next = this.#waiting.shift();
    if (next) next.resolve();
    else this.#free += 1;
  }
}
