// The sharing page in a browser, against a stand-in for the upload contract: what arrives, what is sent
// again after a failure, what is not, and what the reader sees meanwhile.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { launch } from "./support/chromium.js";
import { serveSamples } from "./support/samples-server.js";
import { UploadService } from "./support/upload-service.js";

const samples = process.env.HOMEROOM_SAMPLES;
const options = { skip: samples ? false : "HOMEROOM_SAMPLES names no directory of rendered samples", timeout: 60_000 };
const hashOf = (bytes) => createHash("sha256").update(bytes).digest("hex");

let browser;
let server;
let service;
let context;
let page;
let refusals;

before(async () => {
  if (samples) browser = await launch();
});
after(() => browser?.close());

beforeEach(async () => {
  if (!samples) return;
  service = new UploadService();
  server = await serveSamples(samples, (request, response) => service.handle(request, response));
  context = await browser.newContext({ viewport: { width: 1000, height: 900 } });
  page = await context.newPage();
  refusals = [];
  page.on("console", (message) => /Content Security Policy|Uncaught/.test(message.text()) && refusals.push(message.text()));
  page.on("pageerror", (error) => refusals.push(error.message));
  await page.goto(`${server.origin}/en/share.html`);
});
afterEach(async () => {
  if (!samples) return;
  await context.close();
  server.close();
  assert.deepEqual(refusals, []);
});

const choose = (...files) => page.setInputFiles('[data-pick="files"]', files.map(([name, buffer]) => ({ name, mimeType: "application/pdf", buffer })));
const row = (name) => page.locator(".upload", { has: page.locator(`bdi:text-is("${name}")`) });
const inState = (name, state) => row(name).and(page.locator(`[data-state="${state}"]`)).waitFor({ timeout: 20_000 });
const shareAll = () => page.locator('[data-action="share"]').click();

test("a file goes in parts, is shared with what the form says, and is followed until it is ready", options, async () => {
  const content = randomBytes(700_000);
  await choose(["bio_notes-final.pdf", content]);
  await inState("bio_notes-final.pdf", "arrived");
  assert.equal(await row("bio_notes-final.pdf").locator('input[name="title"]').inputValue(), "bio notes final");
  await row("bio_notes-final.pdf").locator('input[name="title"]').fill("Cell respiration");
  await shareAll();
  await inState("bio_notes-final.pdf", "ready");

  const [created] = service.of("create");
  assert.deepEqual([created.body.filename, created.body.size, created.body.sha256], ["bio_notes-final.pdf", content.length, hashOf(content)]);
  assert.equal(created.token, "sample-token");
  assert.match(created.key, /^[0-9a-f]{32}$/);
  assert.deepEqual(service.of("part").map((part) => part.number).sort(), [1, 2, 3]);
  const [completed] = service.of("complete");
  assert.equal(completed.body.title, "Cell respiration");
  assert.equal(completed.body.grade, 11);
  assert.equal(completed.body.visibility, "school");
  assert.match(await row("bio_notes-final.pdf").locator('[data-slot="status"]').innerText(), /Ready to read · .*3.* pages/);
  assert.match(await row("bio_notes-final.pdf").locator('[data-slot="open"]').getAttribute("href"), /^\/materials\/[\w-]+$/);
});

test("a large file is hashed while it goes, and its hash is sent at the end", options, async () => {
  service.partSize = 2 * 1024 * 1024;
  const content = randomBytes(9 * 1024 * 1024 + 17);
  await choose(["film.pdf", content]);
  await shareAll();
  await inState("film.pdf", "ready");
  assert.equal(service.of("create")[0].body.sha256, undefined);
  assert.equal(service.of("complete")[0].body.sha256, hashOf(content));
});

test("a part that storage refuses for a moment is sent again, alone", options, async () => {
  let failures = 2;
  service.onPart = ({ number }) => (number === 2 && failures-- > 0 ? 503 : null);
  await choose(["notes.pdf", randomBytes(700_000)]);
  await inState("notes.pdf", "arrived");
  assert.deepEqual(service.of("part").map((part) => part.number).sort(), [1, 2, 3]);
});

