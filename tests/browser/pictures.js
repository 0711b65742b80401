// Pictures for the README, taken of the demo: `node pictures.js URL PASSWORD OUT`, with what `homeroom demo`
// printed. They are regenerated with the pages that they show.
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "./support/chromium.js";
import { Visitor } from "./support/visitor.js";

const [origin, password, out] = process.argv.slice(2);
const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark", locale: "he" };
const sample = (name) => readFile(new URL(`../../crates/server/samples/${name}`, import.meta.url));

await mkdir(out, { recursive: true });
const browser = await launch();
const desktop = await Visitor.open(browser, { origin }, DESKTOP);
const take = async (visitor, name) => {
  await visitor.page.waitForLoadState("networkidle");
  await visitor.page.evaluate(() => document.activeElement?.blur());
  await visitor.page.screenshot({ path: join(out, `${name}.png`) });
};

await desktop.logIn("student", password);
await desktop.go("/");
await take(desktop, "home");
await desktop.go("/search?q=krebs+cycle");
const hit = await desktop.page.locator('[data-results] a[href*="page="]').first().getAttribute("href");
await desktop.go(hit);
await take(desktop, "reader");
await desktop.go("/search?q=krebs+cylce");
await take(desktop, "search");

await desktop.go("/share");
await desktop.choose(["cell-respiration.pdf", await sample("cell-respiration.pdf"), "application/pdf"]);
await desktop.shareAll();
await desktop.until("cell-respiration.pdf", "ready");
let held = 0;
await desktop.page.route(/\/homeroom\//, (route) => (route.request().method() === "PUT" && ++held > 2 ? undefined : route.continue()));
const films = await mkdtemp(join(tmpdir(), "homeroom-pictures-"));
const film = "osmosis experiment, lesson 12.mp4";
await writeFile(join(films, film), randomBytes(48 * 1024 * 1024));
await desktop.choose(join(films, film));
await desktop.row(film).locator("progress").evaluate(
  (bar) => new Promise((done) => {
    const look = () => (bar.value / bar.max > 0.6 ? done() : requestAnimationFrame(look));
    look();
  }),
);
await desktop.page.screenshot({ path: join(out, "share.png") });

const phone = await Visitor.open(browser, { origin }, PHONE);
await phone.logIn("student", password);
await phone.go("/");
await take(phone, "phone-he-dark");
await browser.close();
await rm(films, { recursive: true });
