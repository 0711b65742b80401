// How long to wait before trying again.

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Doubling, up to half a minute, with jitter, and never sooner than the server asked (in seconds). */
export function pauseBefore(attempt, retryAfter = 0, random = Math.random) {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.max(retryAfter * 1000, ceiling * (0.5 + random() * 0.5));
}

/** Resolves when the browser says it is online (at once if it is). */
export function online(signal) {
  if (navigator.onLine) return Promise.resolve();
  return new Promise((resolve, reject) => {
    addEventListener("online", resolve, { once: true });
    signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")), { once: true });
  });
}
