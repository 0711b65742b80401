// Follows a material from "waiting" to "ready" or "failed".
import { call, Problem } from "./api.js";
import { Connections } from "./connections.js";
import { wait } from "./wait.js";

const FIRST_MS = 700;
const SLOWEST_MS = 5000;
/** Browsers open six connections to one origin; most of them are for files. */
const connections = new Connections(2);
const never = new AbortController().signal;

const isBeingRead = (material) => material.status === "processing";

/**
 * Asks for the material until it is no longer being read, or whatever else is waited for. `onProgress` gets `{done, total}` or `null`.
 * Answers the material as it then is, or `null` when it is gone. A network that is away is waited for.
 */
export async function follow(id, onProgress, signal = never, isGoingOn = isBeingRead) {
  let pause = FIRST_MS;
  for (;;) {
    await wait(pause, signal);
    pause = Math.min(SLOWEST_MS, pause * 1.25);
    if (document.hidden) continue;
    try {
      const material = await connections.run(() => call("GET", `/api/v1/materials/${encodeURIComponent(id)}`, { signal }), signal);
      if (!isGoingOn(material)) return material;
      onProgress(material.progress ?? null);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      if (error instanceof Problem && !error.passing) return null;
    }
  }
}
