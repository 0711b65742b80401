// One file on its way: created, hashed, sent part by part, completed, read. Everything that must
// survive is the server's; this object can be thrown away at any moment and made again from the file.
import { call, Problem, Unreachable } from "../api.js";
import { follow } from "../follow.js";
import { wait } from "../wait.js";
import { online, pauseBefore } from "./backoff.js";
import { dropFile, holdFile } from "./handles.js";
import { forget, recall, remember } from "./memory.js";
import { Rate } from "./rate.js";
import { sendPart } from "./transport.js";

/** Up to this size the hash is known before the upload is created, so that storage can check it too. */
const HASH_FIRST_BYTES = 8 * 1024 * 1024;

/** States: queued, hashing, sending, retrying, offline, paused, finishing, arrived, sharing, reading, ready, failed. */
export class Upload {
  state = "queued";
  problem = null;
  material = null;
  reading = null;
  retryIn = 0;
  rate = new Rate();
  metadata;
  wanted = false;
  #arrived = 0;
  #going = new Map();
  #hash = null;
  #id = null;
  #stop = new AbortController();
  #gone = new AbortController();

  /** `tools`: `{hasher, connections}`, shared. `changed` is called whenever something to show has changed. */
  constructor({ file, handle = null, metadata, tools, changed }) {
    this.file = file;
    this.handle = handle;
    this.metadata = metadata;
    this.tools = tools;
    this.changed = changed;
  }

  get sent() {
    let sent = this.#arrived;
    for (const bytes of this.#going.values()) sent += bytes;
    return Math.min(sent, this.file.size);
  }

  get active() {
    return ["hashing", "sending", "retrying", "offline", "finishing"].includes(this.state);
  }

  get id() {
    return this.#id;
  }

  /** Whether it is still to be shared by pressing Share. */
  get sharable() {
    return !this.wanted && !["failed", "cancelled"].includes(this.state);
  }

  /** Sends what is missing; resolves when it has arrived, paused or failed. Never rejects. */
  async send() {
    this.#stop = new AbortController();
    this.problem = null;
    try {
      await this.#sendAll(this.#stop.signal);
      this.#become("arrived");
    } catch (error) {
      this.#stopped(error);
    }
  }

  /** Publishes it as soon as it has arrived. Never rejects. */
  async share() {
    this.wanted = true;
    this.changed(this);
    if (this.state === "arrived") await this.#complete();
  }

  pause() {
    if (!this.active && this.state !== "queued") return;
    this.#become("paused");
    this.#stop.abort();
    this.#going.clear();
    this.rate.reset();
  }

  /** Takes it away, here and on the server. */
  cancel() {
    this.#become("cancelled");
    this.#stop.abort();
    this.#gone.abort();
    if (!this.#id) return;
    this.#forget();
    call("DELETE", `/api/v1/uploads/${this.#id}`, { keepalive: true }).catch(() => {
      // The server sweeps what is abandoned.
    });
  }

  async #sendAll(signal) {
    let upload = await this.#resume(signal);
    if (!upload) upload = await this.#create(signal);
    this.#become("sending");
    const hash = this.#hashed();
    // A failure while parts are going is seen when it is awaited below.
    hash.catch(() => {});
    while (upload.parts.some(missing)) {
      upload = await this.#sendParts(upload, signal);
    }
    this.#become("finishing");
    await hash;
  }

  /** The upload that this file was being sent as, if the server still has it open. */
  async #resume(signal) {
    const id = this.#id ?? recall(this.file);
    if (!id) return null;
    try {
      const upload = await this.#ask("GET", `/api/v1/uploads/${id}`, undefined, signal);
      if (upload.size !== this.file.size || upload.state === "aborted") throw new Problem(404, "not_found", 0);
      return this.#know(upload);
    } catch (error) {
      if (!(error instanceof Problem) || ![404, 409, 410].includes(error.status)) throw error;
      forget(id);
      this.#id = null;
      return null;
    }
  }

  async #create(signal) {
    const early = this.file.size <= HASH_FIRST_BYTES;
    if (early) this.#become("hashing");
    const body = {
      filename: this.file.name,
      size: this.file.size,
      ...(this.file.type && { content_type: this.file.type }),
      ...(early && { sha256: await this.#hashed() }),
    };
    const upload = await this.#ask("POST", "/api/v1/uploads", body, signal, randomKey());
    remember(this.file, upload.id);
    await holdFile(upload.id, this.handle);
    return this.#know(upload);
  }

  #know(upload) {
    this.#id = upload.id;
    this.#going.clear();
    this.#arrived = upload.parts.filter((part) => !missing(part)).reduce((sum, part) => sum + part.size, 0);
    this.changed(this);
    return upload;
  }

