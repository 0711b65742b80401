// The pages under each other. Each has its place from the start; only those near the window have content,
// which is the same markup that the server puts into a page by itself.
//
// Events: `page` when another page is read, `leaf` when the content of a page arrived.
import { word } from "../words.js";

/** Pages keep their content this far from the page that is read. */
const KEPT = 6;
const PAUSE_MS = 60;

export class Stage extends EventTarget {
  #leaves = [];
  #loading = new Map();
  #near = new Set();
  #query = "";
  #settling;

  constructor(element, url) {
    super();
    this.element = element;
    this.url = url;
    this.list = element.querySelector("[data-leaves]");
    this.count = Number(element.dataset.count);
    this.pictures = element.dataset.layout === "pictures";
    const first = this.list.querySelector(".leaf");
    this.page = Number(first.dataset.page);
    this.sizes = Array(this.count).fill(sizeOf(first));
    this.labels = Array(this.count).fill(null);
    this.labels[this.page - 1] = first.dataset.label ?? null;
    this.#adopt(first);
    this.list.addEventListener("error", ({ target }) => target.matches("img") && withoutPicture(target), true);
    for (const picture of first.querySelectorAll("img")) if (picture.complete && picture.naturalWidth === 0) withoutPicture(picture);
  }

  /** Begins with a page in view; `query` is what the one that came with the document was made with. */
  open(page, query) {
    this.#query = query;
    this.#watch();
    this.goTo(page ?? this.page);
  }

  /** What the words are that the server marks in pages from now on. */
  set query(query) {
    if (query === this.#query) return;
    this.#query = query;
    for (const leaf of this.#leaves) {
      if ("stale" in leaf.dataset || leaf.childElementCount > 0) leaf.dataset.stale = "";
    }
    this.#load();
  }

  /** Sizes and labels of all pages, once they are known. */
  describe(pages) {
    this.keeping(() => {
      for (const { number, label, width, height } of pages) {
        if (number > this.count) continue;
        this.labels[number - 1] = label ?? null;
        if (width > 0 && height > 0) this.#resize(number, { width, height });
      }
    });
    this.dispatchEvent(new Event("labels"));
  }

  leaf(page) {
    return this.#leaves[page - 1];
  }

  isLoaded(page) {
    const leaf = this.leaf(page);
    return leaf.childElementCount > 0 && !("stale" in leaf.dataset);
  }

  /** The widest page, in points, as it is turned. */
  widest(turned) {
    return Math.max(...this.sizes.map(({ width, height }) => (turned ? height : width)));
  }

  /** Brings a page to the top; `jump` says that one may want to come back. */
  goTo(page, { jump = false } = {}) {
    page = Math.min(this.count, Math.max(1, page));
    const leaf = this.leaf(page);
    this.element.scrollTop += leaf.getBoundingClientRect().top - this.element.getBoundingClientRect().top - 8;
    this.#read(page, jump);
    this.#load();
  }

  /** Does something that moves the pages, and keeps what is looked at where it is. */
  keeping(change) {
    const { element } = this;
    const leaf = this.leaf(this.page);
    const before = leaf.getBoundingClientRect();
    const top = element.getBoundingClientRect().top;
    const share = before.height > 0 ? (top - before.top) / before.height : 0;
    change();
    const after = leaf.getBoundingClientRect();
    element.scrollTop += after.top - top + share * after.height;
  }

  /** What stands in place of a page's number, such as "iv"; longer labels are names. */
  shortLabel(page) {
    const label = this.labels[page - 1];
    return label && [...label].length <= 8 ? label : null;
  }

  /** The page that a number or a label means. */
  find(text) {
    const label = text.trim().toLocaleLowerCase();
    const labelled = this.labels.findIndex((each) => each?.toLocaleLowerCase() === label);
    if (labelled >= 0) return labelled + 1;
    const number = Number(label);
    return Number.isInteger(number) && number >= 1 && number <= this.count ? number : null;
  }

  /** Makes room for every page around the one that came with the document. */
  #adopt(first) {
    const before = document.createDocumentFragment();
    const after = document.createDocumentFragment();
    for (let page = 1; page <= this.count; page += 1) {
      const leaf = page === this.page ? first : emptyLeaf(page);
      this.#leaves.push(leaf);
      this.#measure(leaf, this.sizes[page - 1]);
      if (page < this.page) before.append(leaf);
      if (page > this.page) after.append(leaf);
    }
    this.list.prepend(before);
    this.list.append(after);
  }

