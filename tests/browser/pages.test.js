// Every sample page in a browser: nothing that the policy forbids, nothing that axe finds (WCAG 2.2 AA),
// nothing wider than the phone; then the keys and the search field.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./support/chromium.js";
import { faults } from "./support/faults.js";
import { SampleMaterial } from "./support/sample-material.js";
import { serveSamples } from "./support/samples-server.js";

const samples = process.env.HOMEROOM_SAMPLES;
const options = { skip: samples ? false : "HOMEROOM_SAMPLES names no directory of rendered samples", timeout: 300_000 };

const SUGGESTIONS = [
  { kind: "title", text: "Krebs cycle, summary", material_id: "sample" },
  { kind: "person", text: "Noa Kremer", user_id: "1" },
  { kind: "phrase", text: "krebs cycle" },
];

let browser;
let server;
let searches = [];
let material;

before(async () => {
  if (!samples) return;
  browser = await launch();
  material = new SampleMaterial(samples);
  server = await serveSamples(samples, async (request, response) => {
    if (await material.handle(request, response)) return true;
    const url = new URL(request.url, "http://a");
    if (url.pathname === "/api/v1/search/suggestions") {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ suggestions: url.searchParams.get("q").startsWith("kreb") || url.searchParams.get("q") === "kre" ? SUGGESTIONS : [] }));
      return true;
    }
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
  const { page, refusals, close } = await blank(settings);
  await page.goto(`${server.origin}/${path}`);
  return { page, refusals, close };
}

async function blank(settings) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...settings });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const refusals = [];
  page.on("console", (message) => message.type() === "error" && /Content Security Policy|Uncaught/.test(message.text()) && refusals.push(message.text()));
  page.on("pageerror", (error) => refusals.push(error.message));
  return { page, refusals, close: () => context.close() };
}

for (const [lang, colorScheme, viewport] of [
  ["en", "light", { width: 1280, height: 900 }],
  ["he", "dark", { width: 1280, height: 900 }],
  ["he", "light", { width: 390, height: 844 }],
  ["en", "dark", { width: 390, height: 844 }],
]) {
  test(`every page in ${lang}, ${colorScheme}, ${viewport.width} pixels wide, is accessible and does nothing that the policy forbids`, options, async () => {
    const found = [];
    const { page, refusals, close } = await blank({ colorScheme, viewport, hasTouch: viewport.width < 500, isMobile: viewport.width < 500 });
    for (const file of (await readdir(join(samples, lang))).filter((name) => !name.includes("fragment"))) {
      await page.goto(`${server.origin}/${lang}/${file}`);
      found.push(...(await faults(page)));
      found.push(...refusals.splice(0).map((refusal) => `${file}: ${refusal}`));
    }
    await close();
    assert.deepEqual(found, []);
  });
}

