// The day board: live, by keyboard, and without leaving the page when something is said of a row.
//
// The rows are the server's. Each cell is put in again only when the server's own text of it has changed,
// and never under somebody's hands: a cell with the focus, a typed comment or a playing video waits.
import { announce, word } from "./words.js";

const page = document.querySelector("[data-board-page]");
const live = document.querySelector("[data-board-live]");
const board = () => page.querySelector("[data-board]");
const rows = () => [...page.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
/** What the server last said of each cell. */
const said = new Map();
let looking = false;
let lookAgain = false;
/** Whether something new waits for somebody's hands to leave it. */
let held = false;

note(board());
listen();
attachForms();
attachKeys();
attachPrint();

/** Remembers the cells of a board as the server wrote them. */
function note(part) {
  for (const cell of part.querySelectorAll("[data-cell]")) said.set(nameOf(cell), cell.innerHTML);
}

function nameOf(cell) {
  return `${cell.closest("[data-row]")?.dataset.row ?? ""}/${cell.dataset.cell}`;
}

/** Told of changes by the server; an event source connects again by itself. */
function listen() {
  const events = new EventSource(page.dataset.events);
  events.addEventListener("open", () => show(true));
  events.addEventListener("error", () => show(false));
  events.addEventListener("board", (event) => {
    if (String(JSON.parse(event.data).revision) !== board().dataset.revision) look();
  });
  addEventListener("pagehide", () => events.close());
  for (const left of ["focusout", "pause", "ended"]) page.addEventListener(left, () => held && setTimeout(look), true);
}

function show(connected) {
  live.textContent = word(connected ? "board-live" : "board-away");
  live.toggleAttribute("data-away", !connected);
}

/** Fetches the rows; asked for while it does, it does so once more. */
async function look() {
  if (looking) {
    lookAgain = true;
    return;
  }
  looking = true;
  held = false;
  try {
    const answer = await fetch(board().dataset.rows, { headers: { accept: "text/html" }, credentials: "same-origin" });
    if (answer.ok) put(await answer.text());
  } catch {
    // The events say when there is something to look at again.
  }
  looking = false;
  if (lookAgain) {
    lookAgain = false;
    look();
  }
}

function put(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-board]");
  if (!fresh) return;
  const here = board();
  const list = here.querySelector("[data-board-rows]");
  const before = new Map([...list.children].map((row) => [row.dataset.row, row]));
  const at = document.activeElement.closest("[data-row]");
  putCells(here.querySelector('[data-cell="bar"]'), fresh.querySelector('[data-cell="bar"]'));
  let place = null;
  for (const row of [...fresh.querySelectorAll("[data-row]")]) {
    const known = before.get(row.dataset.row);
    before.delete(row.dataset.row);
    if (known) putRow(known, row);
    else note(row);
    place = settle(list, known ?? document.adoptNode(row), place);
  }
  for (const gone of before.values()) if (!busy(gone)) gone.remove();
  // A row that was moved, or a button in it that was put in again, loses the focus.
  if (at?.isConnected && document.activeElement === document.body) at.focus({ preventScroll: true });
  here.querySelector("[data-board-empty]")?.remove();
  here.dataset.revision = fresh.dataset.revision;
}

/** Puts a row behind another one; a row in somebody's hands stays where it is. */
function settle(list, row, after) {
  const next = after ? after.nextElementSibling : list.firstElementChild;
  if (row !== next && !(row.parentNode === list && busy(row))) list.insertBefore(row, next);
  return row;
}

function putRow(row, fresh) {
  const arrived = !row.querySelector("video") && fresh.querySelector("video");
  const shape = (each) => [...each.querySelectorAll("[data-cell]")].map((cell) => cell.dataset.cell).join();
  row.dataset.state = fresh.dataset.state;
  const reshaped = shape(row) !== shape(fresh);
  if (reshaped && busy(row)) held = true;
  if (reshaped && !busy(row)) {
    const [picked, open] = [row.querySelector("[data-pick]").checked, row.querySelector("[data-work]").open];
    note(fresh);
    row.replaceChildren(...fresh.childNodes);
    row.querySelector("[data-pick]").checked = picked;
    row.querySelector("[data-work]").open = open;
  } else {
    for (const cell of fresh.querySelectorAll("[data-cell]")) putCells(row.querySelector(`[data-cell="${cell.dataset.cell}"]`), cell);
  }
  if (!arrived) return;
  row.toggleAttribute("data-new", true);
  announce(word("board-arrived", { name: row.dataset.name }));
}

