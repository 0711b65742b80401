// The sharing page: takes files in, shows their rows, shares what is ready.
import { call } from "./api.js";
import { dropFile, heldFile } from "./upload/handles.js";
import { forget, remember } from "./upload/memory.js";
import { fromDrop, fromList } from "./upload/pickers.js";
import { Queue } from "./upload/queue.js";
import { Row } from "./upload/row.js";
import { offerUndo } from "./toast.js";
import { counted, number, word } from "./words.js";

/** More rows than this only slow the page down; the files behind them are counted, and come up as rows go. */
const MOST_ROWS = 100;

const page = document.querySelector("[data-share]");
const list = page.querySelector("[data-rows]");
const bar = page.querySelector("[data-share-bar]");
const more = page.querySelector("[data-more]");
const rows = new Map();
const behind = [];
let common = {};
let summing = false;

const queue = new Queue((upload) => {
  rows.get(upload)?.draw();
  sumUpSoon();
});

page.hidden = false;
attachInputs();
attachDrop();
attachPaste();
attachBar();
attachUnfinished();

async function take(batches) {
  for await (const batch of batches) {
    for (const { file, handle } of batch) {
      if (queue.has(file)) continue;
      markResumed(file);
      const upload = queue.add({ file, handle, metadata: { ...defaults(), ...common, title: titleOf(file) } });
      if (rows.size < MOST_ROWS) show(upload);
      else behind.push(upload);
    }
    sumUp();
  }
}

/** A title to start from: the name without its extension, with `_` and `-` opened to spaces. */
function titleOf(file) {
  const stem = file.name.replace(/(.)\.[^.]{1,5}$/, "$1");
  return stem.replace(/[_-]+/g, " ").replace(/\s+/g, " ").trim().slice(0, 200) || file.name.slice(0, 200);
}

/** What the template's form has chosen. */
function defaults() {
  const values = {};
  for (const select of document.getElementById("upload-row").content.querySelectorAll("select[name]")) {
    const value = select.querySelector("option[selected]")?.value ?? "";
    if (value !== "") values[select.name] = select.name === "grade" ? Number(value) : value;
  }
  return values;
}

function show(upload) {
  const row = new Row(upload, { act, edited: () => {} });
  rows.set(upload, row);
  list.append(row.element);
}

function act(action, upload) {
  if (action === "pause") upload.pause();
  if (action === "resume" || action === "retry") queue.resume(upload);
  if (action === "cancel") cancel(upload);
  if (action === "apply-all") applyToAll(upload);
  sumUp();
}

function cancel(upload) {
  upload.pause();
  const row = rows.get(upload);
  row.element.hidden = true;
  offerUndo(word("upload-cancelled", { name: upload.file.name }), {
    commit: () => {
      queue.cancel(upload);
      rows.delete(upload);
      row.element.remove();
      fillUp();
      sumUp();
    },
    undo: () => {
      row.element.hidden = false;
      queue.resume(upload);
    },
  });
}

/** Everything but the title. */
function applyToAll(upload) {
  rows.get(upload).read();
  const { title: _, ...shared } = upload.metadata;
  common = shared;
  for (const other of queue.uploads.filter((each) => !each.wanted)) {
    other.metadata = { ...shared, ...(other.metadata.title && { title: other.metadata.title }) };
    rows.get(other)?.fill();
  }
}

function fillUp() {
  while (behind.length > 0 && rows.size < MOST_ROWS) show(behind.shift());
}

/** Rows that are done make room for those behind. */
function makeRoom() {
  if (behind.length === 0) return;
  for (const [upload, row] of rows) {
    if (upload.state !== "ready") continue;
    rows.delete(upload);
    row.element.remove();
  }
  fillUp();
}

function sumUpSoon() {
  if (summing) return;
  summing = true;
  setTimeout(() => {
    summing = false;
    sumUp();
  }, 150);
}

