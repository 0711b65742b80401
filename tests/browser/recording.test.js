// Recording a video in the page and handing it in, on a phone, with a camera that Chromium makes up; and what
// becomes of a video when the page is loaded again while it is on its way.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./support/chromium.js";
import { Homeroom, missing } from "./support/homeroom.js";
import { PASSWORD, PHONE, Visitor } from "./support/visitor.js";

const options = { skip: missing(), timeout: 240_000 };

let browser;
let homeroom;
let files;
let teacher;
let classUrl;
let lessonUrl;

before(async () => {
  if (options.skip) return;
  files = await mkdtemp(join(tmpdir(), "homeroom-recording-"));
  [browser, homeroom] = await Promise.all([launch("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"), Homeroom.start()]);
  teacher = await Visitor.open(browser, homeroom);
  await teacher.page.goto(homeroom.setupUrl);
  await teacher.page.fill("[name=username]", "ruth");
  await teacher.page.fill("[name=email]", "ruth@school.example");
  await teacher.page.fill("[name=password]", PASSWORD);
  await Promise.all([teacher.page.waitForURL(`${homeroom.origin}/`), teacher.page.click("main form button")]);
  const made = await ask("POST", "/api/v1/classes", { name: "Biology 10b" });
  classUrl = `/api/v1/classes/${made.id}`;
  const [now, hour] = [Date.now(), 3_600_000];
  const lesson = await ask("POST", `${classUrl}/lessons`, { opens_at: at(now - 1000), late_after: at(now + hour), closes_at: at(now + 2 * hour) });
  lessonUrl = `/lessons/${lesson.id}`;
});
after(async () => {
  await browser?.close();
  await homeroom?.stop();
  if (files) await rm(files, { recursive: true, force: true });
});

const at = (time) => new Date(time).toISOString();

/** A call to the API as the teacher. */
function ask(method, path, body) {
  return as(teacher, method, path, body);
}

