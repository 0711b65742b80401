// Classes on the real program: a teacher brings a list and plans a lesson, a student hands in a video, and
// the board shows it by itself; at a desk and on a phone.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./support/chromium.js";
import { Homeroom, missing } from "./support/homeroom.js";
import { DESKTOP, PASSWORD, PHONE, Visitor } from "./support/visitor.js";

const options = { skip: missing(), timeout: 240_000 };
const LIST = "Name;E-mail;Student number\nAdam Cohen;adam@school.example;17\nDana Mizrahi;dana@school.example;18\nEmil Haddad;emil@school.example;19\n";

let browser;
let homeroom;
let files;
let video;
let teacher;

before(async () => {
  if (options.skip) return;
  files = await mkdtemp(join(tmpdir(), "homeroom-classes-"));
  video = film("good morning.mp4", 1);
  [browser, homeroom] = await Promise.all([launch(), Homeroom.start()]);
  teacher = await Visitor.open(browser, homeroom);
  await teacher.page.goto(homeroom.setupUrl);
  await teacher.page.fill("[name=username]", "ruth");
  await teacher.page.fill("[name=email]", "ruth@school.example");
  await teacher.page.fill("[name=password]", PASSWORD);
  await teacher.page.click("main form button");
  await teacher.page.waitForURL(`${homeroom.origin}/`);
});
after(async () => {
  await browser?.close();
  await homeroom?.stop();
  if (files) await rm(files, { recursive: true, force: true });
});

