// Beside the pages: all of them in small, the contents, where words were found. Small pictures are asked
// for when they come into view.
import { number, word } from "../words.js";

const PATIENCE_MS = 2000;
const WIDE = matchMedia("(min-width: 64rem)");

export class Panel {
  #reader;
  #stage;
  #element;
  #thumbs = [];
  #outline = [];
  #shown = "pages";

  constructor(reader, stage) {
    this.#reader = reader;
    this.#stage = stage;
    this.#element = reader.querySelector("[data-panel]");
    this.#outline = [...this.#element.querySelectorAll('[data-part="outline"] [data-go]')];
    this.#element.querySelector('[data-tab="outline"]').hidden = this.#outline.length === 0;
    this.#fillThumbs();
    this.#attach();
    this.show(this.#element.querySelector("[data-found] [data-go]") ? "found" : "pages", { quietly: true });
    this.toggle("panel", WIDE.matches);
    this.toggle("about", matchMedia("(min-width: 80rem)").matches);
  }

  /** Opens a part; `quietly` leaves the panel closed if it is. */
  show(part, { quietly = false } = {}) {
    this.#shown = part;
    for (const each of this.#element.querySelectorAll("[data-part]")) each.hidden = each.dataset.part !== part;
    for (const tab of this.#element.querySelectorAll("[data-tab]")) {
      tab.ariaSelected = String(tab.dataset.tab === part);
      tab.tabIndex = tab.dataset.tab === part ? 0 : -1;
    }
    if (!quietly) this.toggle("panel", true);
    this.#follow();
  }

  /** `panel` or `about`: opens or closes it. */
  toggle(name, open = !this.#reader.hasAttribute(`data-${name}-open`)) {
    this.#reader.toggleAttribute(`data-${name}-open`, open);
    if (open && !WIDE.matches) this.#reader.toggleAttribute(`data-${name === "panel" ? "about" : "panel"}-open`, false);
    for (const button of this.#reader.querySelectorAll(`[data-toggle="${name}"], [data-do="${name}"]`)) button.ariaExpanded = String(open);
    if (open) this.#follow();
  }

  /** Where the panel lies over the pages it goes away once something was chosen in it. */
  leave() {
    if (!WIDE.matches) this.toggle("panel", false);
  }

  #fillThumbs() {
    const list = this.#element.querySelector("[data-thumbs] ol");
    const served = new Map([...list.querySelectorAll("[data-go]")].map((link) => [Number(link.dataset.go), link]));
    const pattern = [...served.values()][0]?.querySelector("img")?.getAttribute("src") ?? "";
    for (const link of served.values()) postpone(link);
    const items = document.createDocumentFragment();
    for (let page = 1; page <= this.#stage.count; page += 1) {
      const link = served.get(page) ?? this.#thumb(page, pattern);
      this.#thumbs.push(link);
      const item = link.parentElement ?? document.createElement("li");
      item.append(link);
      items.append(item);
    }
    list.replaceChildren(items);
    const watcher = new IntersectionObserver((entries) => entries.forEach((entry) => entry.isIntersecting && this.#draw(entry.target, watcher)), { root: this.#element, rootMargin: "40% 0px" });
    // The page itself comes first: drawing a picture keeps the server busy.
    shown(this.#stage.leaf(this.#stage.page)).then(() => {
      for (const link of this.#thumbs) if (!link.querySelector("img")) watcher.observe(link);
    });
  }

  #thumb(page, pattern) {
    const link = document.createElement("a");
    link.className = "thumb";
    link.href = `${this.#stage.url}#page=${page}`;
    link.dataset.go = page;
    link.ariaLabel = word("page-n", { n: page });
    const sheet = document.createElement("span");
    sheet.className = "thumb-drawn";
    const name = document.createElement("span");
    name.className = "thumb-number";
    name.ariaHidden = "true";
    name.textContent = number(page);
    link.append(sheet, name);
    link.dataset.picture = pattern.replace(/(pages?[/-])\d+/, `$1${page}`);
    return link;
  }

  #draw(link, watcher) {
    watcher.unobserve(link);
    if (!link.dataset.picture) return;
    const picture = new Image(120, 170);
    picture.alt = "";
    picture.decoding = "async";
    picture.src = link.dataset.picture;
    link.querySelector(".thumb-drawn")?.replaceWith(picture);
  }

  /** The page that is read, in whatever is shown. */
  #follow() {
    const { page } = this.#stage;
    for (const link of this.#element.querySelectorAll("[data-thumbs] [aria-current]")) link.ariaCurrent = null;
    this.#thumbs[page - 1].ariaCurrent = "page";
    const entry = this.#outline.findLast((link) => Number(link.dataset.go) <= page);
    for (const link of this.#outline) link.ariaCurrent = link === entry ? "true" : null;
    const current = { pages: this.#thumbs[page - 1], outline: entry }[this.#shown];
    const part = current?.closest("[data-part]");
    if (!part || part.hidden || part.matches(":hover, :focus-within")) return;
    const place = current.getBoundingClientRect();
    const window = part.getBoundingClientRect();
    if (place.top < window.top || place.bottom > window.bottom) part.scrollTop += place.top - window.top - (window.height - place.height) / 2;
  }

  #attach() {
    this.#stage.addEventListener("page", () => this.#follow());
    this.#stage.addEventListener("labels", () => this.#name());
    this.#element.addEventListener("click", (event) => {
      const tab = event.target.closest("[data-tab]");
      if (tab) this.show(tab.dataset.tab);
    });
    this.#element.querySelector("[role=tablist]").addEventListener("keydown", (event) => this.#walkTabs(event));
    this.#reader.addEventListener("click", (event) => {
      const toggle = event.target.closest("[data-toggle]");
      if (toggle) this.toggle(toggle.dataset.toggle);
    });
    this.#reader.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !WIDE.matches && this.#reader.matches("[data-panel-open], [data-about-open]")) {
        this.toggle("panel", false);
        this.toggle("about", false);
      }
    });
  }

  #name() {
    this.#stage.labels.forEach((label, at) => {
      if (label) {
        this.#thumbs[at].title = label;
        this.#thumbs[at].ariaLabel = word("page-labelled", { n: at + 1, label });
      }
      const short = this.#stage.shortLabel(at + 1);
      if (short) this.#thumbs[at].querySelector(".thumb-number").textContent = short;
    });
  }

  /** As the ARIA practices have it: arrows choose, and what is chosen has the focus. */
  #walkTabs(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = [...this.#element.querySelectorAll("[data-tab]:not([hidden])")];
    const by = getComputedStyle(this.#element).direction === "rtl" ? -step : step;
    const next = tabs[(tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length];
    event.preventDefault();
    this.show(next.dataset.tab);
    next.focus();
  }
}

/** A small picture that is still on its way is asked for again when its turn comes. */
function postpone(link) {
  const picture = link.querySelector("img");
  if (!picture || picture.complete) return;
  link.dataset.picture = picture.getAttribute("src");
  picture.removeAttribute("src");
  const sheet = document.createElement("span");
  sheet.className = "thumb-drawn";
  picture.replaceWith(sheet);
}

/** When the picture of a page is there, or long awaited. */
function shown(leaf) {
  const picture = leaf.querySelector("img");
  if (!picture || picture.complete) return Promise.resolve();
  return new Promise((done) => {
    picture.addEventListener("load", done, { once: true });
    picture.addEventListener("error", done, { once: true });
    setTimeout(done, PATIENCE_MS);
  });
}
