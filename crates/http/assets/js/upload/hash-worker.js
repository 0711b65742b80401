// A worker that hashes files one after the other, a few megabytes at a time.
// In: `{id, file}` or `{id, cancel: true}`. Out: `{id, sha256}` or `{id, error}`.
import { Sha256 } from "./sha256.js";

const PIECE_BYTES = 4 * 1024 * 1024;
/** Up to this size the browser's own digest is used where it exists: much faster, but all in memory at once. */
const WHOLE_BYTES = 64 * 1024 * 1024;
const cancelled = new Set();
let last = Promise.resolve();

self.addEventListener("message", ({ data }) => {
  if (data.cancel) cancelled.add(data.id);
  else last = last.then(() => answer(data));
});

async function answer({ id, file }) {
  try {
    const sha256 = await hash(id, file);
    if (sha256 !== null) self.postMessage({ id, sha256 });
  } catch (error) {
    self.postMessage({ id, error: error.name });
  } finally {
    cancelled.delete(id);
  }
}

async function hash(id, file) {
  if (self.crypto?.subtle && file.size <= WHOLE_BYTES) {
    return hexOf(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  }
  const sha256 = new Sha256();
  for (let from = 0; from < file.size; from += PIECE_BYTES) {
    if (cancelled.has(id)) return null;
    sha256.update(new Uint8Array(await file.slice(from, from + PIECE_BYTES).arrayBuffer()));
  }
  return cancelled.has(id) ? null : sha256.hex();
}

function hexOf(digest) {
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
