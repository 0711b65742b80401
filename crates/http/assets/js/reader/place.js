// Where one is, in the address: `#page=12&q=krebs`. It can be shared, and back and forward understand it:
// jumps are steps of the history, scrolling and stepping from hit to hit are not.
const PAUSE_MS = 200;
const REMEMBER_MS = 1500;

export class Place {
  #url;
  #page;
  #query;
  #timer;
  #remembering;

  constructor(url) {
    this.#url = url;
    const { page, query } = readAddress();
    this.#page = page;
    this.#query = query;
  }

  get page() {
    return this.#page;
  }

  get query() {
    return this.#query;
  }

  set query(query) {
    this.#query = query;
    this.#write(false);
  }

  /** Writes where the pages are, and goes where the history says. */
  follow(stage, hits) {
    this.#page = stage.page;
    this.#write(false);
    stage.addEventListener("page", ({ detail: { page, before, jump } }) => {
      if (jump && page !== before) {
        this.#flush();
        this.#page = page;
        this.#write(true);
      } else {
        this.#page = page;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#write(false), PAUSE_MS);
      }
      this.#remember();
    });
    addEventListener("popstate", () => this.#return(stage, hits));
  }

  #return(stage, hits) {
    const { page, query } = readAddress();
    clearTimeout(this.#timer);
    hits.look(query ?? "", { stay: true });
    if (page && page !== stage.page) stage.goTo(page);
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#write(false);
  }

  #write(step) {
    const parameters = new URLSearchParams({ page: this.#page ?? 1 });
    if (this.#query) parameters.set("q", this.#query);
    const address = `${this.#url}#${parameters}`;
    if (step) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
    for (const link of document.querySelectorAll("a.language")) link.hash = parameters;
    for (const link of document.querySelectorAll("[data-print-link]")) link.search = `?from=${this.#page ?? 1}`;
  }

  /** For "continue" on the home page. */
  #remember() {
    clearTimeout(this.#remembering);
    this.#remembering = setTimeout(() => fetch(`${this.#url}/place?page=${this.#page}`, { credentials: "same-origin", keepalive: true }).catch(() => {}), REMEMBER_MS);
  }
}

/** What the fragment says, or else the query that the server answered; what neither says is `null`. `#t=` is a
 *  second of a film, or `1:02:03`, as Media Fragments have it. */
export function readAddress() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = fragment.has("page") || fragment.has("q") ? fragment : new URLSearchParams(location.search);
  const page = Number(given.get("page"));
  return { page: Number.isInteger(page) && page > 0 ? page : null, query: given.get("q")?.trim() ?? null, ms: milliseconds(fragment.get("t")) };
}

function milliseconds(time) {
  if (!/^(\d{1,3}:){0,2}\d{1,6}(\.\d+)?s?(,|$)/.test(time ?? "")) return null;
  return Math.round(time.split(",")[0].split(":").reduce((seconds, part) => seconds * 60 + parseFloat(part), 0) * 1000);
}
