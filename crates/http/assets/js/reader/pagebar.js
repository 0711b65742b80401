// The page field and the way to the next page, and the keys that scroll.
import { word } from "../words.js";

export function attachPageBar(reader, stage) {
  const form = reader.querySelector("[data-jump]");
  const field = form.elements.to;
  const total = form.querySelector('[data-slot="page-total"]');
  const steps = Object.fromEntries(["page-previous", "page-next"].map((name) => [name, reader.querySelector(`[data-step="${name}"]`)]));

  function show() {
    const label = stage.shortLabel(stage.page);
    if (document.activeElement !== field) field.value = label ?? stage.page;
    total.textContent = label ? word("page-total-labelled", { n: stage.page, total: stage.count }) : word("page-total", { total: stage.count });
    stage.element.ariaLabel = word("page-of-long", { n: stage.page, total: stage.count });
    enable(steps["page-previous"], stage.page > 1, "k");
    enable(steps["page-next"], stage.page < stage.count, "j");
  }

  stage.addEventListener("page", show);
  stage.addEventListener("labels", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const page = stage.find(field.value);
    field.blur();
    if (page) stage.goTo(page, { jump: true });
    show();
  });
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", show);
  for (const [name, by] of [["page-previous", -1], ["page-next", 1]]) {
    steps[name].addEventListener("click", (event) => {
      event.preventDefault();
      stage.goTo(stage.page + by * (stage.element.hasAttribute("data-spread") ? 2 : 1));
    });
  }
  document.addEventListener("keydown", (event) => scroll(event, stage));
}

function enable(step, possible, key) {
  step.classList.toggle("icon-button-off", !possible);
  step.ariaDisabled = possible ? null : "true";
  if (possible) step.dataset.key = key;
  else delete step.dataset.key;
  step.tabIndex = 0;
  step.href ||= "#";
}

/** The pages scroll as a document does, although they are in a window of their own. */
function scroll(event, stage) {
  const own = event.target.closest("input, textarea, select, dialog, [data-panel], [data-menu], [data-stage], .about");
  const pressed = event.key === " " && event.target !== document.body;
  if (own || pressed || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const { element } = stage;
  const window = element.clientHeight * 0.9;
  const by = { ArrowDown: 60, ArrowUp: -60, PageDown: window, PageUp: -window, " ": event.shiftKey ? -window : window, Home: -Infinity, End: Infinity }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  if (Number.isFinite(by)) element.scrollTop += by;
  else stage.goTo(by < 0 ? 1 : stage.count, { jump: true });
}
