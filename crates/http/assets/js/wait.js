// Waiting that can be called off.

/** Resolves after a while; rejects when aborted. */
export function wait(ms, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted());
    const timer = setTimeout(done, ms);
    function done() {
      signal?.removeEventListener("abort", stop);
      resolve();
    }
    function stop() {
      clearTimeout(timer);
      reject(aborted());
    }
    signal?.addEventListener("abort", stop, { once: true });
  });
}

function aborted() {
  return new DOMException("aborted", "AbortError");
}
