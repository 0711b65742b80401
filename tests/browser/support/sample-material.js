// The material of the rendered samples, as the server would answer for it: its pages by themselves, what
// is found in it, and the sizes and labels of its pages.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ID = "0198c0de-0000-7000-8000-000000000001";

export class SampleMaterial {
  /** Pages that were asked for, in order. */
  leaves = [];
  /** Places that were to be remembered. */
  places = [];
  /** How far the recognition of its text is, one answer after the other; without one nothing is known. */
  progress = [];
  #html;

  constructor(directory) {
    this.#html = (name) => readFileSync(join(directory, name), "utf8");
  }

  /** Answers whether it took the request. `count` pages, as long as the test wants it. */
  async handle(request, response, count = 40) {
    const url = new URL(request.url, "http://a");
    const leaf = /^\/materials\/sample\/leaves\/(\d+)$/.exec(url.pathname);
    if (leaf) {
      this.leaves.push(Number(leaf[1]));
      html(response, this.#leaf(Number(leaf[1]), url.searchParams.get("q")));
    } else if (url.pathname === "/materials/sample/find") {
      html(response, url.searchParams.get("q") === "krebs" ? this.#found() : '<div data-found data-total="0"><ol></ol></div>');
    } else if (url.pathname === "/materials/sample/place") {
      this.places.push(Number(url.searchParams.get("page")));
      response.writeHead(204).end();
    } else if (url.pathname === `/api/v1/materials/${ID}/contents`) {
      json(response, contents(count));
    } else if (url.pathname === `/api/v1/materials/${ID}` && this.progress.length > 0) {
      json(response, { id: ID, status: "ready", progress: this.progress.shift() });
    } else return false;
    return true;
  }

  #leaf(number, query) {
    const page = this.#html("en/reader.html");
    const start = page.indexOf('<div class="leaf"');
    const leaf = page.slice(start, page.indexOf("</div></section>", start));
    const numbered = leaf.replace('data-page="12"', `data-page="${number}"`).replace(/Page \u2068?12\u2069?[^"]*"/, `Page ${number}"`);
    return query ? numbered : numbered.replace(/<rect class="hit-box"[^>]*><\/rect>/g, "");
  }

  #found() {
    const page = this.#html("en/reader.html");
    const start = page.indexOf("<div data-found");
    return page.slice(start, page.indexOf("</section>", start));
  }
}

function contents(count) {
  const pages = Array.from({ length: count }, (_, at) => ({ number: at + 1, width: 595, height: at === 4 ? 400 : 842, ...(at < 3 && { label: ["i", "ii", "iii"][at] }) }));
  return { pages, outline: [] };
}

function html(response, body) {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(body);
}

function json(response, body) {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
