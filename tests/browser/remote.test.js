// Files go straight from the browser to an S3 service of another origin. The service is the one that
// `./test` starts and names in HOMEROOM_TEST_S3.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { launch } from "./support/chromium.js";
import { Homeroom, missing } from "./support/homeroom.js";
import { Visitor } from "./support/visitor.js";

const service = process.env.HOMEROOM_TEST_S3 && new URL(process.env.HOMEROOM_TEST_S3).searchParams;
const options = { skip: missing() || (process.env.CI !== "true" && !service && "HOMEROOM_TEST_S3 names no service"), timeout: 120_000 };
const hashOf = (bytes) => createHash("sha256").update(bytes).digest("hex");

let browser;
let homeroom;

before(async () => {
  if (options.skip) return;
  const bucket = `browser-${process.pid}-${Date.now()}`;
  [browser, homeroom] = await Promise.all([
    launch(),
    Homeroom.start({
      HOMEROOM_STORAGE_URL: `s3://${bucket}?${service}`,
      HOMEROOM_STORAGE_ACCESS_KEY: process.env.AWS_ACCESS_KEY_ID,
      HOMEROOM_STORAGE_SECRET_KEY: process.env.AWS_SECRET_ACCESS_KEY,
    }),
  ]);
});
after(async () => {
  await browser?.close();
  await homeroom?.stop();
});

test("a file of several parts goes to another origin, is read, and comes back from there", options, async () => {
  const visitor = await Visitor.open(browser, homeroom);
  const { page } = visitor;
  const storage = service.get("endpoint");
  const puts = [];
  page.on("request", (request) => request.method() === "PUT" && puts.push(new URL(request.url()).origin));
  await visitor.signUp("remote");
  const content = randomBytes(20 * 1024 * 1024 + 7);
  const urls = await visitor.share(["film.bin", content], ["river.txt", Buffer.from("The quokkadelta meets the sea.")]);
  assert.ok(puts.length >= 3 && puts.every((origin) => origin === storage), puts.join());

  const download = await visitor.download(urls[0]);
  assert.equal(hashOf(download.content), hashOf(content));
  await visitor.go("/search?q=quokkadelta");
  assert.equal(await page.locator(`main a[href^="${urls[1]}"]`).count(), 1);
  assert.deepEqual(visitor.troubles, []);
  await visitor.close();
});

test("what `admin storage check` says of it is that all is well", options, () => {
  const said = homeroom.admin("storage", "check");
  assert.match(said, /CORS/);
  assert.doesNotMatch(said, /WRONG/);
});
