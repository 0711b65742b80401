// Handing in a video: chosen or recorded, sent in parts at once, handed in when one says so. What was cut
// off goes on when the same file is chosen again; what was recorded here goes on by itself.
import { call, Problem } from "./api.js";
import { Connections } from "./connections.js";
import { canRecord, Recorder } from "./recorder.js";
import { dropFile } from "./upload/handles.js";
import { Hasher } from "./upload/hasher.js";
import { dropRecording, keepRecording, keptRecording } from "./upload/kept.js";
import { forget } from "./upload/memory.js";
import { describe } from "./upload/row.js";
import { Upload } from "./upload/upload.js";
import { announce, size, word } from "./words.js";

const form = document.querySelector("[data-hand-in]");
const part = (name) => form.querySelector(`[data-slot="${name}"]`);
const button = (name) => form.querySelector(`[data-action="${name}"]`);
const shown = form.querySelector("[data-file]");
const go = form.querySelector("[data-send]");
const error = form.querySelector("[data-error]");
const tools = { hasher: new Hasher(), connections: new Connections(3) };
const lesson = form.dataset.submit;
const person = form.dataset.person;
const choose = form.querySelector("[data-choose]");
let upload = null;
let wanted = false;

form.hidden = false;
if (canRecord) offerRecording();
keptRecording(lesson, person).then((file) => file && !upload && take(file));
for (const input of form.querySelectorAll("[data-pick]")) {
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    dropRecording(lesson);
    take(file);
  });
}
button("pause").addEventListener("click", () => upload.pause());
button("resume").addEventListener("click", () => send());
button("cancel").addEventListener("click", () => cancel());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  wanted = true;
  draw();
  if (upload?.state === "arrived") submit();
  else if (["failed", "paused"].includes(upload?.state)) send();
});
addEventListener("beforeunload", (event) => {
  if (upload?.active) event.preventDefault();
});

/** In the page rather than by the camera's own program: so it ends where the class's limits are. */
function offerRecording() {
  const recorder = new Recorder(form.querySelector("[data-recorder]"), {
    limits: { seconds: Number(form.dataset.maxSeconds), bytes: Number(form.dataset.maxBytes) },
    taken: (file) => {
      choose.hidden = false;
      keepRecording(lesson, person, file);
      take(file);
    },
    closed: (why) => {
      choose.hidden = false;
      if (why) complain(word(why));
      record.focus();
    },
  });
  const record = form.querySelector("[data-record]");
  record.hidden = false;
  form.querySelector(".pick-record").hidden = true;
  record.addEventListener("click", () => {
    complain(null);
    choose.hidden = true;
    recorder.open();
  });
}

function take(file) {
  complain(null);
  if (file.size > Number(form.dataset.maxBytes)) return complain(word("hand-in-too-large", { size: size(Number(form.dataset.maxBytes)) }));
  if (upload) upload.cancel();
  upload = new Upload({ file, metadata: {}, tools, changed: (changed) => changed === upload && draw() });
  if (form.elements.title.value === "") form.elements.title.placeholder = file.name.replace(/(.)\.[^.]{1,5}$/, "$1");
  part("name").textContent = file.name;
  shown.hidden = false;
  return send();
}

async function send() {
  const sending = upload;
  complain(null);
  await sending.send();
  if (sending !== upload) return;
  draw();
  if (sending.state === "arrived" && wanted) await submit();
}

async function submit() {
  const { title, description } = Object.fromEntries(new FormData(form));
  go.disabled = true;
  part("status").textContent = word("hand-in-looking");
  const body = { upload: upload.id, ...(title.trim() && { title: title.trim() }), ...(description.trim() && { description: description.trim() }) };
  try {
    await call("POST", form.dataset.submit, { body });
  } catch (refused) {
    return refuse(refused);
  }
  await settle();
  announce(word("hand-in-done"));
  location.reload();
}

/** What cannot be taken is given up; what only did not get through can be handed in again. */
async function refuse(refused) {
  wanted = false;
  const passing = !(refused instanceof Problem) || refused.passing;
  if (refused.code === "upload_incomplete") {
    wanted = true;
    return send();
  }
  if (!passing && ![401, 403].includes(refused.status)) settle();
  complain(refused instanceof Problem ? refused.text : word("problem-unavailable"));
  draw();
}

/** Nothing of it is kept here any more, also when the page is loaded again. */
async function settle() {
  const { id } = upload;
  upload = null;
  shown.hidden = true;
  go.disabled = true;
  forget(id);
  await Promise.all([dropFile(id), dropRecording(lesson)]);
}

function cancel() {
  upload.cancel();
  dropRecording(lesson);
  upload = null;
  wanted = false;
  shown.hidden = true;
  draw();
}

function complain(text) {
  error.hidden = !text;
  error.textContent = text ?? "";
}

function draw() {
  go.disabled = !upload || wanted && upload.active;
  if (!upload) return;
  const { state } = upload;
  const bar = part("progress");
  bar.max = Math.max(1, upload.file.size);
  bar.value = upload.sent;
  part("status").textContent = state === "arrived" ? word(wanted ? "hand-in-looking" : "hand-in-arrived") : describe(upload);
  button("pause").hidden = !["hashing", "sending", "retrying", "offline"].includes(state);
  button("resume").hidden = !["paused", "failed"].includes(state);
  if (state === "failed") complain(upload.problem instanceof Problem ? upload.problem.text : describe(upload));
}
