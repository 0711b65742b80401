// The main journeys on the real program: sign up, share, be cut off, find the page again. Everything is
// done through the pages, as a student does it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { launch } from "./support/chromium.js";
import { Homeroom, missing } from "./support/homeroom.js";
import { madeUpPdf } from "./support/pdf.js";
import { DESKTOP, PASSWORD, PHONE, Visitor } from "./support/visitor.js";

const options = { skip: missing(), timeout: 180_000 };
const MIB = 1024 * 1024;
const hashOf = (bytes) => createHash("sha256").update(bytes).digest("hex");
const sample = (name) => readFileSync(new URL(`../../crates/server/samples/${name}`, import.meta.url));

let browser;
let homeroom;
let files;

before(async () => {
  if (options.skip) return;
  files = await mkdtemp(join(tmpdir(), "homeroom-files-"));
  [browser, homeroom] = await Promise.all([launch(), Homeroom.start()]);
});
after(async () => {
  await browser?.close();
  await homeroom?.stop();
  if (files) await rm(files, { recursive: true, force: true });
});

/** A journey with its own browser profile, which ends by asking that no page complained. */
function journey(name, walk, settings) {
  test(name, options, async () => {
    const visitor = await Visitor.open(browser, homeroom, settings);
    try {
      await walk(visitor, visitor.page);
      assert.deepEqual(visitor.troubles, []);
    } finally {
      await visitor.close();
    }
  });
}

/** Lets the first `count` parts through and holds the others until the page is gone or `release` is called. */
async function holdParts(page, count) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  let seen = 0;
  await page.route(/\/homeroom\//, async (route) => {
    if (route.request().method() === "PUT" && ++seen > count) await released;
    await route.continue().catch(() => {});
  });
  return release;
}

const partsArrived = (page, count) => {
  let seen = 0;
  return new Promise((resolve) =>
    page.on("response", (response) => response.request().method() === "PUT" && response.ok() && ++seen === count && resolve()),
  );
};

/** What stands on the page, without the marks that keep directions apart. */
const said = async (page) => (await page.locator("main").innerText()).replace(/[\u2066-\u2069]/g, "");

/** Every box holds ink, and none cuts through its word: there is no ink on its left and right edges. */
async function boxesLieOnInk(page) {
  const boxes = await page.evaluate(async () => {
    const leaf = document.querySelector(".leaf:has(.hit-now)");
    const image = leaf.querySelector("[data-sheet] img");
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const sheet = image.getBoundingClientRect();
    const scale = image.naturalWidth / sheet.width;
    const dark = (x, y, width, height) => {
      const { data } = context.getImageData(x, y, Math.max(1, width), Math.max(1, height));
      let count = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] < 300) count += 1;
      return count;
    };
    return [...leaf.querySelectorAll(".hit-box")].map((box) => {
      const place = box.getBoundingClientRect();
      const [x, y] = [(place.left - sheet.left) * scale, (place.top - sheet.top) * scale];
      const [width, height] = [place.width * scale, place.height * scale];
      return { ink: dark(x, y, width, height) / (width * height), cut: dark(x, y, 1, height) + dark(x + width - 1, y, 1, height) };
    });
  });
  for (const box of boxes) assert.ok(box.ink > 0.05 && box.cut === 0, JSON.stringify(boxes));
}

journey("the first administrator is made by the link in the log, which holds once", async (visitor, page) => {
  const link = homeroom.setupUrl;
  assert.ok(link, homeroom.log);
  await page.goto(link);
  await page.fill("[name=username]", "principal");
  await page.fill("[name=email]", "principal@school.example");
  await page.fill("[name=password]", PASSWORD);
  await page.click("main form button");
  await page.waitForURL(`${homeroom.origin}/`);
  await visitor.go("/account");
  assert.match(await said(page), /Administrator/);
  const response = await visitor.context.request.get(link);
  assert.equal(response.status(), 404);
});