  /** Goes on while sending is paused; only taking the file away ends it. */
  #hashed() {
    this.#hash ??= this.tools.hasher.hash(this.file, this.#gone.signal).catch((error) => {
      this.#hash = null;
      throw error;
    });
    return this.#hash;
  }

  /** Sends all missing parts; answers the upload again when its addresses have to be fresh. */
  async #sendParts(upload, signal) {
    const round = new AbortController();
    const stop = () => round.abort();
    signal.addEventListener("abort", stop, { once: true });
    let stale = false;
    let failure = null;
    await Promise.all(
      upload.parts.filter(missing).map(async (part) => {
        try {
          await this.tools.connections.run(() => this.#sendOne(part, round.signal), round.signal);
        } catch (error) {
          if (error instanceof Problem && error.status === 403) stale = true;
          else if (error.name !== "AbortError") failure ??= error;
          round.abort();
        }
      }),
    );
    signal.removeEventListener("abort", stop);
    if (signal.aborted) throw new DOMException("aborted", "AbortError");
    if (failure) throw failure;
    if (!stale) return upload;
    return this.#know(await this.#ask("GET", `/api/v1/uploads/${this.#id}`, undefined, signal));
  }

  async #sendOne(part, signal) {
    const body = this.file.slice(part.offset, part.offset + part.size);
    await this.#persist(signal, async () => {
      this.#going.set(part.number, 0);
      try {
        await sendPart(part, body, { signal, onSent: (bytes) => this.#moved(part, bytes) });
      } catch (error) {
        this.#going.delete(part.number);
        // A part that is there already was answered for, but the answer got lost.
        if (!(error instanceof Problem && error.status === 412)) throw await this.#explain(error);
      }
    });
    part.state = "received";
    this.#going.delete(part.number);
    this.#arrived += part.size;
    this.changed(this);
  }

  #moved(part, bytes) {
    this.#going.set(part.number, Math.min(bytes, part.size));
    this.rate.note(this.sent);
    if (this.state === "retrying" || this.state === "offline") this.#become("sending");
    this.changed(this);
  }

  /** A body that cannot be read looks like a lost network; reading one byte tells which it is. */
  async #explain(error) {
    if (!(error instanceof Unreachable)) return error;
    try {
      await this.file.slice(0, 1).arrayBuffer();
      return error;
    } catch (unreadable) {
      return unreadable;
    }
  }

  async #complete() {
    const signal = this.#stop.signal;
    this.#become("sharing");
    try {
      const body = { ...this.metadata, sha256: await this.#hashed() };
      this.material = await this.#ask("POST", `/api/v1/uploads/${this.#id}/complete`, body, signal);
      this.#forget();
      this.#become("reading");
      if (this.material.status === "processing") this.material = (await this.#follow(signal)) ?? this.material;
      this.#become(this.material.status === "failed" ? "failed" : "ready");
    } catch (error) {
      if (error instanceof Problem && error.code === "upload_incomplete") return this.#sendAgain();
      this.#stopped(error);
    }
  }

  async #sendAgain() {
    await this.send();
    if (this.state === "arrived") await this.#complete();
  }

  #follow(signal) {
    return follow(this.material.id, (progress) => {
      this.reading = progress;
      this.changed(this);
    }, signal);
  }

  #ask(method, path, body, signal, idempotencyKey) {
    return this.#persist(signal, () => call(method, path, { body, signal, idempotencyKey }));
  }

  /** Does it until it is done: failures that pass are waited out, the others are thrown. */
  async #persist(signal, attempt) {
    const before = this.state;
    for (let tries = 0; ; tries += 1) {
      try {
        const outcome = await attempt();
        if (["retrying", "offline"].includes(this.state)) this.#become(before);
        return outcome;
      } catch (error) {
        const passing = error instanceof Unreachable || (error instanceof Problem && error.passing);
        if (!passing || error.status === 507) throw error;
        await this.#waitOut(tries, error, signal);
      }
    }
  }

  async #waitOut(tries, error, signal) {
    this.rate.reset();
    if (!navigator.onLine) {
      this.#become("offline");
      await online(signal);
      return;
    }
    const pause = pauseBefore(tries, error.retryAfter);
    this.retryIn = Math.ceil(pause / 1000);
    this.#become("retrying");
    await Promise.race([wait(pause, signal), backOnline(signal)]);
  }

  #forget() {
    forget(this.#id);
    dropFile(this.#id);
  }

  #stopped(error) {
    if (error.name === "AbortError") return;
    this.problem = error;
    this.#become("failed");
  }

  #become(state) {
    if (this.state === "cancelled") return;
    this.state = state;
    this.changed(this);
  }
}

function missing(part) {
  return part.state === "missing";
}

/** The network came back while we were waiting. */
function backOnline(signal) {
  return new Promise((resolve) => addEventListener("online", resolve, { once: true, signal }));
}

/** `crypto.randomUUID` is for secure pages only; this is not. */
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
