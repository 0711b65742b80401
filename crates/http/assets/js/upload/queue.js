// All files of the page: a few at a time are sent, in the order they came.
import { Connections } from "../connections.js";
import { Hasher } from "./hasher.js";
import { Upload } from "./upload.js";

const FILES_AT_ONCE = 4;
const CONNECTIONS = 4;

export class Queue {
  uploads = [];
  #tools = { hasher: new Hasher(), connections: new Connections(CONNECTIONS) };
  #running = 0;
  #changed;

  /** `changed(upload)` is called whenever something of an upload that is shown has changed. */
  constructor(changed) {
    this.#changed = changed;
  }

  add({ file, handle, metadata }) {
    const upload = new Upload({ file, handle, metadata, tools: this.#tools, changed: this.#changed });
    this.uploads.push(upload);
    this.#pump();
    return upload;
  }

  /** Whether this very file is in the queue already. */
  has(file) {
    return this.uploads.some(
      ({ file: other, state }) => state !== "cancelled" && other.name === file.name && other.size === file.size && other.lastModified === file.lastModified,
    );
  }

  resume(upload) {
    if (!["paused", "failed"].includes(upload.state)) return;
    upload.state = "queued";
    this.#changed(upload);
    this.#pump();
  }

  cancel(upload) {
    upload.cancel();
    this.uploads = this.uploads.filter((other) => other !== upload);
  }

  /** Shares all that has arrived, and the others as they arrive. */
  share() {
    for (const upload of this.uploads) if (upload.sharable) upload.share();
  }

  #pump() {
    while (this.#running < FILES_AT_ONCE) {
      const next = this.uploads.find((upload) => upload.state === "queued");
      if (!next) return;
      next.state = "hashing";
      this.#running += 1;
      this.#send(next);
    }
  }

  async #send(upload) {
    await upload.send();
    this.#running -= 1;
    this.#pump();
    if (upload.wanted && upload.state === "arrived") await upload.share();
  }
}
