// Recording a video in the page: what the camera sees, a recording that ends by itself where the class's limits are,
// and a look at it before it is taken. Nothing is sent from here.
import { announce, word } from "./words.js";

/** What is recorded, where a browser can: what plays everywhere comes first. */
const TYPES = ["video/mp4;codecs=avc1.42E01F,mp4a.40.2", "video/mp4", "video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/webm"];
const MOST_BITS_PER_SECOND = 2_500_000;
/** A recorder's last part comes a little late. */
const MARGIN_MS = 750;
const PART_MS = 500;

const type = globalThis.MediaRecorder && TYPES.find((each) => MediaRecorder.isTypeSupported(each));

/** Cameras are for secure pages and for this machine only. */
export const canRecord = Boolean(type && globalThis.isSecureContext && navigator.mediaDevices?.getUserMedia);

/** `limits`: `{seconds, bytes}`; `taken(file)` gets what was recorded; `closed(why)` is told when it ends without, `why` being a key of words or `null`. */
export class Recorder {
  #root;
  #limits;
  #taken;
  #closed;
  #stream = null;
  #recording = null;
  #parts = [];
  #began = 0;
  #ticking = null;
  #facing = "user";
  #file = null;
  #wake = null;

  constructor(root, { limits, taken, closed }) {
    this.#root = root;
    this.#limits = limits;
    this.#taken = taken;
    this.#closed = closed;
    const actions = { start: () => this.#start(), stop: () => this.#stop(), use: () => this.#use(), again: () => this.open(), turn: () => this.#turn(), close: () => this.close() };
    for (const [name, act] of Object.entries(actions)) this.#button(name).addEventListener("click", act);
    addEventListener("pagehide", () => this.#release());
  }

  /** Shows what the camera sees. */
  async open() {
    this.#forget();
    this.#root.hidden = false;
    this.#root.dataset.facing = this.#facing;
    this.#become("waiting");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { facingMode: this.#facing, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } });
      if (this.#root.hidden) return stop(stream);
      this.#stream = stream;
    } catch (error) {
      return this.close(["NotAllowedError", "SecurityError"].includes(error.name) ? "recorder-refused" : "recorder-no-camera");
    }
    const screen = this.#slot("screen");
    screen.removeAttribute("src");
    screen.controls = false;
    screen.muted = true;
    screen.srcObject = this.#stream;
    await screen.play().catch(() => {});
    this.#become("looking");
    this.#button("start").focus();
    const cameras = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    this.#button("turn").hidden = cameras.filter((device) => device.kind === "videoinput").length < 2 || this.#root.dataset.state !== "looking";
  }

  close(why = null) {
    this.#forget();
    this.#root.hidden = true;
    this.#closed(why);
  }

  #start() {
    const bits = Math.min(MOST_BITS_PER_SECOND, Math.floor((this.#limits.bytes * 8 * 0.9) / this.#limits.seconds));
    this.#parts = [];
    const recording = new MediaRecorder(this.#stream, { mimeType: type, bitsPerSecond: bits });
    recording.addEventListener("dataavailable", ({ data }) => {
      if (recording !== this.#recording) return;
      this.#parts.push(data);
      this.#tick();
    });
    recording.addEventListener("stop", () => recording === this.#recording && this.#finish());
    this.#recording = recording;
    this.#began = performance.now();
    recording.start(PART_MS);
    this.#ticking = setInterval(() => this.#tick(), 250);
    navigator.wakeLock?.request("screen").then((lock) => (this.#wake = lock), () => {});
    this.#become("recording");
    this.#button("stop").focus();
    announce(word("recorder-going"));
  }

  /** Shows how long it is, and ends it at the limits. */
  #tick() {
    if (this.#recording?.state !== "recording") return;
    const passed = performance.now() - this.#began;
    const bytes = this.#parts.reduce((sum, part) => sum + part.size, 0);
    this.#clock(passed / 1000);
    if (passed >= this.#limits.seconds * 1000 - MARGIN_MS || bytes >= this.#limits.bytes * 0.95) this.#stop();
  }

  #stop() {
    if (this.#recording?.state === "recording") this.#recording.stop();
  }

  #finish() {
    const plain = type.split(";")[0];
    const at = new Date();
    const name = `${word("recorder-name")} ${stamp(at)}.${plain.split("/")[1]}`;
    this.#file = new File(this.#parts, name, { type: plain, lastModified: at.getTime() });
    this.#release();
    if (this.#file.size === 0) return this.close("recorder-no-camera");
    const screen = this.#slot("screen");
    screen.srcObject = null;
    screen.src = URL.createObjectURL(this.#file);
    screen.muted = false;
    screen.controls = true;
    this.#become("recorded");
    this.#button("use").focus();
    announce(word("recorder-ended"));
  }

  #use() {
    const file = this.#file;
    this.#forget();
    this.#root.hidden = true;
    this.#taken(file);
  }

  #turn() {
    this.#facing = this.#facing === "user" ? "environment" : "user";
    return this.open();
  }

  #forget() {
    this.#release();
    const screen = this.#slot("screen");
    if (screen.src) URL.revokeObjectURL(screen.src);
    screen.srcObject = null;
    screen.removeAttribute("src");
    this.#parts = [];
    this.#file = null;
    this.#clock(0);
  }

  /** Lets go of camera, microphone and screen. */
  #release() {
    clearInterval(this.#ticking);
    const recording = this.#recording;
    this.#recording = null;
    if (recording?.state === "recording") recording.stop();
    if (this.#stream) stop(this.#stream);
    this.#stream = null;
    this.#wake?.release().catch(() => {});
    this.#wake = null;
  }

  #become(state) {
    this.#root.dataset.state = state;
    for (const [name, states] of Object.entries({ start: ["looking"], stop: ["recording"], use: ["recorded"], again: ["recorded"], turn: [] })) this.#button(name).hidden = !states.includes(state);
    this.#slot("clock").hidden = !["looking", "recording"].includes(state);
  }

  #clock(seconds) {
    this.#slot("clock").textContent = `${minutes(seconds)} / ${minutes(this.#limits.seconds)}`;
  }

  #slot(name) {
    return this.#root.querySelector(`[data-slot="${name}"]`);
  }

  #button(name) {
    return this.#root.querySelector(`[data-action="record-${name}"]`);
  }
}

function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
}

function minutes(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** `2026-11-20 08.05.09`, as a name may have it. */
function stamp(at) {
  const two = (n) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
}
