// Pictures of all sample pages: `node look.js SAMPLES OUT [page…]`, on a phone and a desktop, light and
// dark, in both languages.
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { launch } from "./support/chromium.js";
import { serveSamples } from "./support/samples-server.js";

const [samples, out, ...only] = process.argv.slice(2);
const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };
const variants = (process.env.LOOK ?? "en-light,he-light,en-dark,he-dark").split(",").map((variant) => variant.split("-"));

const server = await serveSamples(samples);
const browser = await launch();
await mkdir(out, { recursive: true });
for (const [lang, colorScheme] of variants) {
  for (const [screen, viewport] of Object.entries(SCREENS)) {
    if (process.env.SCREEN && process.env.SCREEN !== screen) continue;
    const context = await browser.newContext({ viewport, colorScheme, hasTouch: screen === "phone", isMobile: screen === "phone" });
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && console.log(page.url(), message.text()));
    for (const file of await readdir(join(samples, lang))) {
      const name = file.replace(".html", "");
      if (name.endsWith("fragment") || (only.length && !only.includes(name))) continue;
      await page.goto(`${server.origin}/${lang}/${file}`);
      await page.screenshot({ path: join(out, `${name}-${lang}-${colorScheme}-${screen}.png`), fullPage: process.env.FULL === "1" });
    }
    await context.close();
  }
}
await browser.close();
server.close();
