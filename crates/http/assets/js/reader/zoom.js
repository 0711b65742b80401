// How large pages are, which way up, and how many beside each other. What is chosen goes with the tab.

/** CSS pixels of a point at 100 %. */
const ACTUAL = 96 / 72;
const STEPS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4, 6];
const TEXT_STEPS = [0.75, 0.875, 1, 1.125, 1.25, 1.5, 2];
/** A page is not made wider than this unless one asks, in CSS pixels. */
const COMFORTABLE = 832;
const MARGIN = 12;

export class Zoom {
  #reader;
  #stage;
  #state = { mode: "auto", scale: 1, text: 1, rotation: 0, spread: false };

  constructor(reader, stage) {
    this.#reader = reader;
    this.#stage = stage;
    this.#attach();
  }

  /** As it was on the page before, in this tab. */
  restore() {
    try {
      Object.assign(this.#state, JSON.parse(sessionStorage.getItem("homeroom.reader") ?? "{}"));
    } catch {
      // Something else wrote there: begin anew.
    }
    this.#apply();
  }

  step(by) {
    if (!this.#stage.pictures) {
      const at = TEXT_STEPS.findIndex((step) => step >= this.#state.text);
      return this.#change({ text: TEXT_STEPS[Math.min(TEXT_STEPS.length - 1, Math.max(0, at + by))] });
    }
    const shown = this.#scale() / ACTUAL;
    const next = by > 0 ? STEPS.find((step) => step > shown * 1.01) : STEPS.findLast((step) => step < shown * 0.99);
    this.#change({ mode: "scale", scale: next ?? shown });
  }

  fit(mode) {
    this.#change(this.#stage.pictures ? { mode } : { text: 1 });
  }

  rotate() {
    this.#change({ rotation: (this.#state.rotation + 90) % 360 });
  }

  spread() {
    this.#change({ spread: !this.#state.spread, mode: this.#state.spread ? "auto" : "width" });
  }

  get spreads() {
    return this.#state.spread;
  }

  #change(change) {
    Object.assign(this.#state, change);
    sessionStorage.setItem("homeroom.reader", JSON.stringify(this.#state));
    this.#stage.keeping(() => this.#apply());
    // What is wider than the window is looked at in its middle.
    const { element } = this.#stage;
    element.scrollLeft = ((element.scrollWidth - element.clientWidth) / 2) * (getComputedStyle(element).direction === "rtl" ? -1 : 1);
  }

  #apply() {
    const { element } = this.#stage;
    const { rotation, spread, text } = this.#state;
    element.dataset.rotation = rotation;
    element.toggleAttribute("data-spread", spread);
    element.style.setProperty("--text-zoom", text);
    const scale = this.#scale();
    element.style.setProperty("--scale", scale);
    const percent = Math.round((this.#stage.pictures ? scale / ACTUAL : text) * 100);
    this.#reader.querySelector('[data-zoom="value"]').textContent = `${percent}%`;
    for (const [action, on] of [["spread", spread], ["rotate", rotation !== 0]]) {
      this.#reader.querySelector(`[data-do="${action}"]`)?.setAttribute("aria-pressed", String(on));
    }
  }

  /** CSS pixels of a point. */
  #scale() {
    if (!this.#stage.pictures) return 1;
    const { element, page } = this.#stage;
    const { mode, scale, rotation, spread } = this.#state;
    if (mode === "scale") return scale * ACTUAL;
    const turned = rotation % 180 !== 0;
    const widest = this.#stage.widest(turned) * (spread ? 2 : 1);
    const margin = innerWidth < 768 ? 0 : MARGIN * 2;
    const room = element.clientWidth - margin - (spread ? MARGIN : 0);
    const wide = room / widest;
    if (mode === "page") {
      const size = this.#stage.sizes[page - 1];
      return Math.min(wide, (element.clientHeight - MARGIN * 2) / (turned ? size.width : size.height));
    }
    return mode === "width" ? wide : Math.min(wide, COMFORTABLE / widest);
  }

  #attach() {
    const { element } = this.#stage;
    this.#reader.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-zoom]");
      if (button) this.step(button.dataset.zoom === "in" ? 1 : -1);
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
      if (event.key === "+" || event.key === "=") this.step(1);
      if (event.key === "-") this.step(-1);
    });
    element.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        this.#pinch(Math.exp(-event.deltaY / 200));
      },
      { passive: false },
    );
    this.#attachPinch(element);
    new ResizeObserver(() => this.#state.mode !== "scale" && this.#stage.keeping(() => this.#apply())).observe(element);
  }

  #attachPinch(element) {
    let distance = 0;
    const between = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    element.addEventListener("touchstart", (event) => (distance = event.touches.length === 2 ? between(event.touches) : 0), { passive: true });
    element.addEventListener(
      "touchmove",
      (event) => {
        if (event.touches.length !== 2 || distance === 0) return;
        event.preventDefault();
        const now = between(event.touches);
        this.#pinch(now / distance);
        distance = now;
      },
      { passive: false },
    );
  }

  #pinch(factor) {
    if (!this.#stage.pictures) return this.#change({ text: Math.min(3, Math.max(TEXT_STEPS[0], this.#state.text * factor)) });
    const scale = Math.min(STEPS.at(-1), Math.max(STEPS[0], (this.#scale() / ACTUAL) * factor));
    this.#change({ mode: "scale", scale });
  }
}