journey("one signs up, leaves, comes back, and reads it in Hebrew", async (visitor, page) => {
  await visitor.signUp("dana");
  await page.locator('a[href="/account"]').waitFor();
  await visitor.logOut();
  await page.locator('.tabs a[href^="/login"]').waitFor();
  await visitor.logIn("dana@school.example");
  await page.click('a.language[lang="he"]');
  await page.waitForURL(/lang=he/);
  await visitor.go("/");
  assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
});

journey("several files are shared at once and found by a misspelt word, boxed on their page", async (visitor, page) => {
  await visitor.signUp("noa");
  const urls = await visitor.share(
    ["cell-respiration.pdf", sample("cell-respiration.pdf"), "application/pdf"],
    ["french-revolution-he.pdf", sample("french-revolution-he.pdf"), "application/pdf"],
    ["macbeth-notes.md", sample("macbeth-notes.md"), "text/markdown"],
  );
  assert.equal(new Set(urls).size, 3);

  await visitor.go("/");
  await page.keyboard.press("/");
  await page.keyboard.type("krebs cylce");
  const hit = page.locator('[data-results] a[href*="page=3"]').first();
  await hit.waitFor();
  await page.keyboard.press("ArrowDown");
  assert.ok(await hit.evaluate((link) => link === document.activeElement), "the results that come while one types are walked from the field");
  await visitor.go("/search?q=krebs+cylce");
  assert.match(await said(page), /Showing results for “krebs cycle”/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/page=3/);
  await page.locator(".hit-now").first().waitFor();
  const boxes = await page.locator('.leaf[data-page="3"] .hit-box').count();
  assert.ok(boxes >= 4, `${boxes} boxes`);
  await boxesLieOnInk(page);

  await page.keyboard.press("p");
  await page.waitForURL(/page=1&/);
  await page.keyboard.press("n");
  await page.waitForURL(/page=3&/);
  await page.keyboard.press("j");
  await page.waitForURL(/page=4/);
  await page.keyboard.press("?");
  await page.locator("dialog[open]").waitFor();
  await page.keyboard.press("Escape");
});

/** A page of 800 × 450 points, black, with white words on it. */
function darkSlide(words) {
  const drawing = `0 g 0 0 800 450 re f 1 g BT /F1 48 Tf 72 200 Td (${words}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 800 450] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let text = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const start = text.length;
  return Buffer.from(`${text}xref\n0 6\n0000000000 65535 f \n${places.join("")}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF`);
}

journey("the words that were looked for stand out on a wide, dark slide too", async (visitor, page) => {
  await visitor.signUp("slides");
  const [url] = await visitor.share(["dark.pdf", darkSlide("Midnight comet"), "application/pdf"]);
  await visitor.go(`${url}?q=comet`);
  const [given, real] = await page.evaluate(async () => {
    const image = document.querySelector("[data-sheet] img");
    await image.decode();
    return [image.getAttribute("width") / image.getAttribute("height"), image.naturalWidth / image.naturalHeight];
  });
  assert.ok(Math.abs(given - real) < 0.01, `room for ${given}, picture of ${real}`);
  const clip = await page.locator(".hit-box").boundingBox();
  const picture = (await page.screenshot({ clip })).toString("base64");
  const orange = await page.evaluate(async (picture) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0))]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] > 150 && data[at + 2] < 80) count += 1;
    return count;
  }, picture);
  assert.ok(orange > clip.width, `${orange} pixels of the box's edge are seen`);
});