  #resize(page, size) {
    const known = this.sizes[page - 1];
    if (known.width === size.width && known.height === size.height) return;
    this.sizes[page - 1] = size;
    this.#measure(this.leaf(page), size);
  }

  #measure(leaf, { width, height }) {
    if (!this.pictures) return;
    leaf.style.setProperty("--page-w", width);
    leaf.style.setProperty("--page-h", height);
  }

  #watch() {
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) this.#near.add(target);
          else this.#near.delete(target);
        }
        this.#settle();
      },
      { root: this.element, rootMargin: "100% 0px" },
    );
    for (const leaf of this.#leaves) watcher.observe(leaf);
    this.element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  #scrolled() {
    const page = this.#pageInView();
    if (page !== this.page) this.#read(page, false);
    this.#settle();
  }

  #settle() {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#load(), PAUSE_MS);
  }

  /** The page at a third of the window's height. */
  #pageInView() {
    const { top, height } = this.element.getBoundingClientRect();
    const line = top + height / 3;
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#leaves[middle].getBoundingClientRect().top <= line) low = middle;
      else high = middle - 1;
    }
    // Of two pages side by side the first is read, unless one went to the second.
    const row = this.#leaves[low].getBoundingClientRect().top;
    const beside = Math.abs(this.leaf(this.page).getBoundingClientRect().top - row) < 1;
    return beside ? this.page : low + 1;
  }

  #read(page, jump) {
    const before = this.page;
    this.page = page;
    this.dispatchEvent(new CustomEvent("page", { detail: { page, before, jump } }));
  }

  /** Content for what is near, nearest first, and none for what is far. */
  #load() {
    const near = new Set([this.page]);
    for (const leaf of this.#near) near.add(Number(leaf.dataset.page));
    for (const leaf of this.#leaves) {
      const page = Number(leaf.dataset.page);
      if (!near.has(page) && Math.abs(page - this.page) > KEPT) this.#empty(leaf, page);
    }
    for (const [page, request] of this.#loading) if (!near.has(page)) request.abort();
    const wanted = [...near].filter((page) => !this.isLoaded(page) && !this.#loading.has(page));
    for (const page of wanted.sort((one, other) => Math.abs(one - this.page) - Math.abs(other - this.page))) this.#fetch(page);
  }

  #empty(leaf, page) {
    if (leaf.childElementCount === 0) return;
    if (!this.pictures) leaf.style.minBlockSize = `${leaf.offsetHeight}px`;
    leaf.toggleAttribute("data-noted", leaf.querySelector(".notes") !== null);
    leaf.replaceChildren();
    this.#loading.get(page)?.abort();
  }

  async #fetch(page) {
    const request = new AbortController();
    const query = this.#query;
    this.#loading.set(page, request);
    try {
      const answer = await fetch(`${this.url}/leaves/${page}?q=${encodeURIComponent(query)}`, { signal: request.signal, credentials: "same-origin" });
      if (!answer.ok) throw new Error(`${answer.status}`);
      this.#show(page, await answer.text(), query);
    } catch (error) {
      if (error.name !== "AbortError") this.#missing(page);
    } finally {
      if (this.#loading.get(page) === request) this.#loading.delete(page);
      if (query !== this.#query) this.#settle();
    }
  }

  #show(page, html, query) {
    const leaf = this.leaf(page);
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = template.content.querySelector(".leaf");
    const shown = leaf.querySelector("img");
    const size = sizeOf(fresh);
    // The same picture stays where it is: only what lies over it is new.
    const same = shown && fresh.querySelector("img")?.getAttribute("src") === shown.getAttribute("src");
    if (same) fresh.querySelector("img").replaceWith(shown);
    const put = () => leaf.replaceChildren(...fresh.childNodes);
    // Notes make a slide longer than its picture, and a text is as long as it is: what is read stays where it is.
    const grows = fresh.querySelector(".notes") || this.element.closest("[data-as-text]");
    if (grows && page !== this.page) this.keeping(put);
    else put();
    for (const name of ["aria-label", "lang", "data-label"]) {
      if (fresh.hasAttribute(name)) leaf.setAttribute(name, fresh.getAttribute(name));
    }
    leaf.style.minBlockSize = "";
    if (query === this.#query) delete leaf.dataset.stale;
    else leaf.dataset.stale = "";
    if (this.pictures && size.width > 0) this.keeping(() => this.#resize(page, size));
    this.dispatchEvent(new CustomEvent("leaf", { detail: page }));
  }

  #missing(page) {
    const note = document.createElement("p");
    note.className = "sheet leaf-trouble";
    note.textContent = word("page-trouble");
    const leaf = this.leaf(page);
    if (leaf.childElementCount === 0) leaf.append(note);
    // Asked for again when it comes into view the next time.
    leaf.dataset.stale = "";
  }
}

/** Says in place of a picture that there is none. */
function withoutPicture(picture) {
  const note = document.createElement("p");
  note.className = "leaf-trouble";
  note.textContent = word("picture-trouble");
  picture.replaceWith(note);
}

function emptyLeaf(page) {
  const leaf = document.createElement("div");
  leaf.className = "leaf";
  leaf.role = "group";
  leaf.dataset.page = page;
  leaf.ariaLabel = word("page-n", { n: page });
  return leaf;
}

function sizeOf(leaf) {
  const sheet = leaf.querySelector("[data-sheet]");
  return { width: Number(sheet?.dataset.width ?? 0), height: Number(sheet?.dataset.height ?? 0) };
}
