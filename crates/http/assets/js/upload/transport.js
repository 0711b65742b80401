// Sends one part to storage. XMLHttpRequest, because only it tells how far a body has gone.
import { Problem, Unreachable } from "../api.js";

/** Without a byte moving for this long, the connection is given up and the part sent again. */
const STALL_MS = 45_000;

/** Set by the browser itself; setting them is refused. */
const BROWSERS_OWN = new Set(["content-length", "host", "connection", "date", "origin"]);

/**
 * PUTs `body` as the part asks. `onSent` gets the bytes that have left so far.
 * Rejects with `Problem` when storage says no, `Unreachable` when nothing answered, `AbortError` when aborted.
 */
export function sendPart(part, body, { onSent, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let watchdog;

    function settle(outcome, value) {
      clearTimeout(watchdog);
      signal.removeEventListener("abort", abort);
      removeEventListener("offline", abort);
      outcome(value);
    }
    function moving() {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => request.abort(), STALL_MS);
    }
    function abort() {
      request.abort();
    }

    request.upload.addEventListener("progress", (event) => {
      moving();
      onSent(event.loaded);
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) settle(resolve);
      else settle(reject, new Problem(request.status, codeOf(request), Number(request.getResponseHeader("retry-after")) || 0));
    });
    request.addEventListener("error", () => settle(reject, new Unreachable("no answer from storage")));
    request.addEventListener("abort", () => {
      const error = signal.aborted ? new DOMException("aborted", "AbortError") : new Unreachable("the connection is gone");
      settle(reject, error);
    });

    if (signal.aborted) return reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", abort);
    // A connection that the network took away can look open for minutes.
    addEventListener("offline", abort);
    request.open(part.method ?? "PUT", part.url);
    for (const [name, value] of Object.entries(part.headers ?? {})) {
      if (!BROWSERS_OWN.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    moving();
    request.send(body);
  });
}

/** The code in an S3 error document. */
function codeOf(request) {
  return /<Code>([^<]{1,64})<\/Code>/.exec(request.responseText ?? "")?.[1] ?? "unknown";
}