journey("a document is found in, read on, printed and continued, and leads to what is like it", async (visitor, page) => {
  await visitor.signUp("reader-of-all");
  const [url] = await visitor.share(
    ["cell-respiration.pdf", sample("cell-respiration.pdf"), "application/pdf"],
    ["cell respiration, notes.md", Buffer.from("# Cell respiration\n\nGlycolysis, the Krebs cycle and the electron transport chain in the mitochondrion, ATP and oxygen.\n"), "text/markdown"],
  );
  await visitor.go(url);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("krebs");
  await page.locator(".found-page").first().waitFor();
  const rows = await page.locator(".found-page").evaluateAll((rows) => rows.map((row) => [Number(row.dataset.go), Number(row.dataset.count)]));
  for (const [number, count] of rows) {
    await page.locator(`.found-page[data-go="${number}"]`).click();
    await page.locator(`.leaf[data-page="${number}"] .hit-now`).first().waitFor();
    const boxes = await page.locator(`.leaf[data-page="${number}"] .hit-box`).evaluateAll((boxes) => new Set(boxes.map((box) => box.dataset.run)).size);
    assert.equal(boxes, count, `page ${number}`);
  }
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.activeElement.blur());
  const kept = page.waitForResponse((response) => response.url().includes("/place?page=2"));
  await page.keyboard.press("Home");
  await page.keyboard.press("j");
  assert.equal((await kept).status(), 204);
  const picture = page.locator('.thumb[data-go="2"] img');
  await page.locator('[data-tab="pages"]').click();
  await page.waitForFunction((image) => image.complete && image.naturalWidth > 0 && image.naturalWidth <= 480, await picture.elementHandle());
  assert.ok(await page.locator(".similar-link", { hasText: /cell.respiration/i }).count(), "what is about the same is like it");
  await visitor.go("/");
  assert.match(await said(page), /p\. 2 of/);
  await page.addInitScript(() => { window.print = () => (window.printed = true); });
  await visitor.go(`${url}/print?from=1`);
  await page.waitForFunction(() => window.printed && [...document.querySelectorAll(".leaf img")].length > 2);
});

journey("what is typed is completed, ordered, narrowed and widened again", async (visitor, page) => {
  await visitor.signUp("finder");
  // One after the other, so that it is known which is newer.
  await visitor.share(["volcanoes of iceland.md", Buffer.from("# Volcanoes of Iceland\n\nKatla and Hekla are volcanoes.")]);
  const [url] = await visitor.share(["volcanoes of italy.md", Buffer.from("# Volcanoes of Italy\n\nEtna and Vesuvius are volcanoes.")]);
  await visitor.go(`${url}/edit`);
  await page.selectOption("[name=subject]", "geography");
  await page.click('form[action$="/edit"] button');
  await page.waitForURL((address) => address.pathname === url);
  await visitor.go("/search?q=volcanoes");
  assert.match(await said(page), /2 materials/);
  await page.locator(".orders a", { hasText: "Newest first" }).click();
  await page.waitForURL(/sort=newest/);
  assert.match(await page.locator(".hit").first().innerText(), /italy/i);
  await visitor.go("/search?q=volcanoes+subject%3Ageography");
  assert.match(await said(page), /1 material/);
  await visitor.go("/search?q=volcanoes&subject=geography");
  await page.locator('.facet-option[aria-current="true"]').click();
  await page.waitForURL((address) => !address.search.includes("subject"));
  assert.match(await said(page), /2 materials/);

  await visitor.go("/account");
  await page.keyboard.press("/");
  await page.keyboard.type("volcanoes of ice");
  const option = page.locator("[role=option]", { hasText: "Iceland" }).first();
  await option.waitFor();
  while ((await option.getAttribute("aria-selected")) !== "true") await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/materials\//);
  assert.match(await page.locator("h1").innerText(), /iceland/i);
});

