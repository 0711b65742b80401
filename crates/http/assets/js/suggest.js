// Suggestions while one types in the search field: an editable combobox with a list, as the ARIA Authoring
// Practices have it. The focus stays in the field; what is chosen is said by `aria-activedescendant`.
import { call } from "./api.js";

const PAUSE_MS = 120;
const LIMIT = 8;
const KINDS = ["title", "subject", "person", "phrase"];

export function attachSuggestions() {
  for (const form of document.querySelectorAll("form[data-search]")) new Suggestions(form);
}

class Suggestions {
  #form;
  #field;
  #list;
  #options = [];
  #active = -1;
  #typed = "";
  #timer;
  #asked;

  constructor(form) {
    this.#form = form;
    this.#field = form.elements.q;
    this.#list = document.createElement("div");
    this.#list.id = `${this.#field.id}-suggestions`;
    this.#list.className = "suggestions";
    this.#list.role = "listbox";
    this.#list.ariaLabel = form.dataset.suggestions;
    this.#list.hidden = true;
    form.append(this.#list);
    this.#field.role = "combobox";
    this.#field.ariaAutoComplete = "list";
    this.#field.ariaHasPopup = "listbox";
    this.#field.ariaExpanded = "false";
    this.#field.setAttribute("aria-controls", this.#list.id);
    this.#attach();
  }

  #attach() {
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#typed = this.#field.value;
      this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
    });
    this.#field.addEventListener("keydown", (event) => this.#press(event));
    this.#field.addEventListener("blur", () => this.#close());
    this.#form.addEventListener("submit", () => this.#close());
    // The field keeps the focus while one presses on an option.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(this.#options.findIndex(({ element }) => element === option));
    });
  }

  async #ask() {
    this.#asked?.abort();
    const text = this.#field.value.trim();
    if ([...text].length < 2 || text.length > 200) return this.#close();
    this.#asked = new AbortController();
    try {
      const answer = await call("GET", `/api/v1/search/suggestions?q=${encodeURIComponent(text)}&limit=${LIMIT}`, { signal: this.#asked.signal });
      if (document.activeElement === this.#field && this.#field.value.trim() === text) this.#show(answer.suggestions);
    } catch {
      // No suggestions are no trouble: the search itself says what is wrong.
      this.#close();
    }
  }

  #show(suggestions) {
    this.#options = [];
    this.#active = -1;
    const groups = KINDS.map((kind) => this.#group(kind, suggestions.filter((each) => each.kind === kind))).filter(Boolean);
    this.#list.replaceChildren(...groups);
    this.#open(groups.length > 0);
  }

  #group(kind, suggestions) {
    if (suggestions.length === 0) return null;
    const group = document.createElement("div");
    group.role = "group";
    const name = document.createElement("div");
    name.className = "suggestions-kind";
    name.id = `${this.#list.id}-${kind}`;
    name.role = "presentation";
    name.textContent = this.#form.dataset[`kind${kind[0].toUpperCase()}${kind.slice(1)}`];
    group.setAttribute("aria-labelledby", name.id);
    group.append(name, ...suggestions.map((each) => this.#option(each)));
    return group;
  }

  #option(suggestion) {
    const element = document.createElement("div");
    element.role = "option";
    element.id = `${this.#list.id}-${this.#options.length}`;
    element.className = "suggestion";
    element.dir = "auto";
    element.ariaSelected = "false";
    element.textContent = suggestion.text;
    this.#options.push({ element, suggestion });
    return element;
  }

  #press(event) {
    if (event.isComposing || this.#list.hidden) return;
    const last = this.#options.length - 1;
    if (event.key === "ArrowDown") this.#activate(this.#active >= last ? -1 : this.#active + 1);
    else if (event.key === "ArrowUp") this.#activate(this.#active < 0 ? last : this.#active - 1);
    else if (event.key === "Escape") this.#close();
    else if (event.key === "Enter" && this.#active >= 0) this.#choose(this.#active);
    else return;
    event.preventDefault();
  }

  /** Back at -1 the field holds again what was typed. */
  #activate(index) {
    this.#options[this.#active]?.element.setAttribute("aria-selected", "false");
    this.#active = index;
    const option = this.#options[index];
    option?.element.setAttribute("aria-selected", "true");
    option?.element.scrollIntoView({ block: "nearest" });
    if (option) this.#field.setAttribute("aria-activedescendant", option.element.id);
    else this.#field.removeAttribute("aria-activedescendant");
    this.#field.value = option ? searchFor(option.suggestion) : this.#typed;
  }

  #choose(index) {
    const { suggestion } = this.#options[index];
    this.#close();
    if (suggestion.kind === "title" && suggestion.material_id) return location.assign(`/materials/${encodeURIComponent(suggestion.material_id)}`);
    if (suggestion.kind === "subject" && suggestion.subject) return location.assign(`/subjects/${encodeURIComponent(suggestion.subject)}`);
    this.#field.value = searchFor(suggestion);
    this.#form.requestSubmit();
  }

  #open(open) {
    this.#list.hidden = !open;
    this.#field.ariaExpanded = String(open);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    if (this.#active >= 0) this.#activate(-1);
    this.#options = [];
    this.#open(false);
  }
}

/** The search that a suggestion stands for. */
function searchFor({ kind, text }) {
  return kind === "person" ? `by:"${text.replaceAll('"', "")}"` : text;
}
