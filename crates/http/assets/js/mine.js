// My files: rows follow what is being read; deleting can be undone for a few seconds.
import { call, Problem } from "./api.js";
import { follow } from "./follow.js";
import { showReading } from "./progress.js";
import { offerUndo } from "./toast.js";
import { announce, word } from "./words.js";

for (const row of document.querySelectorAll("[data-mine] [data-follow]")) {
  follow(row.dataset.follow, (progress) => showReading(row, progress)).then((material) => material && location.reload());
}

for (const form of document.querySelectorAll("[data-mine] form[data-delete]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const row = form.closest("[data-material]");
    row.toggleAttribute("data-leaving", true);
    const text = word("deleted", { title: row.dataset.title });
    announce(text);
    offerUndo(text, {
      commit: () => remove(row),
      undo: () => {
        row.removeAttribute("data-leaving");
        row.querySelector("a").focus();
      },
    });
  });
}

async function remove(row) {
  try {
    await call("DELETE", `/api/v1/materials/${encodeURIComponent(row.dataset.material)}`, { keepalive: true });
    row.remove();
  } catch (error) {
    row.removeAttribute("data-leaving");
    announce(error instanceof Problem ? error.text : word("problem-unknown"));
  }
}
