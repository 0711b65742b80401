// The reader: zoom, the hit in view, the shown page among the small ones, waiting until it is ready.
// Turning pages and stepping through hits are plain links; `keys.js` presses them.
import { follow } from "./follow.js";
import { showReading } from "./progress.js";

const ZOOMS = [75, 100, 125, 150, 200, 300];

const reader = document.querySelector("[data-reader]");
attachZoom(reader);
showHit(reader);
showThumb(reader);
waitUntilReady(reader);

function attachZoom(reader) {
  const control = reader.querySelector("[data-zoom-control]");
  const sheet = reader.querySelector("[data-sheet]");
  if (!control || !sheet) return;
  control.hidden = false;
  const shown = control.querySelector('[data-zoom="value"]');
  let zoom = remembered();
  apply();

  function step(by) {
    zoom = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, ZOOMS.indexOf(zoom) + by))];
    remember(zoom);
    apply();
  }

  function apply() {
    sheet.dataset.zoom = zoom;
    shown.textContent = `${zoom}%`;
  }

  control.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-zoom]");
    if (button) step(button.dataset.zoom === "in" ? 1 : -1);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    if (event.key === "+" || event.key === "=") step(1);
    if (event.key === "-") step(-1);
  });
}

/** The zoom goes with the tab, from page to page. */
function remembered() {
  const zoom = Number(sessionStorage.getItem("homeroom.zoom"));
  return ZOOMS.includes(zoom) ? zoom : 100;
}

function remember(zoom) {
  sessionStorage.setItem("homeroom.zoom", String(zoom));
}

function showHit(reader) {
  const hit = reader.querySelector(".hit-box, .sheet-text mark");
  if (!hit) return;
  const place = hit.getBoundingClientRect();
  if (place.bottom > innerHeight * 0.85) hit.scrollIntoView({ block: "center" });
}

function showThumb(reader) {
  const list = reader.querySelector("[data-thumbs]");
  const current = list?.querySelector("[aria-current]");
  if (current) list.scrollTop = current.offsetTop - list.clientHeight / 2 + current.clientHeight / 2;
}

function waitUntilReady(reader) {
  const card = reader.querySelector("[data-follow]");
  if (card) follow(card.dataset.follow, (progress) => showReading(card, progress)).then((material) => material && location.reload());
}
