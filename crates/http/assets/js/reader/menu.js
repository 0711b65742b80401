// What the menu does. It closes once something was chosen, and by Escape.
export function attachMenu(reader, { pages, zoom, panel }) {
  const menu = reader.querySelector("[data-menu]");
  const actions = {
    "fit-width": () => zoom.fit("width"),
    "fit-page": () => zoom.fit("page"),
    rotate: () => zoom.rotate(),
    spread: () => zoom.spread(),
    about: () => panel.toggle("about"),
    "as-text": (button) => pages.keeping(() => button.setAttribute("aria-pressed", String(reader.toggleAttribute("data-as-text")))),
    "full-screen": () => (document.fullscreenElement ? document.exitFullscreen() : reader.requestFullscreen?.().catch(() => {})),
  };
  menu.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do], a");
    if (!button) return;
    menu.open = false;
    actions[button.dataset.do]?.(button);
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}