test("controls are large enough for a thumb", options, async () => {
  const small = [];
  for (const file of ["home", "search", "reader", "share", "mine", "edit", "account"]) {
    const { page, close } = await open(`en/${file}.html`, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    small.push(...(await page.evaluate(() =>
      [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest(".visually-hidden, .prose") && !element.matches(".visually-hidden, .chip, .skip-link, .link-box"))
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
  await page.locator("[role=option]").first().waitFor();
  await page.keyboard.press("Escape");
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

test("boxes lie on the words, in either language", options, async () => {
  for (const lang of ["en", "he"]) {
    const { page, close } = await open(`${lang}/reader.html`);
    await page.locator("[data-live] .leaf[data-page='12'] .hit-box").first().waitFor();
    const places = await page.evaluate(() => {
      const leaf = document.querySelector('.leaf[data-page="12"]');
      const sheet = leaf.querySelector("img").getBoundingClientRect();
      const place = (element) => [element.getBoundingClientRect().left - sheet.left, element.getBoundingClientRect().top - sheet.top].map((value) => value / sheet.width);
      const words = [...leaf.querySelectorAll("tspan")];
      const krebs = words.find((word) => word.textContent === "Krebs");
      return { boxes: [...leaf.querySelectorAll(".hit-box")].map(place), word: place(krebs) };
    });
    assert.equal(places.boxes.length, 6);
    assert.ok(Math.abs(places.boxes[0][0] - (64 + 4 * 10.8 - 1.5) / 595) < 0.005, `${lang} ${places.boxes[0]}`);
    assert.ok(Math.abs(places.word[0] - (64 + 4 * 10.8) / 595) < 0.005, `${lang}: the word that is selected lies at ${places.word}`);
    await close();
  }
});

const shown = (page) => page.evaluate(() => Number(new URLSearchParams(location.hash.slice(1)).get("page")));
const shows = (page, number) => page.waitForFunction((number) => new URLSearchParams(location.hash.slice(1)).get("page") === String(number), number);

test("pages are one scroll, and only those that are near have content", options, async () => {
  const { page, refusals, close } = await open("en/reader.html");
  material.leaves = [];
  await page.locator('.leaf[data-page="13"] img').waitFor();
  assert.equal(await page.locator(".leaf").count(), 40);
  assert.ok((await page.locator(".leaf:not(:empty)").count()) < 6);
  for (const [key, number] of [["j", 13], ["k", 12], ["Home", 1], ["End", 40]]) {
    await page.keyboard.press(key);
    await shows(page, number);
  }
  await page.locator('.leaf[data-page="40"] img').waitFor();
  assert.ok((await page.locator(".leaf:not(:empty)").count()) < 16);
  assert.ok(!material.leaves.includes(25), `asked for ${material.leaves}`);
  await page.locator("[data-stage]").evaluate((stage) => stage.scrollTo(0, 0));
  await shows(page, 1);
  assert.equal(await page.inputValue("#page"), "i");
  assert.deepEqual(refusals, []);
  await close();
});

test("one key goes from hit to hit, over the pages between", options, async () => {
  const { page, close } = await open("en/reader.html");
  const count = page.locator('[data-slot="find-count"]');
  await page.locator(".hit-now").first().waitFor();
  const said = async () => (await count.innerText()).replace(/[\u2066-\u2069]/g, "");
  assert.equal(await said(), "3 of 9");
  assert.equal(await page.locator(".hit-now").count(), 2, "two words that follow each other are one hit");
  await page.keyboard.press("n");
  assert.equal(await said(), "4 of 9");
  await page.keyboard.press("n");
  await page.keyboard.press("n");
  await shows(page, 17);
  await page.locator('.leaf[data-page="17"] .hit-now').first().waitFor();
  assert.equal(await said(), "7 of 9");
  await page.keyboard.press("p");
  await shows(page, 12);
  await page.locator('.leaf[data-page="12"] .hit-now').first().waitFor();
  await close();
});

test("the find field looks through the whole document", options, async () => {
  const { page, close } = await open("en/reader.html");
  await page.keyboard.press("f");
  await page.keyboard.type("krebs", { delay: 10 });
  await page.waitForFunction(() => location.hash.includes("q=krebs"));
  await page.locator("#panel-found .found-page").first().waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Shift+Enter");
  assert.ok(await page.locator(".hit-now").count());
  await page.fill("[data-find] [name=q]", "nothing like it");
  await page.waitForFunction(() => document.querySelector('[data-slot="find-count"]').textContent === "Not in it");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+f");
  assert.equal(await page.evaluate(() => document.activeElement.name), "q");
  await close();
});

test("an address leads to its page with its words; back and forward go where one was", options, async () => {
  const { page, close } = await open("en/reader.html#page=17&q=krebs");
  await page.locator('.leaf[data-page="17"] .hit-now').first().waitFor();
  assert.equal(await page.inputValue("[data-find] [name=q]"), "krebs");
  await page.locator('[data-tab="outline"]').click();
  await page.locator(".outline-entry", { hasText: "Glycolysis" }).click();
  await shows(page, 2);
  await page.fill("#page", "iii");
  await page.keyboard.press("Enter");
  await shows(page, 3);
  await page.goBack();
  await shows(page, 2);
  await page.goBack();
  await shows(page, 17);
  await page.goForward();
  await shows(page, 2);
  await page.locator("a.link-box[data-go='17']").first().click();
  await shows(page, 17);
  await page.waitForFunction(() => document.querySelector('.outline-entry[aria-current]')?.textContent.startsWith("Where it takes place"));
  await close();
});

test("pages are made larger, turned, and laid side by side; what is read stays in view", options, async () => {
  const { page, close } = await open("en/reader.html");
  const leaf = page.locator('.leaf[data-page="12"]');
  await page.locator('.leaf[data-page="13"] img').waitFor();
  const width = async () => (await leaf.boundingBox()).width;
  const before = await width();
  await page.keyboard.press("+");
  assert.ok((await width()) > before * 1.1);
  await page.keyboard.press("g");
  const whole = await leaf.boundingBox();
  assert.ok(whole.height < 900 && Math.abs(whole.width / whole.height - 595 / 842) < 0.01);
  await page.keyboard.press("r");
  const turned = await leaf.boundingBox();
  assert.ok(Math.abs(turned.width / turned.height - 842 / 595) < 0.01);
  const picture = await leaf.locator("img").boundingBox();
  assert.ok(Math.abs(picture.width - turned.width) < 3 && Math.abs(picture.x - turned.x) < 3, JSON.stringify([picture, turned]));
  for (let turn = 0; turn < 3; turn += 1) await page.keyboard.press("r");
  await page.keyboard.press("d");
  const [one, other] = [await page.locator('.leaf[data-page="11"]').boundingBox(), await leaf.boundingBox()];
  assert.ok(Math.abs(one.y - other.y) < 1 && one.x < other.x);
  assert.equal(await shown(page), 12);
  await page.keyboard.press("x");
  assert.match(await leaf.locator(".leaf-text").innerText(), /matrix of the mitochondrion/);
  await close();
});

test("the page that is read stays in view as text", options, async () => {
  const { page, close } = await open("en/reader.html#page=12");
  await page.locator('.leaf[data-page="13"] img').waitFor();
  const top = () =>
    page.locator("[data-stage]").evaluate((stage) => {
      const { top, height } = stage.getBoundingClientRect();
      const leaf = [...stage.querySelectorAll(".leaf")].findLast((leaf) => leaf.getBoundingClientRect().top <= top + height / 3);
      return Number(leaf.dataset.page);
    });
  for (let change = 0; change < 2; change += 1) {
    await page.keyboard.press("x");
    await page.locator('.leaf[data-page="11"] .leaf-text').waitFor({ state: "attached" });
    await page.waitForFunction(() => document.querySelector('.leaf[data-page="12"]').childElementCount > 0);
    assert.equal(await top(), 12);
    assert.equal(await shown(page), 12);
  }
  await close();
});

test("where a picture is missing, that is said", options, async () => {
  const { page, close } = await open("en/reader.html#page=12");
  await page.locator('.leaf[data-page="13"] img').waitFor();
  await page.locator('.leaf[data-page="12"] img').evaluate((picture) => (picture.src = "/nothing.webp"));
  await page.locator('.leaf[data-page="12"] .leaf-trouble', { hasText: "could not be drawn" }).waitFor();
  await close();
});

test("two fingers make a page larger", options, async () => {
  const { page, close } = await open("en/reader.html", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const leaf = page.locator('.leaf[data-page="12"]');
  await leaf.locator("img").waitFor();
  const { width } = await leaf.boundingBox();
  await page.locator("[data-stage]").evaluate((stage) => {
    const fingers = (distance) => [0, 1].map((identifier) => new Touch({ identifier, target: stage, clientX: 195 + (identifier ? 1 : -1) * distance, clientY: 400 }));
    stage.dispatchEvent(new TouchEvent("touchstart", { touches: fingers(50), cancelable: true }));
    stage.dispatchEvent(new TouchEvent("touchmove", { touches: fingers(100), cancelable: true }));
  });
  assert.ok(Math.abs((await leaf.boundingBox()).width / width - 2) < 0.05);
  await close();
});

test("lines are copied as lines", options, async () => {
  const { page, close } = await open("en/reader.html");
  await page.locator('[data-live] .leaf[data-page="12"] .words').waitFor();
  const copied = await page.evaluate(() => {
    const words = document.querySelector('.leaf[data-page="12"] .words');
    const range = document.createRange();
    range.setStart(words.children[5].querySelector("tspan").firstChild, 0);
    range.setEnd(words.children[6].querySelectorAll("tspan")[1].firstChild, 2);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
    words.dispatchEvent(event);
    return event.clipboardData.getData("text/plain");
  });
  assert.equal(copied, "The Krebs cycle takes place in the matrix of the mitochondrion. For every\nturn it");
  await close();
});

test("where one reads is remembered once one stays there", options, async () => {
  const { page, close } = await open("en/reader.html");
  material.places = [];
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.waitForResponse((response) => response.url().includes("/place?page=14"));
  assert.deepEqual(material.places, [14]);
  await close();
});

test("a film plays from the line that is chosen", options, async () => {
  const { page, close } = await open("en/reader-film.html");
  assert.match(await page.locator(".cue[aria-current]").innerText(), /Krebs cycle/);
  await page.locator(".cue").last().click();
  assert.match(page.url(), /page=3&q=krebs(\+|%20)cycle#t=754$/);
  assert.equal(await page.locator(".player").evaluate((player) => player.defaultPlaybackRate && player.currentTime), 754);
  assert.match(await page.locator(".cue[aria-current]").innerText(), /oxygen/);
  await close();
});

test("an address leads to its place in a film", options, async () => {
  const { page, close } = await open("en/reader-film.html#page=3");
  await page.locator(".cue[aria-current]", { hasText: "oxygen" }).waitFor();
  assert.equal(await page.locator(".player").evaluate((player) => player.currentTime), 754);
  await close();
});

test("one steps from line to line that says what is looked for, around the ends", options, async () => {
  const { page, refusals, close } = await open("en/reader-film.html");
  const at = async (ms, text) => {
    await page.waitForFunction((ms) => document.querySelector(".hit-now")?.closest("[data-ms]").dataset.ms === String(ms), ms);
    assert.equal(await page.locator(".player").evaluate((player) => player.currentTime * 1000 || Number(player.closest("[data-media]").dataset.startMs)), ms);
    assert.equal((await page.locator(".find-count").innerText()).replace(/[\u2066-\u2069]/g, ""), text);
  };
  await at(12_000, "2 of 3");
  await page.keyboard.press("n");
  await at(15_500, "3 of 3");
  await page.keyboard.press("n");
  await at(10_000, "1 of 3");
  await page.keyboard.press("p");
  await at(15_500, "3 of 3");
  await page.locator('[data-step="hit-previous"]').focus();
  await page.keyboard.press("Enter");
  await at(12_000, "2 of 3");
  assert.deepEqual(refusals, []);
  await close();
});

test("an address names the second that a film plays from", options, async () => {
  for (const [time, second] of [["754", 754], ["12:34.5", 754.5], ["0:00:15.6,20", 15.6]]) {
    const { page, close } = await open(`en/reader-film.html#t=${time}`);
    await page.waitForFunction((second) => document.querySelector(".player").currentTime === second, second);
    await page.evaluate(() => (location.hash = "t=3"));
    await page.locator(".cue[aria-current]", { hasText: "Good morning" }).waitFor();
    await close();
  }
});

test("a film's chapters are jumped by, beside what is said", options, async () => {
  const { page, refusals, close } = await open("en/reader-film.html");
  await page.locator(".chapter[aria-current]", { hasText: "The Krebs cycle" }).waitFor();
  await page.locator(".chapter", { hasText: "The cell" }).click();
  await page.locator(".chapter[aria-current]", { hasText: "The cell" }).waitFor();
  await page.locator(".cue[aria-current]", { hasText: "Good morning" }).waitFor();
  assert.match(page.url(), /#t=0$/);
  assert.deepEqual(refusals, []);
  await close();
});

test("how far the recognition of text is, is said until there is something to look at", options, async () => {
  material.progress = [{ done: 3, total: 12 }, { done: 7, total: 12 }, { done: 11, total: 12 }, null];
  const { page, refusals, close } = await open("en/reader-recognizing.html");
  const seen = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const banner = document.querySelector("[data-recognizing]");
        const bar = banner.querySelector("progress");
        const values = [];
        const look = () => {
          if (values.at(-1) !== bar.value) values.push(bar.value);
          if (bar.hidden) resolve(values);
        };
        new MutationObserver(look).observe(banner, { subtree: true, childList: true, attributes: true, characterData: true });
        look();
      }),
  );
  assert.deepEqual(seen, [3, 7, 11]);
  assert.match(await page.locator('[data-slot="recognizing"]').innerText(), /can be found now/);
  assert.ok(await page.locator('[data-slot="again"]').isVisible());
  assert.deepEqual(refusals, []);
  await close();
});

test("a hit in a speaker's notes is gone to, below its slide", options, async () => {
  const { page, refusals, close } = await open("en/reader-slide.html");
  const leaf = page.locator('.leaf[data-page="12"]');
  const notes = leaf.locator(".notes");
  await leaf.locator("img").waitFor();
  const [sheet, below] = [await leaf.locator(".sheet").boundingBox(), await notes.boundingBox()];
  assert.ok(Math.abs(sheet.y + sheet.height - below.y) < 2, JSON.stringify([sheet, below]));
  await notes.locator("summary").click();
  assert.ok(await notes.locator("mark").isHidden());
  const boxes = await leaf.locator(".hit-box").evaluateAll((boxes) => new Set(boxes.map((box) => box.dataset.run)).size);
  for (let step = 0; step < boxes; step += 1) await page.keyboard.press("n");
  await page.locator("mark.hit-now").waitFor();
  assert.ok(await notes.locator("mark").isVisible());
  assert.match(await page.locator(".find-count").textContent(), /, In the speaker’s notes$/);
  await page.keyboard.press("p");
  await leaf.locator(".hit-box.hit-now").first().waitFor();
  assert.doesNotMatch(await page.locator(".find-count").textContent(), /notes/);
  assert.deepEqual(await page.locator(".found-place").evaluateAll((places) => places.map((place) => place.closest("[data-go]").dataset.go)), ["17"]);
  assert.deepEqual(refusals, []);
  await close();
});

test("source code is coloured in classes, and a hit in it is one mark", options, async () => {
  for (const colorScheme of ["light", "dark"]) {
    const { page, refusals, close } = await open("en/reader-code.html", { colorScheme });
    const colour = (selector) => page.locator(selector).first().evaluate((element) => getComputedStyle(element).color);
    const inks = await Promise.all(["comment", "text", "number", "keyword"].map((ink) => colour(`.code .ink-${ink}`)));
    assert.equal(new Set(inks).size, 4, inks.join());
    assert.equal(await colour(".code mark .ink-name"), await colour(".code mark"));
    assert.equal(await page.locator(".code li").first().evaluate((line) => getComputedStyle(line, "::before").content), '"41"');
    assert.deepEqual(refusals, []);
    await close();
  }
});

test("suggestions are walked, said and chosen by the keyboard", options, async () => {
  for (const lang of ["en", "he"]) {
    const { page, close } = await open(`${lang}/listing-empty.html`);
    const field = page.locator("form[data-search] [name=q]");
    await page.keyboard.press("/");
    await page.keyboard.type("kre", { delay: 10 });
    await page.locator("[role=option]").first().waitFor();
    assert.equal(await field.getAttribute("aria-expanded"), "true");
    assert.equal(await page.locator("[role=option]").count(), 3);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const active = await field.getAttribute("aria-activedescendant");
    assert.equal(await page.locator(`[id="${active}"]`).getAttribute("aria-selected"), "true");
    assert.equal(await field.inputValue(), 'by:"Noa Kremer"');
    await page.keyboard.press("Escape");
    assert.equal(await field.inputValue(), "kre");
    assert.equal(await field.getAttribute("aria-expanded"), "false");
    await page.keyboard.type("b");
    await page.locator("[role=option]").last().click();
    await page.waitForURL(/\/search\?q=krebs\+cycle$/);
    await close();
  }
});

test("without scripts one can still share, search and turn pages", options, async () => {
  const { page, close } = await open("en/share.html", { javaScriptEnabled: false });
  assert.ok(await page.locator('form[action="/share/simple"] input[type="file"]').isVisible());
  assert.ok(await page.locator("[data-share]").isHidden());
  await page.goto(`${server.origin}/en/reader.html`);
  assert.ok(await page.locator('.page-bar a[href="/materials/sample?page=13"]').isVisible());
  assert.ok(await page.locator('.found-page[href*="page=17"]').isVisible());
  assert.ok(await page.locator(".leaf-text").isVisible());
  assert.ok(await page.locator(".zoom").isHidden());
  await close();
});

test("a page is printed on one sheet, whatever the paper", options, async () => {
  for (const format of ["A4", "Letter", "A5"]) {
    const { page, close } = await open("en/reader-print.html");
    await page.locator(".leaf img").evaluate((picture) => picture.decode());
    const printed = (await page.pdf({ format })).toString("latin1");
    assert.equal(printed.match(/\/Type \/Page\b/g)?.length, 1, format);
    await close();
  }
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
