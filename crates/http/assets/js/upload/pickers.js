// Files from everywhere: inputs, folders, drops, the clipboard. Each is handed on as `{file, handle}` in
// small batches, so that a folder of thousands does not freeze the page.

const BATCH = 50;

/** Files of a file input or the clipboard. */
export async function* fromList(files) {
  for (let from = 0; from < files.length; from += BATCH) {
    yield [...files].slice(from, from + BATCH).filter(worthSending).map((file) => ({ file, handle: null }));
    await breathe();
  }
}

/** Files of a drop, folders opened. Must be called while the drop event is handled. */
export function fromDrop(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const roots = items.map((item) => ({
    entry: item.webkitGetAsEntry?.() ?? null,
    file: item.getAsFile(),
    handle: item.getAsFileSystemHandle?.() ?? null,
  }));
  return walkAll(roots);
}

async function* walkAll(roots) {
  for (const { entry, file, handle } of roots) {
    if (entry?.isDirectory) yield* walkDirectory(entry);
    else if (file && worthSending(file)) yield [{ file, handle: await Promise.resolve(handle).catch(() => null) }];
  }
}

async function* walkDirectory(directory) {
  const reader = directory.createReader();
  for (;;) {
    // A reader answers at most a hundred entries at once, and none when it is done.
    const entries = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (entries.length === 0) return;
    const files = await Promise.all(entries.filter((entry) => entry.isFile).map(fileOf));
    yield files.filter((file) => file && worthSending(file)).map((file) => ({ file, handle: null }));
    for (const entry of entries.filter((entry) => entry.isDirectory)) yield* walkDirectory(entry);
    await breathe();
  }
}

function fileOf(entry) {
  return new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}

/** What operating systems leave in folders is nobody's study material. */
function worthSending(file) {
  return !file.name.startsWith(".") && !/^(thumbs\.db|desktop\.ini)$/i.test(file.name);
}

function breathe() {
  return new Promise((resolve) => setTimeout(resolve));
}
