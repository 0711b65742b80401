// A link in a field beside a button that copies it.
import { announce, word } from "./words.js";

for (const row of document.querySelectorAll("[data-copy]")) {
  const [field, button] = [row.querySelector("input"), row.querySelector("[data-copy-go]")];
  field.addEventListener("focus", () => field.select());
  // The clipboard is for secure pages only.
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    announce(word("copied"));
  });
}