/** So many seconds of sound. */
function tone(seconds = 1) {
  const rate = 8000;
  const samples = Buffer.from(Uint8Array.from({ length: rate * seconds }, (_, at) => 128 + Math.round(90 * Math.sin(at / 3))));
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

journey("a recording plays on its page", async (visitor, page) => {
  await visitor.signUp("listener");
  const [url] = await visitor.share(["tone.wav", tone(), "audio/wav"]);
  await visitor.go(url);
  await page.waitForFunction(() => document.querySelector("audio.player")?.readyState > 0);
  assert.equal(await page.locator(".player").evaluate((player) => Math.round(player.duration)), 1);
});

journey("captions that are added are found, seek the recording, are replaced and removed", async (visitor, page) => {
  await visitor.signUp("lecturer");
  const [url] = await visitor.share(["lecture.wav", tone(40), "audio/wav"]);
  const add = async (captions) => {
    await visitor.go(`${url}/edit`);
    await page.selectOption("#captions-language", "en");
    await page.setInputFiles("#file", { name: "lecture.srt", mimeType: "application/x-subrip", buffer: Buffer.from(captions) });
    await page.locator("form", { has: page.locator("#file") }).locator("button").click();
    await page.waitForURL((address) => address.pathname === url);
    await page.locator(".cue").first().waitFor();
  };
  const saidNow = (text) => page.locator(".cue[aria-current]", { hasText: text }).waitFor();
  await add("1\n00:00:00,000 --> 00:00:00,300\nGood morning\n\n2\n00:00:30,500 --> 00:00:31,000\nThe quokkawave begins here\n");
  assert.deepEqual(await page.locator(".cue-time").allInnerTexts(), ["0:00", "0:30"]);
  await visitor.go("/search?q=quokkawave");
  await page.locator(`a[href*="${new URL(url, "http://a").pathname}"]`).first().click();
  await saidNow("The quokkawave begins here");
  await page.waitForFunction(() => Math.abs(document.querySelector(".player").currentTime - 30.5) < 1);
  await page.locator(".cue").first().click();
  await page.waitForURL(/page=1/);
  await saidNow("Good morning");

  await add("WEBVTT\n\n00:00.000 --> 00:02.000\nSomething else\n\n00:03.000 --> 00:05.000\nabout the\nquokkawave\n\n00:10.500 --> 00:12.000\nand the quokkawave again\n");
  assert.deepEqual((await page.locator(".cue").allInnerTexts()).map((text) => text.trim().split("\n").at(-1)), ["Something else", "quokkawave", "and the quokkawave again"]);
  const playsFrom = (second) => page.waitForFunction((second) => Math.abs(document.querySelector(".player").currentTime - second) < 0.2, second);
  await visitor.go("/search?q=quokkawave");
  await page.locator(`a[href*="${new URL(url, "http://a").pathname}"]`).first().click();
  await page.locator(".cue:has(.hit-now)", { hasText: "about the" }).waitFor();
  await saidNow("about the");
  await playsFrom(3);
  await page.keyboard.press("n");
  await saidNow("and the quokkawave again");
  await playsFrom(10.5);
  assert.match(await said(page), /2 of 2/);
  await page.locator(".player").evaluate((player) => (player.muted = true));
  await page.locator(".cue").first().click();
  await saidNow("Something else");
  await saidNow("about the");
  assert.equal(new URL(page.url()).hash, "#t=0");
  await visitor.go(`${url}#t=4`);
  await playsFrom(4);
  await saidNow("about the");
  await visitor.go(`${url}/edit`);
  assert.deepEqual(await visitor.faults(), []);
  await page.click('form[action$="/captions/delete"] button');
  await page.waitForURL((address) => address.pathname === url);
  await page.locator(".player").waitFor();
  assert.equal(await page.locator(".cue").count(), 0);
});

/** A film of ten seconds with captions of its own. */
async function captionedFilm() {
  const captions = join(files, "captions.vtt");
  const film = join(files, "film.webm");
  writeFileSync(captions, "WEBVTT\n\n00:00.000 --> 00:02.000\nGood morning\n\n00:03.500 --> 00:09.000\nThe quokkafilm begins\n");
  const picture = ["-f", "lavfi", "-i", "testsrc=s=320x180:r=10:d=10", "-i", captions, "-map", "0:v", "-map", "1:s"];
  await promisify(execFile)("ffmpeg", ["-v", "error", "-nostdin", ...picture, "-c:v", "libvpx", "-c:s", "webvtt", film]);
  return readFileSync(film);
}

journey("a film's own captions are shown over it, from where it is found", async (visitor, page) => {
  await visitor.signUp("film-maker");
  const [url] = await visitor.share(["film.webm", await captionedFilm(), "video/webm"]);
  await visitor.go(`${url}?q=quokkafilm`);
  await page.waitForFunction(() => document.querySelector(".player").readyState > 0 && Math.abs(document.querySelector(".player").currentTime - 3.5) < 0.2);
  await page.waitForFunction(() => document.querySelector(".player").textTracks[0].activeCues?.[0]?.text === "The quokkafilm begins");
  assert.equal(await page.locator(".player").evaluate((player) => player.textTracks[0].mode), "showing");
  assert.equal(await page.locator(".cue[aria-current]").innerText(), "The quokkafilm begins");
  assert.deepEqual(await visitor.faults(), []);
});

journey("a PDF is read by its labels, its table of contents and its links", async (visitor, page) => {
  await visitor.signUp("book-reader");
  const pages = ["Foreword", "Contents", "Cells", "Energy", "Oxygen"].map((title) => [title, `What is said of ${title.toLowerCase()} on this page`, "and on no other page of this small book"]);
  const book = madeUpPdf(pages, { labels: [[0, "/S /r"], [2, "/S /D"]], outline: [["Cells", 2], ["Energy", 3]], links: [[1, 4]] });
  const [url] = await visitor.share(["a small book.pdf", book, "application/pdf"]);
  await visitor.go(`${url}?page=2`);
  const onPage = (number) => page.waitForFunction((number) => new URL(location.href).searchParams.get("page") === String(number) || location.hash.includes(`page=${number}`), number);
  await page.waitForFunction(() => document.querySelector("#page").value === "ii");
  await page.locator('.leaf[data-page="2"] .link-box').first().click();
  await page.waitForFunction(() => document.querySelector("#page").value === "3");
  await page.fill("#page", "1");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("[data-stage]").ariaLabel.includes("3"));
  await page.locator('[data-tab="outline"]').click();
  const lines = await page.locator(".outline-entry bdi").allInnerTexts();
  assert.deepEqual(lines, ["Cells", "Energy"]);
  await page.locator(".outline-entry", { hasText: "Energy" }).click();
  await page.waitForFunction(() => document.querySelector("#page").value === "2");
  await onPage(4);
});

