// Holds on to files themselves across reloads, where the browser can (File System Access, secure pages
// only): then going on needs one click, or none, instead of choosing the file again.

import { transaction } from "./database.js";

const STORE = "files";

export async function holdFile(uploadId, handle) {
  if (!handle) return;
  await transaction(STORE, "readwrite", (store) => store.put(handle, uploadId)).catch(() => {});
}

export async function dropFile(uploadId) {
  await transaction(STORE, "readwrite", (store) => store.delete(uploadId)).catch(() => {});
}

/**
 * The file of an upload, or `null`. Asking the reader for permission needs a click: without `asking`
 * only a permission that still stands is used.
 */
export async function heldFile(uploadId, asking) {
  try {
    const handle = await transaction(STORE, "readonly", (store) => store.get(uploadId));
    if (!handle) return null;
    const state = asking ? await handle.requestPermission({ mode: "read" }) : await handle.queryPermission({ mode: "read" });
    return state === "granted" ? await handle.getFile() : null;
  } catch {
    return null;
  }
}
