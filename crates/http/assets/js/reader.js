// The reader: one long scroll of the pages with what is needed to read them, or a player, or waiting
// until there is something to read. Without this module pages are turned by plain links.
import { call, Problem } from "./api.js";
import { follow } from "./follow.js";
import { showReading } from "./progress.js";
import { attachCopy } from "./reader/copy.js";
import { Hits } from "./reader/hits.js";
import { openMedia } from "./reader/media.js";
import { attachMenu } from "./reader/menu.js";
import { attachPageBar } from "./reader/pagebar.js";
import { Panel } from "./reader/panel.js";
import { Place } from "./reader/place.js";
import { attachRecognition } from "./reader/recognition.js";
import { Stage } from "./reader/stage.js";
import { Zoom } from "./reader/zoom.js";

const reader = document.querySelector("[data-reader]");
const stage = reader.querySelector("[data-stage]");
const player = reader.querySelector("[data-media]");
if (stage) openPages(reader, stage);
if (player) openMedia(reader, player);
attachRecognition(reader);
waitUntilReady(reader);

function openPages(reader, element) {
  const place = new Place(reader.dataset.url);
  const pages = new Stage(element, reader.dataset.url);
  reader.toggleAttribute("data-live", true);
  const zoom = new Zoom(reader, pages);
  const panel = new Panel(reader, pages);
  const hits = new Hits(reader, pages, panel, place);
  attachPageBar(reader, pages);
  attachMenu(reader, { pages, zoom, panel });
  attachCopy(element);
  zoom.restore();
  pages.open(place.page, hits.query);
  hits.open(place.query);
  place.follow(pages, hits);
  attachJumps(reader, pages, panel);
  contents(reader.dataset.material).then((contents) => {
    if (contents) pages.describe(contents.pages);
  });
}

/** Sizes and labels of all pages; without them every page is as large as the first until it is there. */
async function contents(id) {
  try {
    return await call("GET", `/api/v1/materials/${encodeURIComponent(id)}/contents`);
  } catch (error) {
    if (!(error instanceof Problem)) console.warn("contents did not arrive", error);
    return null;
  }
}

/** Links to pages of this material move within it; with a modifier key they are links. */
function attachJumps(reader, pages, panel) {
  reader.addEventListener("click", (event) => {
    const link = event.target.closest("[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    panel.leave();
    pages.goTo(Number(link.dataset.go), { jump: true });
    if (link.closest("[data-found]")) pages.dispatchEvent(new CustomEvent("found", { detail: Number(link.dataset.go) }));
  });
}

function waitUntilReady(reader) {
  const card = reader.querySelector("[data-follow]");
  if (card) follow(card.dataset.follow, (progress) => showReading(card, progress)).then((material) => material && location.reload());
}
