// Calls to the page's own origin, as the signed-in reader. Failures are of two kinds that callers treat
// differently: an answer that says no (`Problem`), and no answer at all (`Unreachable`).
import { knows, word } from "./words.js";

export class Problem extends Error {
  constructor(status, code, retryAfter) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 429 || this.status === 408 || this.status >= 500;
  }

  /** In plain words. */
  get text() {
    const key = `problem-${this.code.replaceAll("_", "-")}`;
    if (knows(key)) return word(key);
    if (this.status === 401) return word("problem-unauthorized");
    if (this.status === 429) return word("problem-too-many-requests");
    if (this.status === 413) return word("problem-body-too-large");
    return word(this.status >= 500 ? "problem-unavailable" : "problem-unknown");
  }
}

export class Unreachable extends Error {}

const token = document.querySelector('meta[name="csrf-token"]')?.content;

/** Sends a request and answers its JSON body; `null` for 204. */
export async function call(method, path, { body, signal, idempotencyKey, keepalive } = {}) {
  const headers = { accept: "application/json" };
  if (token && method !== "GET") headers["x-csrf-token"] = token;
  if (body !== undefined) headers["content-type"] = "application/json";
  if (idempotencyKey) headers["idempotency-key"] = idempotencyKey;
  let answer;
  try {
    answer = await fetch(path, { method, headers, signal, keepalive, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable(error.message);
  }
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, problem.code ?? "unknown", Number(answer.headers.get("retry-after")) || 0);
}