journey("a large upload is paused, goes offline, is cut off by a reload and by the server's end, and arrives whole", async (visitor, page) => {
  const content = randomBytes(52 * MIB + 12_345);
  const path = join(files, "field recording.bin");
  writeFileSync(path, content);
  await visitor.signUp("large");
  const name = "field recording.bin";
  let sent = 0;
  page.on("response", (response) => response.request().method() === "PUT" && response.ok() && (sent += 1));

  await visitor.go("/share");
  let release = await holdParts(page, 1);
  let arrived = partsArrived(page, 1);
  await visitor.choose(path);
  await arrived;
  await visitor.row(name).locator('[data-action="pause"]').click();
  await visitor.until(name, "paused");
  release();
  await page.unrouteAll();
  release = await holdParts(page, 1);
  arrived = partsArrived(page, 1);
  await visitor.row(name).locator('[data-action="resume"]').click();
  await arrived;
  await visitor.context.setOffline(true);
  await visitor.until(name, "offline");
  release();
  await page.unrouteAll();
  release = await holdParts(page, 1);
  arrived = partsArrived(page, 1);
  await visitor.context.setOffline(false);
  await arrived;
  assert.equal(sent, 3);

  await page.reload();
  release();
  await page.unrouteAll();
  const unfinished = page.locator("[data-unfinished]");
  assert.match(await said(page), /(38|50) MB of 55 MB have arrived/);
  await homeroom.kill();
  await homeroom.run();
  await unfinished.locator('[data-pick="again"]').setInputFiles(path);
  await visitor.until(name, "arrived");
  assert.equal(sent, 4);
  await visitor.shareAll();
  await visitor.until(name, "ready");

  const url = await visitor.row(name).locator('[data-slot="open"]').getAttribute("href");
  const download = await visitor.download(url);
  assert.equal(download.name, name);
  assert.equal(hashOf(download.content), hashOf(content));
  visitor.troubles = visitor.troubles.filter((trouble) => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION/.test(trouble));
});