/** A real film of some seconds; FFmpeg is in the Debian package ffmpeg. */
function film(name, seconds) {
  const path = join(files, name);
  execFileSync("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", `testsrc=size=320x180:rate=10:duration=${seconds}`, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart", path]);
  return path;
}

/** What stands on the page, without the marks that keep directions apart. */
const said = async (page) => (await page.locator("main").innerText()).replace(/[\u2066-\u2069]/g, "");
const urlNow = (page) => new URL(page.url()).pathname;
const press = (page, name) => Promise.all([page.waitForEvent("framenavigated"), page.getByRole("button", { name, exact: true }).click()]);

/** A class with a list and a lesson that is open all day; answers its address and the lesson's. */
async function classWithLesson(name) {
  const { page } = teacher;
  await teacher.go("/classes");
  await page.locator("summary", { hasText: "New class" }).click();
  await page.fill("#name", name);
  await press(page, "Make the class");
  const classUrl = urlNow(page);
  await teacher.go(`${classUrl}/roster`);
  await page.setInputFiles("#list", { name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(LIST) });
  await press(page, "Look at it");
  assert.match(await said(page), /3 good lines/);
  await press(page, "Take this list");
  await page.getByText("Dana Mizrahi").waitFor();
  await teacher.go(`${classUrl}/plan`);
  await page.fill("#opens_at", "00:00");
  await page.fill("#late_after", "23:58");
  await page.fill("#closes_at", "23:59");
  await press(page, "Plan");
  const lessonUrl = await page.locator(".lesson a").first().getAttribute("href");
  return { classUrl, lessonUrl };
}

async function handIn(student, lessonUrl, path, title) {
  await student.go(lessonUrl);
  await student.page.setInputFiles("[data-pick] >> nth=-1", path);
  await student.page.fill("#title", title);
  await student.page.getByRole("button", { name: "Hand in", exact: true }).click();
  await student.page.locator(".own-video").waitFor({ timeout: 60_000 });
}

for (const [place, settings, name] of [["at a desk", DESKTOP, "dana"], ["on a phone", PHONE, "emil"]]) {
  test(`a video appears on the board by itself, ${place}`, options, async () => {
    const { lessonUrl } = await classWithLesson(`10B ${place}`);
    const board = await Visitor.open(browser, homeroom, settings);
    const student = await Visitor.open(browser, homeroom, settings);
    await board.logIn("ruth");
    await board.go(lessonUrl);
    await board.page.locator("[data-board-live]", { hasText: "Live" }).waitFor();
    const row = board.page.locator("[data-row]", { hasText: name === "dana" ? "Dana Mizrahi" : "Emil Haddad" });
    assert.equal(await row.getAttribute("data-state"), "missing");
    await board.page.evaluate(() => (window.stayed = true));

    await student.signUp(name);
    await handIn(student, lessonUrl, video, "Good morning");

    await board.page.locator('[data-row][data-state="present"]').waitFor({ timeout: 10_000 });
    assert.equal(await row.getAttribute("data-state"), "present");
    assert.equal(await board.page.evaluate(() => window.stayed), true, "the page was not loaded again");
    assert.match((await board.page.locator(".board-filters").innerText()).replace(/\s+/g, " "), /Present 1/);
    assert.match(await said(student.page), /Good morning/);
    for (const visitor of [board, student]) {
      assert.deepEqual(await visitor.faults(), []);
      assert.deepEqual(visitor.troubles, []);
      await visitor.close();
    }
  });
}

test("a board is reviewed by keyboard, and what is typed stays while it changes", options, async () => {
  const { lessonUrl } = await classWithLesson("10B by keyboard");
  const student = await Visitor.open(browser, homeroom);
  await student.signUp("adam");
  await handIn(student, lessonUrl, video, "First");

  const { page } = teacher;
  await teacher.go(lessonUrl);
  await page.keyboard.press("j");
  const row = page.locator("[data-row]", { hasText: "Adam Cohen" });
  assert.ok(await row.evaluate((each) => each === document.activeElement));
  await page.keyboard.press("Enter");
  await row.locator("video").waitFor({ state: "visible" });
  await page.waitForFunction(() => document.querySelector("video").readyState >= 2);
  await row.focus();
  await page.keyboard.press("r");
  await page.keyboard.type("Speak up");
  await askAgain(page, row);
  await student.go(lessonUrl);
  assert.match(await said(student.page), /asks for another video[^]*Speak up/);

  await handIn(student, lessonUrl, film("louder.mp4", 2), "Second");
  await row.locator(".video-title", { hasText: "Second" }).waitFor({ state: "attached" });
  await row.focus();
  await page.keyboard.press("a");
  await row.getByText("Accepted").waitFor();
  await page.keyboard.press("j");
  const next = page.locator("[data-row]", { hasText: "Dana Mizrahi" });
  assert.ok(await next.evaluate((each) => each === document.activeElement));
  assert.deepEqual(teacher.troubles, []);
  await student.close();
});

test("review by keyboard keeps its place", options, async () => {
  const { lessonUrl } = await classWithLesson("10B without a mouse");
  const student = await Visitor.open(browser, homeroom);
  await student.logIn("dana");
  await handIn(student, lessonUrl, video, "Mine");
  const { page } = teacher;
  const at = () => page.evaluate(() => document.activeElement.dataset.name ?? document.activeElement.tagName);
  const press = async (key, place) => {
    await page.keyboard.press(key);
    assert.equal(await at(), place, key);
  };
  await teacher.go(lessonUrl);
  await press("j", "Adam Cohen");
  await press("ArrowDown", "Dana Mizrahi");
  await press("ArrowDown", "Emil Haddad");
  await press("ArrowDown", "Emil Haddad");
  await press("ArrowUp", "Dana Mizrahi");
  await press("r", "TEXTAREA");
  await page.keyboard.type("Speak");
  await press("Escape", "Dana Mizrahi");
  await press("j", "Emil Haddad");
  await press("k", "Dana Mizrahi");
  await press("r", "TEXTAREA");
  await page.keyboard.type(" up");
  await page.keyboard.press("Control+Enter");
  const row = page.locator("[data-row]", { hasText: "Dana Mizrahi" });
  await row.getByText("Asked again").waitFor();
  assert.equal(await at(), "Dana Mizrahi");
  assert.equal(await row.locator("textarea").inputValue(), "Speak up");
  await press("j", "Emil Haddad");
  assert.deepEqual(teacher.troubles, []);
  await student.close();
});

/** Sends the comment that was typed, and waits until the row says so. */
async function askAgain(page, row) {
  await row.getByRole("button", { name: "Ask again" }).click();
  await row.getByText("Asked again").waitFor();
}

test("what a program sends through the function URL stands beside the board", options, async () => {
  const { classUrl, lessonUrl } = await classWithLesson("10B by program");
  const { page } = teacher;
  await teacher.go(classUrl);
  const { url, day } = await page.evaluate(async ([classUrl, lessonUrl]) => {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const made = await fetch(`/api/v1${classUrl}/function-url`, { method: "POST", headers: { "x-csrf-token": token } });
    const lesson = await fetch(`/api/v1${lessonUrl}`);
    return { url: (await made.json()).url, day: (await lesson.json()).date };
  }, [classUrl, lessonUrl]);
  const act = async (action, params) => {
    const answer = await fetch(url, { method: "POST", body: JSON.stringify({ action, params }) });
    assert.equal(answer.status, 200, action);
    return answer.json();
  };
  for (const [number, date] of [[1, day], [2, "2025-01-15"]]) {
    const { url: put } = await act("upload", { object_name: `${number}.mp4` });
    assert.equal((await fetch(put, { method: "PUT", headers: { "content-type": "video/mp4" }, body: readFileSync(video) })).status, 200);
    await act("write_to_db", { user_id: `student-${number}`, submission_id: number, object_name: `${number}.mp4`, timestamp: `${date}T08:05:00`, title: `Day ${number}`, description: "In the lab" });
  }
  await teacher.go(lessonUrl);
  const beside = page.locator(".beside-board");
  assert.match(await beside.innerText(), /Day 1[^]*student-1/);
  assert.doesNotMatch(await beside.innerText(), /Day 2/);
  await beside.locator("summary").click();
  await beside.locator("video").evaluate((film) => film.load());
  await page.waitForFunction(() => document.querySelector(".beside-board video").readyState >= 1);
  assert.equal(await page.locator('[data-row][data-state="missing"]').count(), 3, "it counts for nobody");
  assert.deepEqual(await teacher.faults(), []);
  assert.deepEqual(teacher.troubles, []);
});

test("the calendar says whether there is a private link", options, async () => {
  const { page } = teacher;
  await teacher.go("/calendar");
  const feed = page.locator("#feed");
  await feed.locator("summary").click();
  assert.equal(await feed.getByRole("button", { name: "Take the link back" }).count(), 0);
  await press(page, "Make a link");
  assert.match(await feed.locator("input[readonly]").inputValue(), /\/calendar\/[\w-]+\.ics$/);
  await teacher.go("/calendar");
  await feed.locator("summary").click();
  assert.match(await feed.innerText(), /You have a link/);
  assert.equal(await feed.locator("input[readonly]").count(), 0, "it is shown once");
  await press(page, "Take the link back");
  await feed.locator("summary").click();
  assert.equal(await feed.getByRole("button", { name: "Make a link" }).count(), 1);
  assert.deepEqual(teacher.troubles, []);
});

test("what opens has a mark, which turns", options, async () => {
  const { page } = teacher;
  for (const [lang, closed] of [["en", -45], ["he", 135]]) {
    await teacher.go(`/calendar?lang=${lang}`);
    const summary = page.locator("details.panel > summary");
    const turned = () =>
      summary.evaluate((each) => {
        const mark = getComputedStyle(each, "::before");
        const { a, b } = new DOMMatrix(mark.transform);
        return [parseFloat(mark.width) > 4 && parseFloat(mark.borderBottomWidth) > 0, Math.round((Math.atan2(b, a) * 180) / Math.PI)];
      });
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.deepEqual(await turned(), [true, closed], lang);
    await summary.click();
    assert.deepEqual(await turned(), [true, 45], lang);
  }
  await teacher.go("/calendar?lang=en");
  await page.emulateMedia({ reducedMotion: null });
});

test("weeks begin as in the reader's language, and words stand on their side", options, async () => {
  const { page } = teacher;
  const { classUrl, lessonUrl } = await classWithLesson("10B of weeks");
  for (const [lang, first] of [["en", "Monday"], ["he", "יום ראשון"]]) {
    await teacher.go(`${classUrl}/plan?lang=${lang}`);
    assert.equal((await page.locator(".weekday-row label").first().innerText()).trim(), first);
    assert.equal(await page.locator(".weekday-row input").first().inputValue(), lang === "en" ? "1" : "7");
  }
  const title = await page.evaluate(async (path) => {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const body = JSON.stringify({ title: "Morning video" });
    const answer = await fetch(`/api/v1${path}`, { method: "PATCH", body, headers: { "content-type": "application/json", "x-csrf-token": token } });
    return (await answer.json()).title;
  }, lessonUrl);
  assert.equal(title, "Morning video");
  const student = await Visitor.open(browser, homeroom, PHONE);
  await student.logIn("adam");
  await student.go(`${lessonUrl}?lang=he`);
  const [words, head] = await student.page.evaluate(() => [".lead bdi", ".lesson-head"].map((each) => document.querySelector(each).getBoundingClientRect().right));
  assert.ok(Math.abs(words - head) < 1, `${words} ${head}`);
  await student.close();
  await teacher.go("/calendar?lang=en");
});

test("times of another zone than the first class's say so", options, async () => {
  const { page } = teacher;
  const { lessonUrl } = await classWithLesson("10B far away");
  const said = async (zone) => {
    await page.evaluate(async ([lesson, zone]) => {
      const token = document.querySelector('meta[name="csrf-token"]').content;
      const headers = { "content-type": "application/json", "x-csrf-token": token };
      const { class: id } = await (await fetch(`/api/v1${lesson}`)).json();
      await fetch(`/api/v1/classes/${id.id ?? id}`, { method: "PATCH", body: JSON.stringify({ time_zone: zone }), headers });
    }, [lessonUrl, zone]);
    await teacher.go("/calendar?view=agenda");
    return page.locator(".lesson", { hasText: "10B far away" }).first().innerText();
  };
  const first = await page.evaluate(async () => (await (await fetch("/api/v1/classes?limit=1")).json()).items[0].time_zone);
  assert.doesNotMatch(await said(first), /Pacific/);
  assert.match(await said("Pacific/Honolulu"), /Pacific\/Honolulu/);
});

test("several are excused at once", options, async () => {
  const { lessonUrl } = await classWithLesson("10B excused");
  const { page } = teacher;
  await teacher.go(lessonUrl);
  for (const pick of await page.locator("[data-pick]").all()) await pick.check();
  await page.fill("#bulk-reason", "School trip");
  await page.locator("#bulk button").click();
  await page.locator('[data-row][data-state="excused"]').nth(2).waitFor();
  assert.deepEqual(teacher.troubles, []);
});

test("a list with bad lines names them and changes nothing", options, async () => {
  const { classUrl } = await classWithLesson("10B bad list");
  const { page } = teacher;
  await teacher.go(`${classUrl}/roster`);
  const bad = "Name;E-mail\nYael;yael@school.example\nOmer;nobody\nOmer;yael@school.example\n";
  await page.setInputFiles("#list", { name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(bad) });
  await press(page, "Look at it");
  assert.match(await said(page), /lines? cannot be taken/);
  teacher.troubles.length = 0;
  await teacher.go(classUrl);
  assert.doesNotMatch(await said(page), /Yael/);
});

test("all pages of classes are accessible, in Hebrew from right to left", options, async () => {
  const { classUrl, lessonUrl } = await classWithLesson("10B עברית");
  const reader = await Visitor.open(browser, homeroom, PHONE);
  await reader.logIn("ruth");
  const month = new Date().toISOString().slice(0, 10);
  const paths = ["/classes", classUrl, `${classUrl}/settings`, `${classUrl}/plan`, `${classUrl}/roster`, `${classUrl}/term`, lessonUrl, `${lessonUrl}/edit`, "/calendar", "/calendar?view=week", "/calendar?view=agenda", `/view/${month}`];
  const faults = [];
  for (const path of paths) {
    await reader.go(`${path}${path.includes("?") ? "&" : "?"}lang=he`);
    assert.equal(await reader.page.locator("html").getAttribute("dir"), "rtl", path);
    faults.push(...(await reader.faults()));
  }
  assert.deepEqual(faults, []);
  assert.equal((await reader.go("/view/2025-13-40")).status(), 404);
  await reader.close();
});
