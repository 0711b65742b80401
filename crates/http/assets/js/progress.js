// Shows how far reading is, in an element with slots for a bar and its text.
import { word, number } from "./words.js";

export function showReading(element, progress) {
  const bar = element.querySelector('[data-slot="progress"]');
  const text = element.querySelector('[data-slot="progress-text"], [data-slot="status"]');
  if (progress && progress.total > 0) {
    if (bar) {
      bar.max = progress.total;
      bar.value = progress.done;
    }
    if (text) text.textContent = word("reading-page", { n: number(progress.done), total: number(progress.total) });
  } else {
    bar?.removeAttribute("value");
    if (text && text.dataset.slot === "status") text.textContent = word("state-waiting");
  }
}