function putCells(cell, fresh) {
  if (!cell || said.get(nameOf(cell)) === fresh.innerHTML) return;
  if (busy(cell)) {
    held = true;
    return;
  }
  said.set(nameOf(cell), fresh.innerHTML);
  cell.replaceChildren(...fresh.childNodes);
}

/** Whether somebody has it in their hands. */
function busy(element) {
  const video = element.querySelector("video");
  if (video && !video.paused && !video.ended) return true;
  const focus = document.activeElement;
  if (focus !== element && element.contains(focus) && focus.matches("input:not([type=checkbox]), textarea, video")) return true;
  return [...element.querySelectorAll("textarea, input[name=reason]")].some((field) => field.value !== field.defaultValue);
}

/** What is said of rows goes by itself; the page stays. */
function attachForms() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-review], [data-mark], [data-bulk]");
    if (!form) return;
    event.preventDefault();
    const row = form.closest("[data-row]");
    const ok = await send(form, event.submitter);
    if (!ok) return;
    for (const field of form.querySelectorAll("textarea, input[name=reason]")) field.defaultValue = field.value;
    if (form.matches("[data-bulk], [data-mark]")) form.reset();
    for (const pick of form.matches("[data-bulk]") ? page.querySelectorAll("[data-pick]:checked") : []) pick.checked = false;
    announce(word("board-saved", { name: row?.dataset.name ?? "" }));
    if (row && form.contains(document.activeElement)) row.focus();
    look();
  });
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" }, credentials: "same-origin" });
    if (answer.ok) return true;
  } catch {
    // Said below, like any other refusal.
  }
  const field = form.querySelector("textarea, input[name=reason]");
  field?.setAttribute("aria-invalid", "true");
  field?.focus();
  announce(word("problem-unknown"));
  return false;
}

/** Before the keys of all pages, which know no rows and would leave a field for nowhere. */
function attachKeys() {
  const listener = (event) => {
    if (event.altKey || event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const row = event.target.closest?.("[data-row]");
    const act = isWriting(event.target) ? whileWriting(event, row) : event.ctrlKey || event.metaKey ? null : keyed(event, row);
    if (!act) return;
    event.preventDefault();
    act();
  };
  document.addEventListener("keydown", listener, true);
}

function isWriting(element) {
  return element.matches?.("input:not([type=checkbox]), textarea, select");
}

/** Escape leaves a field for its row, and keeps what was typed; Ctrl and Enter send a comment. */
function whileWriting(event, row) {
  if (!row) return null;
  if (event.key === "Escape") return () => row.focus();
  const again = event.target.form?.querySelector("[data-again]");
  const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea");
  return sends && again ? () => event.target.form.requestSubmit(again) : null;
}

function keyed(event, row) {
  if (event.key === "j" || event.key === "n") return () => step(row, 1);
  if (event.key === "k" || event.key === "p") return () => step(row, -1);
  if (!row) return null;
  // Arrows belong to a player while it has the focus.
  const arrows = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (arrows && !event.target.matches("video")) return beside(row, arrows) && (() => step(row, arrows));
  if (event.key === "Enter" && event.target === row) return () => play(row);
  if (event.key === "a") return () => row.querySelector("[data-accept]")?.click();
  if (event.key === "r") return () => ask(row);
  if (event.key === "Escape") return () => close(row);
  return null;
}

function beside(row, by) {
  const all = rows();
  return row ? all[all.indexOf(row) + by] : all[by > 0 ? 0 : all.length - 1];
}

function step(row, by) {
  const next = beside(row, by);
  if (!next) return;
  if (row) close(row);
  next.focus();
}

function close(row) {
  row.querySelector("video")?.pause();
  row.querySelector("[data-work]").open = false;
  row.focus();
}

function play(row) {
  const work = row.querySelector("[data-work]");
  const video = row.querySelector("video");
  work.open = true;
  if (!video) return;
  if (video.paused) video.play().catch(() => {});
  else video.pause();
}

/** Asking again needs a reason: the comment is at hand. */
function ask(row) {
  const comment = row.querySelector("[data-review] textarea");
  if (!comment) return;
  row.querySelector("[data-work]").open = true;
  comment.focus();
}

function attachPrint() {
  const button = document.querySelector("[data-print]");
  button.hidden = false;
  button.addEventListener("click", () => print());
}
