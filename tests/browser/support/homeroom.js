// The real program in a directory of its own, on a free port. `HOMEROOM_BIN` names another build.
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const BINARY = resolve(process.env.HOMEROOM_BIN ?? join(import.meta.dirname, "../../../target/debug/homeroom"));
export const CHROMIUM = process.env.HOMEROOM_CHROMIUM ?? "/usr/bin/chromium";

/** Why the journeys cannot run here; on CI that is no reason, and they fail. */
export function missing() {
  if (process.env.CI === "true") return false;
  if (!existsSync(BINARY)) return `there is no ${BINARY}: run cargo build, or name one in HOMEROOM_BIN`;
  return existsSync(CHROMIUM) ? false : `there is no ${CHROMIUM}: name one in HOMEROOM_CHROMIUM`;
}

export class Homeroom {
  #directory;
  #process;
  #port;
  #settings = {};
  /** All that it logged. */
  log = "";
  /** Where the first administrator is made, as the log said. */
  setupUrl = null;

  /** With further settings, as environment variables. */
  static async start(settings = {}) {
    const homeroom = new Homeroom();
    homeroom.#settings = settings;
    homeroom.#directory = await mkdtemp(join(tmpdir(), "homeroom-e2e-"));
    homeroom.#port = await freePort();
    if (settings.HOMEROOM_STORAGE_URL) homeroom.admin("storage", "init");
    await homeroom.run();
    return homeroom;
  }

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Runs it on its directory; resolves when it answers. */
  async run() {
    const started = (this.#process = spawn(BINARY, ["serve", ...this.#arguments], { env: this.#environment, stdio: ["ignore", "pipe", "pipe"] }));
    await new Promise((ready, failed) => {
      const read = (chunk) => {
        this.log += chunk;
        this.setupUrl ??= /http:\S+\/setup\/[\w-]+/.exec(this.log)?.[0] ?? null;
        if (/is ready/.test(this.log)) ready();
      };
      started.stdout.on("data", read);
      started.stderr.on("data", read);
      started.once("error", failed);
      started.once("exit", (code) => failed(new Error(`homeroom ended with ${code}:\n${this.log}`)));
    });
  }

  /** Runs `homeroom admin …` with the same settings, and gives what it printed. */
  admin(...words) {
    return execFileSync(BINARY, ["admin", ...words, ...this.#arguments], { env: this.#environment, encoding: "utf8" });
  }

  get #arguments() {
    return ["--data", join(this.#directory, "data"), "--listen", `127.0.0.1:${this.#port}`, "--public-url", this.origin];
  }

  get #environment() {
    return { PATH: process.env.PATH, HOMEROOM_AUTH_ARGON2_MEMORY: "1 MiB", ...this.#settings };
  }

  /** As a power cut would end it. */
  async kill() {
    await this.#end("SIGKILL");
    this.log = "";
  }

  async stop() {
    await this.#end("SIGTERM");
    await rm(this.#directory, { recursive: true, force: true });
  }

  #end(signal) {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return undefined;
    return new Promise((ended) => {
      this.#process.removeAllListeners("exit");
      this.#process.once("exit", ended);
      this.#process.kill(signal);
    });
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}
