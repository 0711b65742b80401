// Keeps what was recorded in a page until it has been handed in: no file on the device holds it, and a reload would
// lose it. One for each lesson, for the person who recorded it, for a day.
import { transaction } from "./database.js";

const STORE = "recordings";
const A_DAY_MS = 24 * 60 * 60 * 1000;

export async function keepRecording(lesson, person, file) {
  await transaction(STORE, "readwrite", (store) => store.put({ person, file, at: Date.now() }, lesson)).catch(() => {});
}

export async function dropRecording(lesson) {
  await transaction(STORE, "readwrite", (store) => store.delete(lesson)).catch(() => {});
}

/** What this person has recorded for a lesson and not handed in, or `null`. What is somebody else's, or old, goes. */
export async function keptRecording(lesson, person) {
  try {
    for (const key of await transaction(STORE, "readonly", (store) => store.getAllKeys())) {
      const kept = await transaction(STORE, "readonly", (store) => store.get(key));
      const holds = kept?.person === person && Date.now() - kept.at < A_DAY_MS;
      if (!holds) await dropRecording(key);
      else if (key === lesson) return kept.file;
    }
  } catch {
    // A browser that keeps nothing: what was recorded is there until the page goes.
  }
  return null;
}
