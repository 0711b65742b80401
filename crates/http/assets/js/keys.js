// The keyboard: `/` to the search field, arrows through lists, letters for the links that carry them,
// `?` for help. Nothing happens while one writes, except Escape and the way down into the results.

export function attachKeys() {
  const help = document.getElementById("keys");
  for (const opener of document.querySelectorAll("[data-opens-keys]")) {
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      help.showModal();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    const act = isWriting(event.target) ? whileWriting(event) : whileReading(event, help);
    if (act) {
      event.preventDefault();
      act();
    }
  });
}

function isWriting(element) {
  return element.matches?.("input:not([type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable]");
}

function whileWriting(event) {
  if (event.key === "Escape") return () => event.target.blur();
  if (event.key === "ArrowDown" && event.target.matches("[data-focus-key]")) return stepFrom(null, 1);
  return null;
}

function whileReading(event, help) {
  if (event.key === "?") return () => help.showModal();
  const field = [...document.querySelectorAll("[data-focus-key]")].find((each) => each.dataset.focusKey === event.key);
  if (field) {
    return () => {
      field.focus();
      field.select();
    };
  }
  const link = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
  if (link) return () => link.click();
  return walk(event);
}

function walk(event) {
  const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
  const here = event.target.closest?.("[data-walk-item]");
  if (event.key === "ArrowDown") return here ? below(here, 1) : intoResults(event);
  if (event.key === "ArrowUp") return here ? below(here, -1) : null;
  if (event.key === forward && here) return stepFrom(here, 1);
  if (event.key === backward && here) return stepFrom(here, -1);
  return null;
}

/** Down from the top of a page of results is into them; further down it scrolls, as everywhere. */
function intoResults(event) {
  const first = document.querySelector("[data-results] [data-walk-item]");
  return first && event.target === document.body && scrollY === 0 ? () => first.focus() : null;
}

function items() {
  return [...document.querySelectorAll("[data-walk] [data-walk-item]")].filter((item) => item.checkVisibility());
}

function stepFrom(here, step) {
  const all = items();
  const index = here ? all.indexOf(here) + step : 0;
  return focusing(all, index);
}

/** The nearest item of another row: the next one in a list, the one below in a grid. */
function below(here, direction) {
  const all = items();
  const from = here.getBoundingClientRect();
  const index = all.indexOf(here);
  const others = direction > 0 ? all.slice(index + 1) : all.slice(0, index).reverse();
  const row = others.find((item) => Math.sign(item.getBoundingClientRect().top - from.top) === direction && !sameRow(item, from));
  if (!row) return focusing(all, direction > 0 ? all.length : -1);
  const top = row.getBoundingClientRect().top;
  const candidates = others.filter((item) => Math.abs(item.getBoundingClientRect().top - top) < 2);
  const nearest = candidates.reduce((best, item) => (distance(item, from) < distance(best, from) ? item : best));
  return () => nearest.focus();
}

function sameRow(item, from) {
  return Math.abs(item.getBoundingClientRect().top - from.top) < 2;
}

function distance(item, from) {
  return Math.abs(item.getBoundingClientRect().left - from.left);
}

function focusing(all, index) {
  if (index < 0) return () => document.querySelector("[data-focus-key]")?.focus();
  const item = all[index];
  return item ? () => item.focus() : null;
}