journey("what is made private is not there for others; what is deleted can be brought back for a while", async (visitor, page) => {
  await visitor.signUp("owner");
  const [url] = await visitor.share(["rivers.txt", Buffer.from("The quokkadelta is where the river meets the sea.")]);
  const other = await Visitor.open(browser, homeroom);
  await other.signUp("reader");
  assert.equal((await other.go(url)).status(), 200);
  await other.go("/search?q=quokkadelta");
  assert.equal(await other.page.locator(`main a[href^="${url}"]`).count(), 1);

  await visitor.go(url);
  await page.click('a[href$="/edit"]');
  await page.fill("[name=title]", "Rivers and the sea");
  await page.fill("[name=description]", "For Thursday.");
  await page.selectOption("[name=subject]", "geography");
  await page.selectOption("[name=visibility]", "private");
  await page.click('form[action$="/edit"] button');
  await page.waitForURL((address) => address.pathname === url);
  assert.match(await said(page), /Rivers and the sea[^]*For Thursday\.[^]*Geography[^]*Only you/);
  assert.equal((await other.go(url)).status(), 404);
  assert.match(await other.page.title(), /not here/);
  await other.go("/search?q=quokkadelta");
  assert.equal(await other.page.locator(`main a[href^="${url}"]`).count(), 0);
  await other.close();

  await visitor.go("/mine");
  const bin = page.locator("[data-delete] button");
  await bin.click();
  await page.click('.toast [data-slot="undo"]');
  assert.ok(await bin.isVisible());
  await bin.click();
  const gone = page.waitForResponse((response) => response.request().method() === "DELETE");
  assert.equal((await gone).status(), 204);
  await visitor.go("/mine");
  assert.match(await said(page), /Nothing shared yet/);
});

journey("one changes name and password, ends another session, and leaves for good", async (visitor, page) => {
  await visitor.signUp("leaver");
  const elsewhere = await Visitor.open(browser, homeroom);
  await elsewhere.logIn("leaver");
  await elsewhere.go("/account");
  await elsewhere.page.fill("[name=current_password]", PASSWORD);
  await elsewhere.page.fill("[name=new_password]", "something else entirely");
  await visitor.go("/account");
  await page.fill("[name=full_name]", "Lia Leaver");
  await page.click('form[action="/account"] button');
  await page.waitForLoadState();
  assert.equal(await page.inputValue("[name=full_name]"), "Lia Leaver");

  const changed = `${PASSWORD} again`;
  await page.fill("[name=current_password]", PASSWORD);
  await page.fill("[name=new_password]", changed);
  await page.click('form[action="/account/password"] button');
  await page.waitForLoadState();
  await elsewhere.page.click('form[action="/account/password"] button');
  assert.match(elsewhere.page.url(), /\/login\?next=%2Faccount$/);
  await elsewhere.close();

  await visitor.go("/account");
  await page.click("details.leave summary");
  await page.fill("details.leave [name=password]", changed);
  await page.click("details.leave button");
  await page.waitForURL(`${homeroom.origin}/`);
  await visitor.logIn("leaver", changed);
  assert.match(page.url(), /\/login/);
  visitor.troubles = visitor.troubles.filter((trouble) => !/status of 401/.test(trouble));
});

