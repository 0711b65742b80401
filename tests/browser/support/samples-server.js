// Serves the directory that `cargo run -p homeroom-http --example render_pages -- DIR` wrote, under the
// policy that the product sends, so that what a page may not do fails here too.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };

/** `handle(request, response)` is asked first; it answers whether it took the request. */
export async function serveSamples(directory, handle = async () => false) {
  const server = createServer(async (request, response) => {
    if (await handle(request, response)) return;
    const path = normalize(new URL(request.url, "http://a").pathname);
    try {
      const content = await readFile(join(directory, path));
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream", "content-security-policy": POLICY });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
