// Finding inside the material: the field, the list of pages, and the way from hit to hit.
import { word } from "../words.js";

const PAUSE_MS = 220;

export class Hits {
  #reader;
  #stage;
  #panel;
  #place;
  #field;
  #pages = [];
  #total = 0;
  /** Which hit is looked at: a page, and which of its runs from 0. */
  #at = null;
  #waiting = null;
  #query = "";
  #timer;
  #asked;

  constructor(reader, stage, panel, place) {
    this.#reader = reader;
    this.#stage = stage;
    this.#panel = panel;
    this.#place = place;
    this.#field = reader.querySelector("[data-find] [name=q]");
    this.#query = this.#field.defaultValue;
    this.#attach();
  }

  /** Begins with what the address says is looked for, or else with what the server put into the field. */
  open(asked) {
    const served = this.#query;
    const query = asked ?? served;
    this.#field.value = query;
    this.#place.query = query;
    if (query === served) {
      this.#read();
      if (query) this.#begin(this.#stage.page);
    } else {
      this.look(query, { from: this.#stage.page });
    }
  }

  get query() {
    return this.#query;
  }

  /** Looks for something else, and goes to the first of it at or after a page unless told to stay. */
  async look(query, { from = this.#stage.page, stay = false } = {}) {
    query = query.trim();
    if (query === this.#query) return;
    this.#query = query;
    if (this.#field.value.trim() !== query) this.#field.value = query;
    this.#at = null;
    this.#stage.query = query;
    this.#place.query = query;
    this.#asked?.abort();
    this.#asked = new AbortController();
    const part = this.#reader.querySelector('[data-part="found"]');
    if (query === "") {
      part.replaceChildren();
      this.#read();
      return;
    }
    try {
      const answer = await fetch(`${this.#stage.url}/find?q=${encodeURIComponent(query)}`, { signal: this.#asked.signal, credentials: "same-origin" });
      if (!answer.ok) return;
      part.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") console.warn("finding did not answer", error);
      return;
    }
    this.#read();
    this.#panel.show("found", { quietly: true });
    if (!stay) this.#begin(from);
  }

  /** The next hit, or the one before; around the ends of the material. */
  step(by) {
    if (this.#pages.length === 0) return;
    const at = this.#at ?? { page: this.#stage.page, run: by > 0 ? -1 : this.#runs(this.#stage.page).length };
    const run = at.run + by;
    if (this.#stage.isLoaded(at.page) && run >= 0 && run < this.#runs(at.page).length) return this.#select(at.page, run);
    const pages = by > 0 ? this.#pages : this.#pages.toReversed();
    const next = pages.find(({ number }) => (by > 0 ? number > at.page : number < at.page)) ?? pages[0];
    this.#arrive(next.number, by > 0 ? 0 : -1);
  }

  #begin(from) {
    if (this.#pages.length === 0) return;
    const first = this.#pages.find(({ number }) => number >= from) ?? this.#pages[0];
    this.#arrive(first.number, 0);
  }

  /** Looks at a hit of a page, once the page is there; -1 is its last. */
  #arrive(page, run) {
    if (page !== this.#stage.page) this.#stage.goTo(page);
    if (this.#stage.isLoaded(page)) {
      const runs = this.#runs(page).length;
      if (runs > 0) this.#select(page, run < 0 ? runs - 1 : run);
      else this.#at = { page, run: 0 };
    } else {
      this.#waiting = { page, run };
      this.#at = { page, run: 0 };
    }
  }

  #select(page, run) {
    for (const each of this.#reader.querySelectorAll(".hit-now")) each.classList.remove("hit-now");
    this.#at = { page, run };
    const parts = this.#runs(page)[run];
    for (const part of parts) part.classList.add("hit-now");
    parts[0].closest("details")?.toggleAttribute("open", true);
    this.#bring(parts[0]);
    this.#say();
  }

  /** Scrolls only as far as needed: a hit that is well in view stays where it is. */
  #bring(part) {
    const { element } = this.#stage;
    const window = element.getBoundingClientRect();
    const place = part.getBoundingClientRect();
    if (place.top < window.top + 24 || place.bottom > window.bottom - window.height / 4) element.scrollTop += place.top - window.top - window.height / 3;
    if (place.left < window.left || place.right > window.right) element.scrollLeft += place.left - window.left - window.width / 3;
  }

  /** The hits of a page, each the elements that show it. */
  #runs(page) {
    const leaf = this.#stage.leaf(page);
    if (this.#stage.pictures && !this.#reader.hasAttribute("data-as-text")) {
      const boxes = Object.values(Object.groupBy(leaf.querySelectorAll(".hit-box"), (box) => box.dataset.run));
      return [...boxes, ...[...leaf.querySelectorAll(".notes mark")].map((mark) => [mark])];
    }
    return [...leaf.querySelectorAll("mark")].map((mark) => [mark]);
  }

  /** What the list says. */
  #read() {
    const list = this.#reader.querySelector("[data-found]");
    this.#pages = [...(list?.querySelectorAll("[data-go]") ?? [])].map((row) => ({ number: Number(row.dataset.go), count: Number(row.dataset.count) }));
    this.#total = Number(list?.dataset.total ?? 0);
    for (const step of this.#reader.querySelectorAll('[data-step^="hit-"]')) this.#enable(step);
    this.#say();
  }

  #enable(step) {
    const possible = this.#pages.length > 0;
    step.classList.toggle("icon-button-off", !possible);
    step.ariaDisabled = possible ? null : "true";
    step.dataset.key = step.dataset.step === "hit-next" ? "n" : "p";
    step.tabIndex = 0;
    step.href ||= "#";
  }

  #say() {
    const count = this.#reader.querySelector('[data-slot="find-count"]');
    if (this.#query === "") count.textContent = "";
    else if (this.#total === 0) count.textContent = word("hit-none");
    else count.textContent = word("hit-of", { n: this.#number(), total: this.#total });
    if (this.#reader.querySelector(".notes .hit-now")) count.append(unseen(`, ${word("found-in-notes")}`));
    for (const row of this.#reader.querySelectorAll("[data-found] [data-go]")) {
      row.ariaCurrent = this.#at && Number(row.dataset.go) === this.#at.page ? "true" : null;
    }
  }

  /** Which of all hits this is, from 1. */
  #number() {
    if (!this.#at) return 1;
    const before = this.#pages.filter(({ number }) => number < this.#at.page).reduce((sum, { count }) => sum + count, 0);
    return Math.min(this.#total, before + this.#at.run + 1);
  }

  #attach() {
    const form = this.#field.form;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(this.#timer);
      if (this.#field.value.trim() === this.#query) this.step(1);
      else this.look(this.#field.value);
    });
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.look(this.#field.value), PAUSE_MS);
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.shiftKey) return;
      event.preventDefault();
      this.step(-1);
    });
    form.addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]");
      if (!step) return;
      event.preventDefault();
      this.step(step.dataset.step === "hit-next" ? 1 : -1);
    });
    this.#stage.addEventListener("leaf", ({ detail: page }) => {
      if (this.#waiting?.page !== page || !this.#stage.isLoaded(page)) return;
      const { run } = this.#waiting;
      this.#waiting = null;
      this.#arrive(page, run);
    });
    this.#stage.addEventListener("found", ({ detail: page }) => this.#arrive(page, 0));
    document.addEventListener("keydown", (event) => {
      // Most pages are not in the document, so that the browser's own search would not find them. Pressed
      // again in the field it is the browser's.
      if (!(event.ctrlKey || event.metaKey) || event.key !== "f" || document.activeElement === this.#field) return;
      event.preventDefault();
      this.#field.focus();
      this.#field.select();
    });
  }
}

/** For those who listen; others see where it is. */
function unseen(text) {
  const span = document.createElement("span");
  span.className = "visually-hidden";
  span.textContent = text;
  return span;
}