journey(
  "everything can be done without scripts",
  async (visitor, page) => {
    await visitor.signUp("plain");
    await visitor.go("/share");
    await page.setInputFiles("#file", { name: "cell.pdf", mimeType: "application/pdf", buffer: sample("cell-respiration.pdf") });
    await page.fill("#title", "Cells without scripts");
    await page.click('form[action="/share/simple"] button');
    await page.waitForURL(/\/materials\//);
    assert.match(await said(page), /Cells without scripts/);
    while (!(await page.locator("figure.sheet").count())) await page.reload();
    await visitor.go("/");
    await page.fill("[name=q]", "without scripts");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/search/);
    await page.locator("main a", { hasText: "Cells without scripts" }).click();
    await page.locator("figure.sheet img").waitFor();
    await visitor.go("/mine");
    await page.click("[data-delete] button");
    await page.waitForURL(/\/mine/);
    assert.match(await said(page), /Nothing shared yet/);
  },
  { ...DESKTOP, javaScriptEnabled: false },
);

const PAYLOADS = [
  `<script>window.ran = 1; alert(1)</script>`,
  `"><img src=x onerror="window.ran = 1; alert(1)">`,
  `'><svg/onload=alert(1)>`,
  `</title></script><script>alert(1)</script>`,
  `{{constructor.constructor('alert(1)')()}}`,
  `javascript:alert(1)`,
  `[x](javascript:alert(1)) ![x](x" onerror="alert(1))`,
];

journey("hardening 41: nothing that is typed, named or written in a file runs", async (visitor, page) => {
  await visitor.signUp("mallory");
  await visitor.go("/account");
  await page.fill("[name=full_name]", PAYLOADS[1]);
  await page.click('form[action="/account"] button');
  await page.waitForLoadState();
  const named = PAYLOADS.map((payload, number) => [`${number} ${payload.replaceAll("/", "∕")}.md`, Buffer.from(`wombat ${payload}\n\n# ${payload}`), "text/markdown"]);
  await visitor.go("/share");
  await visitor.choose(...named);
  for (const [number, [name]] of named.entries()) {
    await visitor.until(name, "arrived");
    await visitor.row(name).locator("[name=title]").fill(PAYLOADS[number]);
  }
  await visitor.shareAll();
  const urls = [];
  for (const [name] of named) {
    await visitor.until(name, "ready");
    urls.push(await visitor.row(name).locator('[data-slot="open"]').getAttribute("href"));
  }
  for (const [number, url] of urls.entries()) {
    await visitor.go(`${url}/edit`);
    await page.fill("[name=description]", PAYLOADS[number]);
    await page.fill("[name=tags]", PAYLOADS[number].slice(0, 30));
    await page.click('form[action$="/edit"] button');
    await page.waitForLoadState();
    await visitor.go(`${url}?q=${encodeURIComponent(PAYLOADS[number])}`);
    assert.ok((await said(page)).includes(PAYLOADS[number].slice(0, 20)), url);
    await visitor.go(`/search?q=${encodeURIComponent(`wombat ${PAYLOADS[number]}`)}`);
    await visitor.go(`/login?next=${encodeURIComponent(PAYLOADS[number])}`);
  }
  for (const path of ["/", "/mine", "/materials", "/search?q=wombat"]) await visitor.go(path);
  await page.fill("form[data-search] [name=q]", "wombat alert");
  await page.waitForFunction(() => location.search.includes("alert"));
  assert.equal(await page.evaluate(() => window.ran), undefined);
});

