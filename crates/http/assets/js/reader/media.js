// A film or a recording: a line of what is said plays from there, and the line that is said now stands out.
import { word } from "../words.js";
import { readAddress } from "./place.js";

export function openMedia(reader, element) {
  const player = element.querySelector(".player");
  const lists = [...element.querySelectorAll("[data-times]")].map((list) => ({ list, rows: rowsOf(list, "[data-ms]:not(.cue-title)"), now: null }));
  let renewed = 0;
  if (!begin()) return;

  element.addEventListener("click", (event) => {
    const cue = event.target.closest("[data-ms]");
    if (!cue || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    seek(Number(cue.dataset.ms));
    player.play().catch(() => {});
    history.replaceState(null, "", addressOf(cue));
  });
  player.addEventListener("timeupdate", follow);
  player.addEventListener("seeked", follow);
  player.addEventListener("error", renew);
  addEventListener("hashchange", begin);
  stepFromHitToHit(reader, element, { now: () => player.currentTime * 1000, playing: () => !player.paused, seek });
  document.addEventListener("keydown", (event) => {
    if (event.target !== document.body || event.ctrlKey || event.metaKey || event.altKey) return;
    const skip = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
    if (skip) player.currentTime += skip;
    else if (event.key === " ") player.paused ? player.play().catch(() => {}) : player.pause();
    else return;
    event.preventDefault();
  });
  follow();

  /** What a link says behind its `#`: a time or a page is a place to play from, what is looked for the server marks. */
  function begin() {
    const { page, query, ms } = readAddress();
    const asked = new URLSearchParams(location.search).get("q")?.trim() ?? "";
    if (query && query !== asked) {
      const time = ms === null ? "" : `#t=${ms / 1000}`;
      location.replace(`${reader.dataset.url}?${new URLSearchParams({ page: page ?? 1, q: query })}${time}`);
      return false;
    }
    const line = location.hash && page ? element.querySelector(`[data-page="${page}"] [data-ms]`) : null;
    if (ms !== null) seek(ms);
    else if (line && new URLSearchParams(location.search).get("page") !== String(page)) seek(Number(line.dataset.ms));
    return true;
  }

  function seek(ms) {
    element.dataset.startMs = ms;
    player.currentTime = ms / 1000;
    follow();
  }

  function follow() {
    const now = player.readyState === 0 ? Number(element.dataset.startMs) : player.currentTime * 1000 + 50;
    for (const each of lists) {
      const row = each.rows[lastAt(each.rows, now)]?.row ?? null;
      if (row === each.now) continue;
      each.now?.removeAttribute("aria-current");
      row?.setAttribute("aria-current", "true");
      each.now = row;
      const { list } = each;
      if (row && !list.matches(":hover, :focus-within")) list.scrollTop += row.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
    }
  }

  /** The address of the bytes holds for some minutes: a new one, at the same place, once in a while. */
  function renew() {
    const at = player.currentTime;
    if (at === 0 || Date.now() - renewed < 10_000) {
      element.querySelector('[data-slot="trouble"]').hidden = false;
      return;
    }
    renewed = Date.now();
    const playing = !player.paused;
    player.src = `${element.dataset.source}#t=${at}`;
    if (playing) player.play().catch(() => {});
  }
}

/** The lines of a list by their times; a film of hours has thousands. */
function rowsOf(list, which = "[data-ms]") {
  const rows = [...list.querySelectorAll(which)].map((row) => ({ row, ms: Number(row.dataset.ms) }));
  return rows.sort((one, other) => one.ms - other.ms);
}

/** The last that has begun, or -1. */
function lastAt(rows, now) {
  let low = -1;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rows[middle].ms <= now) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The page of a line with the second at which it plays, to be shared. */
function addressOf(cue) {
  const address = new URL(cue.href);
  address.searchParams.delete("at");
  address.hash = `t=${Number(cue.dataset.ms) / 1000}`;
  return address;
}

/** A title does not move the list by being said. */
function bring(row) {
  const list = row.closest("[data-times]");
  const [place, window] = [row.getBoundingClientRect(), list.getBoundingClientRect()];
  if (place.top < window.top || place.bottom > window.bottom) list.scrollTop += place.top - window.top - list.clientHeight / 3;
}

/** What is looked for in it: the marked lines, one after the other, around the ends. */
function stepFromHitToHit(reader, element, { now, playing, seek }) {
  const hits = rowsOf(element).filter(({ row }) => row.querySelector("mark"));
  const count = reader.querySelector('[data-slot="find-count"]');
  if (!count || count.textContent === "") return;
  if (hits.length === 0) {
    count.textContent = word("hit-none");
    return;
  }
  for (const step of reader.querySelectorAll('[data-step^="hit-"]')) {
    step.classList.remove("icon-button-off");
    step.ariaDisabled = null;
    step.dataset.key = step.dataset.step === "hit-next" ? "n" : "p";
    step.href ||= "#";
    step.addEventListener("click", (event) => {
      event.preventDefault();
      select(next(step.dataset.step === "hit-next" ? 1 : -1), { play: true });
    });
  }
  let at = hits.findIndex(({ ms }) => Math.abs(ms - Number(element.dataset.startMs)) < 100);
  select(at, { play: false });

  /** From the hit that one is at, or else from what plays. */
  function next(by) {
    const time = now();
    const here = at >= 0 && (Math.abs(hits[at].ms - time) < 100 || !playing());
    const from = here ? at : by > 0 ? lastAt(hits, time) : lastAt(hits, time - 1500) + 1;
    return (from + by + hits.length) % hits.length;
  }

  function select(which, { play }) {
    for (const mark of element.querySelectorAll(".hit-now")) mark.classList.remove("hit-now");
    at = which;
    count.textContent = word("hit-of", { n: Math.max(1, at + 1), total: hits.length });
    if (at < 0) return;
    for (const mark of hits[at].row.querySelectorAll("mark")) mark.classList.add("hit-now");
    bring(hits[at].row);
    if (play) seek(hits[at].ms);
  }
}