function as(visitor, method, path, body) {
  return visitor.page.evaluate(
    async ([method, path, body]) => {
      const token = document.querySelector('meta[name="csrf-token"]').content;
      const answer = await fetch(path, { method, headers: { "content-type": "application/json", "x-csrf-token": token }, body: body && JSON.stringify(body) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text ? JSON.parse(text) : null;
    },
    [method, path, body],
  );
}

/** A student of the class on their phone, on the lesson's page. */
async function student(name) {
  const visitor = await Visitor.open(browser, homeroom, PHONE);
  await visitor.signUp(name);
  const { join_code: code } = await ask("GET", classUrl);
  await as(visitor, "POST", "/api/v1/classes/join", { code });
  await visitor.go(lessonUrl);
  return visitor;
}

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** Records until so many seconds have passed by the page's clock, and stops. */
async function record(page, seconds) {
  await press(page, "Record");
  await page.locator('[data-recorder][data-state="looking"]').waitFor();
  await press(page, "Start recording");
  await page.locator(".recorder-clock", { hasText: `0:0${seconds} /` }).waitFor();
  await press(page, "Stop");
  await page.locator('[data-recorder][data-state="recorded"]').waitFor();
}

/** Holds all parts back until the page is gone. */
async function holdParts(page, count = 0) {
  let seen = 0;
  await page.route(/\/homeroom\//, async (route) => {
    if (route.request().method() === "PUT" && ++seen > count) return;
    await route.continue().catch(() => {});
  });
}

const sentParts = (page) => {
  const sent = [];
  page.on("response", (response) => response.request().method() === "PUT" && response.ok() && sent.push(response.url()));
  return sent;
};

async function handedIn(page) {
  await press(page, "Hand in");
  await page.locator(".own-video").waitFor({ timeout: 60_000 });
}

test("a student records a video in the page, looks at it, records again, and hands it in", options, async () => {
  const visitor = await student("dana");
  const { page } = visitor;
  assert.ok(await page.locator(".pick-record").isHidden(), "the camera's own program is not offered beside it");
  await record(page, 1);
  const screen = page.locator("[data-recorder] video");
  await page.waitForFunction(() => document.querySelector("[data-recorder] video").readyState >= 2);
  assert.equal(await screen.evaluate((video) => video.srcObject), null, "the camera is let go");
  await press(page, "Record again");
  await page.locator('[data-recorder][data-state="looking"]').waitFor();
  assert.deepEqual(await visitor.faults(), []);
  await press(page, "Start recording");
  await page.locator(".recorder-clock", { hasText: "0:02 /" }).waitFor();
  await press(page, "Stop");
  await press(page, "Use this video");
  assert.match(await page.locator("[data-file]").innerText(), /Recording \d{4}-\d\d-\d\d/);
  await handedIn(page);

  const own = page.locator(".own-video video");
  await own.evaluate((video) => video.load());
  await page.waitForFunction(() => document.querySelector(".own-video video").readyState >= 1);
  await teacher.go(lessonUrl);
  const row = teacher.page.locator("[data-row]", { hasText: "dana" });
  assert.equal(await row.getAttribute("data-state"), "present");
  await page.reload();
  assert.ok(await page.locator("[data-file]").isHidden(), "nothing is kept of what was handed in");
  assert.deepEqual(visitor.troubles, []);
  await visitor.close();
});

test("a recording ends by itself at the longest that the class takes", options, async () => {
  await ask("PATCH", classUrl, { max_video_seconds: 3 });
  const visitor = await student("emil");
  const { page } = visitor;
  await press(page, "Record");
  await press(page, "Start recording");
  await page.locator('[data-recorder][data-state="recorded"]').waitFor({ timeout: 15_000 });
  await press(page, "Use this video");
  await handedIn(page);
  await ask("PATCH", classUrl, { max_video_seconds: 600 });
  assert.deepEqual(visitor.troubles, []);
  await visitor.close();
});

test("a recording outlives a reload while it is on its way, for who recorded it alone", options, async () => {
  const visitor = await student("yael");
  const { page } = visitor;
  await holdParts(page);
  await record(page, 1);
  await press(page, "Use this video");
  const name = await page.locator('[data-slot="name"]').innerText();
  await page.locator('[data-slot="status"]', { hasText: /of/ }).waitFor();

  await page.unrouteAll();
  await page.reload();
  await page.locator('[data-slot="status"]', { hasText: "It has arrived" }).waitFor();
  assert.equal(await page.locator('[data-slot="name"]').innerText(), name);

  // Somebody else at the same browser finds nothing of it.
  await visitor.logOut();
  await visitor.signUp("omer");
  const { join_code: code } = await ask("GET", classUrl);
  await as(visitor, "POST", "/api/v1/classes/join", { code });
  await visitor.go(lessonUrl);
  await page.waitForFunction(async () => {
    const database = await new Promise((resolve) => (indexedDB.open("homeroom").onsuccess = ({ target }) => resolve(target.result)));
    const count = database.transaction("recordings").objectStore("recordings").count();
    await new Promise((resolve) => (count.onsuccess = resolve));
    database.close();
    return count.result === 0;
  });
  assert.ok(await page.locator("[data-file]").isHidden());
  await visitor.close();
});

test("a chosen video goes on after a reload in the middle, and sends only what is missing", options, async () => {
  const path = join(files, "long morning.mp4");
  execFileSync("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=25:duration=5,noise=alls=100:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-pix_fmt", "yuv420p", path]);
  const { size } = await stat(path);
  assert.ok(size > 40_000_000, `${size} bytes are several parts`);
  const visitor = await student("noga");
  const { page } = visitor;
  const sent = sentParts(page);
  await holdParts(page, 1);
  await page.setInputFiles("[data-pick] >> nth=-1", path);
  await page.waitForFunction(() => Number(document.querySelector('[data-slot="progress"]').value) > 0);
  while (sent.length < 1) await page.waitForResponse((response) => response.request().method() === "PUT");
  const before = sent.length;

  await page.unrouteAll();
  await page.reload();
  await page.setInputFiles("[data-pick] >> nth=-1", path);
  await page.locator('[data-slot="status"]', { hasText: "It has arrived" }).waitFor({ timeout: 60_000 });
  const parts = sent.map((url) => new URL(url).searchParams.get("partNumber"));
  assert.equal(new Set(parts).size, parts.length, `no part twice: ${parts}`);
  assert.ok(before >= 1 && parts.length > before, `${before} of ${parts.length}`);
  await handedIn(page);
  await visitor.close();
});

test("where there is no camera, or it is not allowed, a video can still be chosen", options, async () => {
  const plain = await launch();
  const visitor = await Visitor.open(plain, homeroom, PHONE);
  await visitor.signUp("lior");
  const { join_code: code } = await ask("GET", classUrl);
  await as(visitor, "POST", "/api/v1/classes/join", { code });
  await visitor.go(lessonUrl);
  const { page } = visitor;
  await press(page, "Record");
  await page.locator("[data-error]", { hasText: /Choose a video|choose a video/ }).waitFor();
  assert.ok(await page.locator("[data-recorder]").isHidden());
  assert.ok(await page.getByText("Choose a video", { exact: true }).isVisible());
  const answer = await visitor.go("/");
  assert.match(answer.headers()["permissions-policy"], /camera=\(\)/, "no other page may ask for a camera");
  await plain.close();
});
