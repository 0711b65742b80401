// A line at the foot of the page that offers to undo.

const STAYS_MS = 8000;

/**
 * Says what was done. `commit` is called when the offer has passed or the page is left, `undo` when it
 * is taken; exactly one of the two, once.
 */
export function offerUndo(text, { commit, undo }) {
  const toast = document.getElementById("toast-undo").content.firstElementChild.cloneNode(true);
  toast.querySelector('[data-slot="text"]').textContent = text;
  const timer = setTimeout(() => finish(commit), STAYS_MS);
  const leave = () => finish(commit);
  let open = true;

  function finish(outcome) {
    if (!open) return;
    open = false;
    clearTimeout(timer);
    removeEventListener("pagehide", leave);
    toast.remove();
    outcome();
  }

  addEventListener("pagehide", leave);
  toast.querySelector('[data-slot="undo"]').addEventListener("click", () => finish(undo));
  document.getElementById("toasts").append(toast);
}