function sumUp() {
  makeRoom();
  const uploads = queue.uploads;
  const toShare = uploads.filter((upload) => upload.sharable && !rows.get(upload)?.element.hidden);
  bar.hidden = uploads.length === 0;
  const share = bar.querySelector('[data-action="share"]');
  share.disabled = toShare.length === 0;
  share.textContent = toShare.length === 0 ? word("share-none") : counted("share", toShare.length);
  bar.querySelector('[data-slot="total"]').textContent = counted("total", uploads.length);
  bar.querySelector('[data-action="pause-all"]').hidden = !uploads.some((upload) => upload.active || upload.state === "queued");
  bar.querySelector('[data-action="resume-all"]').hidden = !uploads.some((upload) => upload.state === "paused");
  more.hidden = behind.length === 0;
  if (behind.length > 0) more.textContent = word("upload-more", { n: number(behind.length) });
  for (const row of rows.values()) row.showApplyAll(uploads.length > 1);
}

function attachInputs() {
  for (const input of page.querySelectorAll('[data-pick="files"], [data-pick="folder"], [data-pick="photo"]')) {
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";
      take(fromList(files));
    });
  }
}

function attachDrop() {
  const zone = page.querySelector("[data-drop-zone]");
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  document.addEventListener("dragenter", (event) => {
    if (carriesFiles(event)) zone.toggleAttribute("data-over", ++depth > 0);
  });
  document.addEventListener("dragleave", (event) => {
    if (carriesFiles(event)) zone.toggleAttribute("data-over", --depth > 0);
  });
  document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    zone.removeAttribute("data-over");
    take(fromDrop(event.dataTransfer));
  });
}

function attachPaste() {
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    take(fromList(files));
  });
}

function attachBar() {
  const on = (action, work) => bar.querySelector(`[data-action="${action}"]`).addEventListener("click", work);
  on("share", () => {
    for (const row of rows.values()) row.read();
    queue.share();
    sumUp();
  });
  on("pause-all", () => queue.uploads.forEach((upload) => upload.pause()));
  on("resume-all", () => queue.uploads.filter((upload) => upload.state === "paused").forEach((upload) => queue.resume(upload)));
}

/** Uploads that were cut off: the same file, chosen again or still held, goes on with what is missing. */
function attachUnfinished() {
  for (const item of page.querySelectorAll("[data-unfinished]")) {
    const id = item.dataset.unfinished;
    const input = item.querySelector('[data-pick="again"]');
    input.addEventListener("click", async (event) => {
      if (!event.isTrusted || item.dataset.asked) return;
      // A file that is held needs only permission; the picker comes when that fails.
      event.preventDefault();
      item.dataset.asked = "yes";
      const file = await heldFile(id, true);
      if (file) goOn(item, file);
      else input.click();
      delete item.dataset.asked;
    });
    input.addEventListener("change", () => goOn(item, input.files[0]));
    item.querySelector("[data-forget]").addEventListener("click", () => forgetUpload(item));
    heldFile(id, false).then((file) => file && goOn(item, file));
  }
}

function goOn(item, file) {
  if (!file || file.size !== Number(item.dataset.size)) return;
  remember(file, item.dataset.unfinished);
  leave(item);
  take([[{ file, handle: null }]]);
}

/** The file was dropped or chosen elsewhere on the page: its line has nothing to ask any more. */
function markResumed(file) {
  for (const item of page.querySelectorAll("[data-unfinished]")) {
    if (item.dataset.filename === file.name && Number(item.dataset.size) === file.size) {
      remember(file, item.dataset.unfinished);
      leave(item);
    }
  }
}

function forgetUpload(item) {
  const id = item.dataset.unfinished;
  item.hidden = true;
  offerUndo(word("upload-cancelled", { name: item.dataset.filename }), {
    commit: () => {
      forget(id);
      dropFile(id);
      leave(item);
      call("DELETE", `/api/v1/uploads/${encodeURIComponent(id)}`, { keepalive: true }).catch(() => {
        // The server sweeps what is abandoned.
      });
    },
    undo: () => {
      item.hidden = false;
    },
  });
}

function leave(item) {
  item.remove();
  const section = page.querySelector("[data-unfinished-list]");
  section.hidden = section.querySelector("[data-unfinished]") === null;
}
