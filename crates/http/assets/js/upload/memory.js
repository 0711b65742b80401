// What this browser remembers of uploads that are not shared yet: which file belongs to which upload,
// so that choosing the same file again goes on where it stopped. Everything else is kept by the server.

const KEY = "homeroom.uploads";
const MOST = 2000;

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
  uploads[fingerprint(file)] = id;
  const prints = Object.keys(uploads);
  for (const oldest of prints.slice(0, Math.max(0, prints.length - MOST))) delete uploads[oldest];
  store(uploads);
}

/** Forgets an upload, by its id. */
export function forget(id) {
  const uploads = load();
  for (const [print, known] of Object.entries(uploads)) if (known === id) delete uploads[print];
  store(uploads);
}

function load() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** Where storage is full or forbidden, uploads still work; only a reload asks the server instead. */
function store(uploads) {
  try {
    localStorage.setItem(KEY, JSON.stringify(uploads));
  } catch {
    // Nothing to do: see above.
  }
}
