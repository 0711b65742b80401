// A small stand-in for the upload contract (PRODUCT.md), in memory, that a test can make fail in the
// ways that networks and storage fail.
import { createHash, randomUUID } from "node:crypto";

export class UploadService {
  partSize = 256 * 1024;
  uploads = new Map();
  materials = new Map();
  log = [];
  /** Called for each part before it is kept; answer a status to refuse it with, or "hang". */
  onPart = () => null;
  #holding = new Set();

  /** Handles a request of the contract; answers false for others. */
  async handle(request, response) {
    const { pathname } = new URL(request.url, "http://a");
    const route = `${request.method} ${pathname}`;
    const body = ["POST", "PUT"].includes(request.method) ? await read(request).catch(() => null) : null;
    if (body === null && request.method === "PUT") return true;
    const match = (pattern) => pattern.exec(route);
    let found;
    if (route === "POST /api/v1/uploads") this.#create(JSON.parse(body), request, response);
    else if ((found = match(/^GET \/api\/v1\/uploads\/([\w-]+)$/))) this.#show(found[1], response);
    else if ((found = match(/^DELETE \/api\/v1\/uploads\/([\w-]+)$/))) this.#delete(found[1], response);
    else if ((found = match(/^POST \/api\/v1\/uploads\/([\w-]+)\/complete$/))) this.#complete(found[1], JSON.parse(body), response);
    else if ((found = match(/^PUT \/storage\/([\w-]+)\/(\d+)$/))) this.#part(found[1], Number(found[2]), request, body, response);
    else if ((found = match(/^GET \/api\/v1\/materials\/([\w-]+)$/))) this.#material(found[1], response);
    else if ((found = match(/^DELETE \/api\/v1\/materials\/([\w-]+)$/))) this.#log("delete-material", { id: found[1] }, json(response, 204));
    else return false;
    return true;
  }

  of(kind) {
    return this.log.filter((entry) => entry.kind === kind);
  }

  hashOf(upload) {
    const hash = createHash("sha256");
    for (const part of upload.parts) hash.update(part.content);
    return hash.digest("hex");
  }

  #log(kind, entry) {
    this.log.push({ kind, ...entry });
  }

  #create(body, request, response) {
    const id = randomUUID();
    const parts = [];
    for (let offset = 0; offset === 0 || offset < body.size; offset += this.partSize) {
      parts.push({ number: parts.length + 1, offset, size: Math.min(this.partSize, body.size - offset), content: null });
    }
    const upload = { id, ...body, parts, signature: 1 };
    this.uploads.set(id, upload);
    this.#log("create", { id, body, token: request.headers["x-csrf-token"], key: request.headers["idempotency-key"] });
    json(response, 201, this.#view(upload));
  }

  #view(upload) {
    return {
      id: upload.id,
      state: "open",
      filename: upload.filename,
      size: upload.size,
      received: upload.parts.filter((part) => part.content).reduce((sum, part) => sum + part.size, 0),
      part_size: this.partSize,
      parts: upload.parts.map(({ number, offset, size, content }) => ({
        number,
        offset,
        size,
        state: content ? "received" : "missing",
        ...(!content && { url: `/storage/${upload.id}/${number}?sig=${upload.signature}`, method: "PUT", headers: { "content-type": "application/octet-stream", "content-length": String(size) } }),
      })),
    };
  }

  #show(id, response) {
    const upload = this.uploads.get(id);
    this.#log("show", { id });
    upload ? json(response, 200, this.#view(upload)) : json(response, 404, { code: "not_found" });
  }

  #delete(id, response) {
    this.#log("delete", { id });
    this.uploads.delete(id);
    json(response, 204);
  }

  #part(id, number, request, content, response) {
    const upload = this.uploads.get(id);
    const refusal = this.onPart({ upload, number, url: request.url });
    if (refusal === "hang") return this.#holding.add(response);
    if (refusal) return xml(response, refusal);
    const part = upload.parts[number - 1];
    if (content.length !== part.size) return xml(response, 400);
    part.content = content;
    this.#log("part", { id, number });
    response.writeHead(200).end();
  }

  #complete(id, body, response) {
    const upload = this.uploads.get(id);
    this.#log("complete", { id, body });
    if (upload.parts.some((part) => !part.content)) return json(response, 409, { code: "upload_incomplete" });
    if (body.sha256 && body.sha256 !== this.hashOf(upload)) return json(response, 422, { code: "checksum_mismatch" });
    const material = { id: randomUUID(), title: body.title, status: "processing", progress: { done: 0, total: 3 }, polls: 0 };
    this.materials.set(material.id, material);
    json(response, 201, material);
  }

  #material(id, response) {
    const material = this.materials.get(id);
    material.polls += 1;
    material.progress.done = material.polls;
    if (material.polls >= 3) Object.assign(material, { status: material.title?.includes("broken") ? "failed" : "ready", reason: "encrypted", pages: 3 });
    json(response, 200, material);
  }
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body && JSON.stringify(body));
}

function xml(response, status) {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<Error><Code>${status === 403 ? "AccessDenied" : "SlowDown"}</Code></Error>`);
}