journey("hardening 21: a page or a picture with script, opened by its download link, runs nothing", async (visitor, page) => {
  await visitor.signUp("trudy");
  const script = `document.title = "ran"; alert(1); fetch("/api/v1/me", { method: "DELETE" })`;
  await visitor.go("/share");
  const given = [
    ["page.html", Buffer.from(`<!doctype html><title>x</title><script>${script}</script><body onload='${script}'>hello`), "text/html"],
    ["picture.svg", Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload='${script}'><script>${script}</script></svg>`), "image/svg+xml"],
    ["both.pdf", Buffer.from(`%PDF-1.4\n<script>${script}</script>`), "application/pdf"],
  ];
  await visitor.choose(...given);
  await visitor.shareAll();
  const urls = [];
  for (const [name] of given) {
    await visitor.row(name).and(page.locator('[data-state="ready"], [data-state="failed"]')).waitFor();
    urls.push(await visitor.row(name).locator('[data-slot="open"]').getAttribute("href"));
  }
  for (const url of urls) {
    const answer = await visitor.context.request.get(`${url.replace("/materials/", `${homeroom.origin}/api/v1/materials/`)}/download`);
    const headers = answer.headers();
    assert.match(headers["content-disposition"], /^attachment/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.match(headers["content-security-policy"], /sandbox/);
    // As a link and as a frame would open it: the browser saves it, or shows it without script.
    await visitor.go(url);
    await visitor.download(url);
    const opened = await visitor.context.newPage();
    await opened.goto(answer.url()).catch((error) => assert.match(error.message, /Download is starting|ERR_ABORTED/));
    assert.notEqual(await opened.title(), "ran");
    await opened.close();
  }
  await visitor.go("/account");
  assert.match(page.url(), /account/);
});

journey("the API's pages work under the policy", async (visitor, page) => {
  await visitor.go("/docs");
  await page.locator(".opblock-summary").first().waitFor();
  await page.locator(".opblock-summary").first().click();
  await page.locator(".opblock-body").first().waitFor();
});

test("what cannot be shown is said on a page to people, as a document to programs", options, async () => {
  const visitor = await Visitor.open(browser, homeroom);
  for (const [path, status] of [
    ["/nothing", 404],
    ["/materials/x", 404],
    ["/materials/01a0a0a0-0000-7000-8000-000000000000", 404],
    ["/grades/99", 404],
    ["/subjects/nothing", 404],
    ["/setup/x", 404],
    ["/logout", 405],
  ]) {
    const response = await visitor.go(path);
    assert.equal(response.status(), status, path);
    assert.match(response.headers()["content-type"], /^text\/html/, path);
    assert.match(await visitor.page.title(), / · Homeroom$/, path);
  }
  for (const path of ["/nothing", "/api/v1/materials/x"]) {
    const answer = await visitor.context.request.get(`${homeroom.origin}${path}`, { headers: { accept: "application/json" } });
    assert.deepEqual([answer.status(), answer.headers()["content-type"]], [404, "application/problem+json"], path);
  }
  await visitor.close();
});

for (const [name, settings] of [
  ["desktop, light, left to right", { ...DESKTOP, locale: "en" }],
  ["desktop, dark, right to left", { ...DESKTOP, colorScheme: "dark", locale: "he" }],
  ["phone, light, right to left", { ...PHONE, locale: "he" }],
  ["phone, dark, left to right", { ...PHONE, colorScheme: "dark", locale: "en" }],
]) {
  journey(
    `the pages are accessible and fit: ${name}`,
    async (visitor, page) => {
      const found = [];
      await visitor.signUp(`look-${name.replace(/[^a-z]+/g, "-")}`.slice(0, 30));
      const [url] = await visitor.share(["cell-respiration.pdf", sample("cell-respiration.pdf"), "application/pdf"]);
      found.push(...(await visitor.faults()));
      for (const path of ["/", "/search?q=krebs", "/search?q=nothinglikeit", url, `${url}?page=3&q=krebs`, `${url}/edit`, "/share", "/mine", "/account", "/subjects/biology", "/grades/11"]) {
        await visitor.go(path);
        await page.waitForLoadState("networkidle");
        found.push(...(await visitor.faults()));
      }
      assert.deepEqual(found, []);
    },
    settings,
  );
}
