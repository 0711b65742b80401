// The row of one file, from drop to done. Made from the page's template; draws at most a few times a second.
import { Problem } from "../api.js";
import { showReading } from "../progress.js";
import { announce, counted, duration, knows, number, size, word } from "../words.js";

const DRAW_EVERY_MS = 200;

export class Row {
  #upload;
  #slots = {};
  #actions = {};
  #drawn = 0;
  #pending = null;
  #state = null;

  /** `act(action, upload)` is called for the row's buttons, `edited(upload)` after its form changed. */
  constructor(upload, { act, edited }) {
    this.#upload = upload;
    const template = document.getElementById("upload-row");
    this.element = template.content.firstElementChild.cloneNode(true);
    for (const slot of this.element.querySelectorAll("[data-slot]")) this.#slots[slot.dataset.slot] = slot;
    for (const button of this.element.querySelectorAll("[data-action]")) {
      this.#actions[button.dataset.action] = button;
      button.addEventListener("click", () => act(button.dataset.action, upload));
    }
    this.#slots.name.textContent = upload.file.name;
    for (const input of this.#inputs()) {
      input.addEventListener("input", () => {
        this.read();
        edited(upload);
      });
    }
    this.fill();
    this.draw();
  }

  /** The form's values into the upload. */
  read() {
    const metadata = {};
    for (const { name, value } of this.#inputs()) {
      if (value.trim() === "") continue;
      metadata[name] = name === "grade" ? Number(value) : value.trim();
    }
    this.#upload.metadata = metadata;
  }

  /** The upload's values into the form. */
  fill() {
    for (const input of this.#inputs()) input.value = this.#upload.metadata[input.name] ?? "";
  }

  showApplyAll(shown) {
    this.#actions["apply-all"].hidden = !shown;
  }

  /** Draws now if the state changed, else soon. */
  draw() {
    if (this.#upload.state !== this.#state) return this.#drawNow();
    if (this.#pending !== null) return;
    const due = Math.max(0, this.#drawn + DRAW_EVERY_MS - performance.now());
    this.#pending = setTimeout(() => requestAnimationFrame(() => this.#drawNow()), due);
  }

  #inputs() {
    return this.element.querySelectorAll("input[name], select[name]");
  }

  #drawNow() {
    clearTimeout(this.#pending);
    this.#pending = null;
    this.#drawn = performance.now();
    const upload = this.#upload;
    if (upload.state !== this.#state) this.#changeState(upload.state);
    if (upload.state === "reading") return showReading(this.element, upload.reading);
    const bar = this.#slots.progress;
    bar.max = Math.max(1, upload.file.size);
    bar.value = upload.sent;
    this.#slots.status.textContent = describe(upload);
  }

  #changeState(state) {
    this.#state = state;
    this.element.dataset.state = state;
    const { pause, resume, retry, cancel } = this.#actions;
    pause.hidden = !["queued", "hashing", "sending", "retrying", "offline"].includes(state);
    resume.hidden = state !== "paused";
    retry.hidden = state !== "failed" || this.#upload.material !== null;
    cancel.hidden = ["sharing", "reading", "ready"].includes(state) || this.#upload.material !== null;
    this.#slots.form.hidden = this.#upload.wanted && ["sharing", "reading", "ready", "failed"].includes(state);
    this.#slots.open.hidden = this.#upload.material === null;
    if (this.#upload.material) this.#slots.open.href = `/materials/${encodeURIComponent(this.#upload.material.id)}`;
    if (["ready", "failed", "offline"].includes(state)) announce(`${this.#upload.file.name}: ${describe(this.#upload)}`);
  }
}

/** How far an upload is, in words. */
export function describe(upload) {
  switch (upload.state) {
    case "queued":
      return word("upload-queued");
    case "hashing":
      return word("upload-hashing");
    case "sending":
      return sending(upload);
    case "retrying":
      return word("upload-again", { n: number(upload.retryIn) });
    case "offline":
      return word("upload-offline");
    case "paused":
      return word("upload-paused");
    case "finishing":
      return word("upload-finishing");
    case "arrived":
      return word(upload.wanted ? "upload-arrived-share" : "upload-arrived");
    case "sharing":
      return word("upload-arrived-share");
    case "ready":
      return ready(upload.material);
    case "failed":
      return failure(upload);
    default:
      return "";
  }
}

function sending(upload) {
  const values = { sent: size(upload.sent), total: size(upload.file.size) };
  const speed = upload.rate.perSecond;
  if (speed === 0) return word("upload-progress-start", values);
  const left = duration((upload.file.size - upload.sent) / speed);
  return word("upload-progress", { ...values, speed: size(speed), left });
}

function ready(material) {
  const pages = material.pages ?? 0;
  return pages > 0 ? counted("state-ready", pages) : word("state-ready");
}

function failure({ material, problem }) {
  if (material) return because(material.reason ?? "crashed");
  if (problem instanceof Problem) return because(problem.code, problem.text);
  return word(problem instanceof DOMException ? "upload-file-gone" : "problem-unknown");
}

function because(code, otherwise = word("rejection-crashed")) {
  const key = `rejection-${code.replaceAll("_", "-")}`;
  return knows(key) ? word(key) : otherwise;
}
