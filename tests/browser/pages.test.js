// Every sample page in a browser: nothing that the policy forbids, nothing that axe finds (WCAG 2.2 AA),
// nothing wider than the phone; then the keys and the search field.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./support/chromium.js";
import { serveSamples } from "./support/samples-server.js";

const samples = process.env.HOMEROOM_SAMPLES;
const options = { skip: samples ? false : "HOMEROOM_SAMPLES names no directory of rendered samples", timeout: 300_000 };
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };

let browser;
let server;
let searches = [];

before(async () => {
  if (!samples) return;
  browser = await launch();
  server = await serveSamples(samples, async (request, response) => {
    const url = new URL(request.url, "http://a");
    if (url.pathname.startsWith("/materials/")) {
      response.writeHead(200, { "content-type": "text/html" }).end("a page");
      return true;
    }
    if (url.pathname !== "/search") return false;
    searches.push(url.search);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(readFileSync(join(samples, "en/search-fragment.html")));
    return true;
  });
});
after(async () => {
  await browser?.close();
  server?.close();
});

async function open(path, settings = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...settings });
  const page = await context.newPage();
  const refusals = [];
  page.on("console", (message) => message.type() === "error" && /Content Security Policy|Uncaught/.test(message.text()) && refusals.push(message.text()));
  page.on("pageerror", (error) => refusals.push(error.message));
  await page.goto(`${server.origin}/${path}`);
  return { page, refusals, close: () => context.close() };
}

for (const [lang, colorScheme, viewport] of [
  ["en", "light", { width: 1280, height: 900 }],
  ["he", "dark", { width: 1280, height: 900 }],
  ["he", "light", { width: 390, height: 844 }],
  ["en", "dark", { width: 390, height: 844 }],
]) {
  test(`every page in ${lang}, ${colorScheme}, ${viewport.width} pixels wide, is accessible`, options, async () => {
    const found = [];
    for (const file of (await readdir(join(samples, lang))).filter((name) => !name.includes("fragment"))) {
      // axe is put in by the test, which the policy would refuse; the policy itself is tested below.
      const { page, close } = await open(`${lang}/${file}`, { colorScheme, viewport, bypassCSP: true, hasTouch: viewport.width < 500, isMobile: viewport.width < 500 });
      await page.addScriptTag({ content: axe });
      const { violations } = await page.evaluate((rules) => window.axe.run(document, rules), RULES);
      for (const { id, nodes } of violations) found.push(`${file}: ${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary.split("\n")[1] ?? ""}`).slice(0, 3).join(" | ")}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (overflow > 0) found.push(`${file}: ${overflow} pixels wider than the screen`);
      await close();
    }
    assert.deepEqual(found, []);
  });
}

test("no page does what the policy forbids", options, async () => {
  for (const file of (await readdir(join(samples, "en"))).filter((name) => !name.includes("fragment"))) {
    const { refusals, close } = await open(`en/${file}`);
    await close();
    assert.deepEqual(refusals, [], file);
  }
});

test("controls are large enough for a thumb", options, async () => {
  const small = [];
  for (const file of ["home", "search", "reader", "share", "mine", "edit", "account"]) {
    const { page, close } = await open(`en/${file}.html`, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    small.push(...(await page.evaluate(() =>
      [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest(".visually-hidden, .prose") && !element.matches(".visually-hidden, .chip, .skip-link"))
        .map((element) => ({ text: `${location.pathname} ${element.className || element.name} ${element.textContent.trim().slice(0, 20)}`, height: element.getBoundingClientRect().height }))
        .filter(({ height }) => height > 0 && height < 39.5)
        .map(({ text, height }) => `${text}: ${height}`),
    )));
    await close();
  }
  assert.deepEqual(small, []);
});

test("results come while one types, and the arrows walk them", options, async () => {
  const { page, close } = await open("en/home.html");
  searches = [];
  await page.keyboard.press("/");
  await page.keyboard.type("krebs", { delay: 15 });
  await page.locator(".hit").first().waitFor();
  assert.deepEqual(searches, ["?q=krebs&fragment=1"]);
  assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, "/search?q=krebs");
  assert.equal(await page.locator("#announcer").innerText(), "16 materials".replace("16", "\u206816\u2069"));
  assert.ok(await page.locator(".home-below").isHidden());

  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Enzymes/);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  assert.ok(await page.locator("dialog#keys").isVisible());
  await close();
});

test("arrows walk a shelf as it lies, mirrored from right to left", options, async () => {
  for (const [lang, forward] of [["en", "ArrowRight"], ["he", "ArrowLeft"]]) {
    const { page, close } = await open(`${lang}/home.html`);
    await page.locator(".book").nth(0).focus();
    await page.keyboard.press(forward);
    assert.equal(await page.evaluate(() => [...document.querySelectorAll(".book")].indexOf(document.activeElement)), 1, lang);
    await close();
  }
});

test("keys turn pages and step through hits; boxes lie on the words", options, async () => {
  const { page, close } = await open("en/reader.html");
  const boxes = await page.evaluate(() => {
    const sheet = document.querySelector(".sheet img").getBoundingClientRect();
    return [...document.querySelectorAll(".hit-box")].map((box) => {
      const place = box.getBoundingClientRect();
      return [place.left - sheet.left, place.top - sheet.top].map((value) => value / sheet.width);
    });
  });
  assert.equal(boxes.length, 6);
  assert.ok(Math.abs(boxes[0][0] - (64 + 4 * 10.8 - 1.5) / 595) < 0.005, `${boxes[0]}`);
  await page.keyboard.press("+");
  assert.equal(await page.locator("[data-sheet]").getAttribute("data-zoom"), "125");
  for (const [key, address] of [["j", "page=13"], ["k", "page=11"], ["n", "page=17"], ["p", "page=3"]]) {
    const turned = page.waitForURL((url) => url.href.includes(address));
    await page.keyboard.press(key);
    await turned;
    await page.goBack();
  }
  await close();
});

test("without scripts one can still share, search and turn pages", options, async () => {
  const { page, close } = await open("en/share.html", { javaScriptEnabled: false });
  assert.ok(await page.locator('form[action="/share/simple"] input[type="file"]').isVisible());
  assert.ok(await page.locator("[data-share]").isHidden());
  await page.goto(`${server.origin}/en/reader.html`);
  assert.ok(await page.locator('.page-bar a[href="/materials/sample?page=13"]').isVisible());
  assert.ok(await page.locator(".zoom").isHidden());
  await close();
});

test("words on a page picture can be selected", options, async () => {
  const { page, close } = await open("en/reader.html");
  const selected = await page.evaluate(() => {
    const range = document.createRange();
    range.selectNodeContents(document.querySelector(".words"));
    getSelection().addRange(range);
    return getSelection().toString();
  });
  assert.match(selected, /The Krebs cycle takes place in the matrix of the mitochondrion/);
  await close();
});
