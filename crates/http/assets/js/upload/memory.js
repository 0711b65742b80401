// What this browser remembers of uploads that are not shared yet: which file belongs to which upload,
// so that choosing the same file again goes on where it stopped. Everything else is kept by the server.

const KEY = "homeroom.uploads";
const MOST = 2000;
const STORE_AFTER_MS = 200;

/** Tells files apart without reading them. */
export function fingerprint(file) {
  return `${file.name}|${file.size}|${file.lastModified}`;
}

/** The id of the upload that this file was being sent as. */
export function recall(file) {
  return load()[fingerprint(file)] ?? null;
}

export function remember(file, id) {
  const uploads = load();
  const print = fingerprint(file);
  delete uploads[print];
  uploads[print] = id;
  storeSoon();
}

/** Forgets an upload, by its id. */
export function forget(id) {
  const uploads = load();
  for (const print in uploads) if (uploads[print] === id) delete uploads[print];
  storeSoon();
}

let known = null;
let storing = null;
addEventListener("pagehide", store);

function load() {
  if (known) return known;
  try {
    known = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    known = {};
  }
  return known;
}

/** A thousand files at once are written a few times, not a thousand times. */
function storeSoon() {
  storing ??= setTimeout(store, STORE_AFTER_MS);
}

/** Where storage is full or forbidden, uploads still work; only a reload asks the server instead. */
function store() {
  clearTimeout(storing);
  storing = null;
  if (!known) return;
  const prints = Object.keys(known);
  for (const oldest of prints.slice(0, Math.max(0, prints.length - MOST))) delete known[oldest];
  try {
    localStorage.setItem(KEY, JSON.stringify(known));
  } catch {
    // Nothing to do: see above.
  }
}
