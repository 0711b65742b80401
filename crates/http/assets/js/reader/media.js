// A film or a recording: a line of what is said plays from there, and the line that is said now stands out.
import { readAddress } from "./place.js";

export function openMedia(reader, element) {
  const player = element.querySelector(".player");
  const lists = [...element.querySelectorAll("[data-times]")].map((list) => ({ list, rows: [...list.querySelectorAll("[data-ms]")], now: null }));
  let renewed = 0;
  if (!begin()) return;

  element.addEventListener("click", (event) => {
    const cue = event.target.closest("[data-ms]");
    if (!cue || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    seek(Number(cue.dataset.ms));
    player.play().catch(() => {});
    history.replaceState(null, "", cue.href);
  });
  player.addEventListener("timeupdate", follow);
  player.addEventListener("seeked", follow);
  player.addEventListener("error", renew);
  // What is looked for in it: the marked lines, one after the other.
  const steps = lists.flatMap(({ rows }) => rows).filter((cue) => cue.querySelector("mark"));
  reader.addEventListener("click", (event) => {
    const step = event.target.closest('[data-step^="hit-"]');
    if (!step || steps.length === 0) return;
    event.preventDefault();
    const now = player.currentTime * 1000;
    const next = steps.find((cue) => Number(cue.dataset.ms) > now + 50) ?? steps[0];
    const before = steps.findLast((cue) => Number(cue.dataset.ms) < now - 1500) ?? steps.at(-1);
    seek(Number((step.dataset.step === "hit-next" ? next : before).dataset.ms));
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== document.body || event.ctrlKey || event.metaKey || event.altKey) return;
    const skip = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
    if (skip) player.currentTime += skip;
    else if (event.key === " ") player.paused ? player.play().catch(() => {}) : player.pause();
    else return;
    event.preventDefault();
  });
  follow();

  /** What a link says behind its `#`: a page is a place to play from, what is looked for the server marks. */
  function begin() {
    const { page, query } = readAddress();
    const asked = new URLSearchParams(location.search).get("q")?.trim() ?? "";
    if (query && query !== asked) {
      location.replace(`${reader.dataset.url}?${new URLSearchParams({ page: page ?? 1, q: query })}`);
      return false;
    }
    const line = location.hash && page ? element.querySelector(`[data-page="${page}"][data-ms]`) : null;
    if (line) seek(Number(line.dataset.ms));
    return true;
  }

  function seek(ms) {
    element.dataset.startMs = ms;
    player.currentTime = ms / 1000;
    follow();
  }

  function follow() {
    const start = player.readyState === 0 ? Number(element.dataset.startMs) : player.currentTime * 1000 + 50;
    for (const each of lists) {
      const row = each.rows.findLast((row) => Number(row.dataset.ms) <= start) ?? null;
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
