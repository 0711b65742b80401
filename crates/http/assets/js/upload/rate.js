// How fast bytes go, over the last few seconds.

const WINDOW_MS = 5000;

export class Rate {
  #samples = [];

  /** Notes that `bytes` have gone in all by `now` (milliseconds). */
  note(bytes, now = performance.now()) {
    this.#samples.push({ bytes, now });
    while (this.#samples.length > 2 && now - this.#samples[0].now > WINDOW_MS) this.#samples.shift();
  }

  /** Bytes a second, or 0 before it can be told. */
  get perSecond() {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || last.now - first.now < 400) return 0;
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.now - first.now));
  }

  /** After a pause the past says nothing. */
  reset() {
    this.#samples = [];
  }
}
