// Results while one types: the same results that the server puts into the page, fetched as a fragment.
// Without `#results` on the page the field just goes to the search page.
import { announce } from "./words.js";

const PAUSE_MS = 140;

export function attachSearch() {
  const form = document.querySelector("form[data-search]");
  const results = document.querySelector("[data-results]");
  if (!form || !results) return;
  const field = form.elements.q;
  const replaced = document.querySelector("[data-results-replace]");
  const home = location.pathname + location.search;
  let timer;
  let running;

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(find, PAUSE_MS);
  });
  form.addEventListener("submit", () => clearTimeout(timer));

  async function find() {
    running?.abort();
    const query = field.value.trim();
    if (query === "") return clear();
    const address = addressOf(query);
    running = new AbortController();
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(withFragment(address), { signal: running.signal, credentials: "same-origin" });
      if (!answer.ok) return;
      show(await answer.text(), address);
    } catch (error) {
      // Superseded by the next letter, or no network: what stands there stays, and Enter still works.
      if (error.name !== "AbortError") console.warn("search did not answer", error);
    } finally {
      results.removeAttribute("aria-busy");
    }
  }

  function show(html, address) {
    results.innerHTML = html;
    if (replaced) replaced.hidden = true;
    history.replaceState(null, "", address);
    announce(results.querySelector("[data-announce]")?.textContent ?? "");
  }

  function clear() {
    if (!replaced) return;
    results.replaceChildren();
    replaced.hidden = false;
    history.replaceState(null, "", home);
  }
}

/** The search page for a query, keeping what the list is narrowed to. */
function addressOf(query) {
  const parameters = new URLSearchParams(location.pathname === "/search" ? location.search : "");
  parameters.set("q", query);
  for (const spent of ["cursor", "exact", "lang"]) parameters.delete(spent);
  return `/search?${parameters}`;
}

function withFragment(address) {
  return `${address}&fragment=1`;
}
