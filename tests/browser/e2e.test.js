// The main journeys on the real program: sign up, share, be cut off, find the page again. Everything is
// done through the pages, as a student does it.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./support/chromium.js";
import { Homeroom, missing } from "./support/homeroom.js";
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
  await elsewhere.go("/account");
  assert.match(elsewhere.page.url(), /\/login/);
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
    // axe is put in by the test, which the policy would refuse.
    { ...settings, bypassCSP: true },
  );
}