test("when addresses have expired, fresh ones are asked for and only what is missing is sent", options, async () => {
  service.onPart = ({ upload, number, url }) => {
    if (number === 3 && upload.signature === 1) {
      upload.signature = 2;
      return 403;
    }
    return url.endsWith(`sig=${upload.signature}`) || number < 3 ? null : 403;
  };
  await choose(["notes.pdf", randomBytes(700_000)]);
  await inState("notes.pdf", "arrived");
  assert.equal(service.of("show").length, 1);
  assert.equal(service.of("part").filter((part) => part.number === 3).length, 1);
});

test("after a reload the same file goes on with what is missing", options, async () => {
  // Files of this test come without a time of their own; on a disk it stays what it was.
  await page.addInitScript(() => Object.defineProperty(File.prototype, "lastModified", { get: () => 7 }));
  await page.reload();
  const content = randomBytes(900_000);
  service.onPart = ({ number }) => (number > 2 ? "hang" : null);
  await choose(["notes.pdf", content]);
  await row("notes.pdf").waitFor();
  await poll(() => service.of("part").length === 2);
  service.onPart = () => null;
  await page.reload();
  await choose(["notes.pdf", content]);
  await shareAll();
  await inState("notes.pdf", "ready");
  assert.equal(service.of("create").length, 1);
  assert.deepEqual(service.of("part").map((part) => part.number).sort(), [1, 2, 3, 4]);
  assert.equal(service.of("complete")[0].body.sha256, hashOf(content));
});

test("without a network it waits, and goes on by itself", options, async () => {
  service.onPart = () => "hang";
  await choose(["notes.pdf", randomBytes(300_000)]);
  await inState("notes.pdf", "sending");
  await context.setOffline(true);
  await inState("notes.pdf", "offline");
  service.onPart = () => null;
  await context.setOffline(false);
  await inState("notes.pdf", "arrived");
});

test("pausing stops the bytes, going on sends the rest", options, async () => {
  service.onPart = ({ number }) => (number > 1 ? "hang" : null);
  await choose(["notes.pdf", randomBytes(700_000)]);
  await poll(() => service.of("part").length === 1);
  await row("notes.pdf").locator('[data-action="pause"]').click();
  await inState("notes.pdf", "paused");
  service.onPart = () => null;
  await row("notes.pdf").locator('[data-action="resume"]').click();
  await inState("notes.pdf", "arrived");
  assert.deepEqual(service.of("part").map((part) => part.number).sort(), [1, 2, 3]);
});

test("taking a file away can be undone", options, async () => {
  await choose(["notes.pdf", randomBytes(1000)]);
  await inState("notes.pdf", "arrived");
  await row("notes.pdf").locator('[data-action="cancel"]').click();
  await row("notes.pdf").waitFor({ state: "hidden" });
  await page.locator(".toast button").click();
  await row("notes.pdf").waitFor();
  assert.equal(service.of("delete").length, 0);
});

test("a file that cannot be read is said to be kept, in plain words", options, async () => {
  await choose(["broken.pdf", randomBytes(1000)]);
  await shareAll();
  await inState("broken.pdf", "failed");
  assert.match(await row("broken.pdf").locator('[data-slot="status"]').innerText(), /needs a password/);
});

test("an empty file is sent as one empty part", options, async () => {
  await choose(["empty.pdf", Buffer.alloc(0)]);
  await inState("empty.pdf", "arrived");
  assert.equal(service.of("create")[0].body.sha256, hashOf(Buffer.alloc(0)));
});

test("a thousand files leave the page quick and all arrive", options, async () => {
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    for (let index = 0; index < 1000; index += 1) transfer.items.add(new File([`file ${index}`], `notes-${index}.txt`, { type: "text/plain", lastModified: index }));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    window.longest = 0;
    let last = performance.now();
    const tick = (now) => {
      window.longest = Math.max(window.longest, now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await page.locator('[data-slot="total"]').filter({ hasText: "1,000" }).waitFor();
  assert.ok((await page.locator(".upload").count()) <= 100);
  await shareAll();
  await poll(() => service.of("complete").length === 1000, 50_000);
  const longest = await page.evaluate(() => window.longest);
  assert.ok(longest < 1000, `the page stood still for ${longest} ms`);
});

async function poll(condition, ms = 20_000) {
  const end = Date.now() + ms;
  while (!condition()) {
    assert.ok(Date.now() < end, "it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
