// Pictures for the README, taken of the demo: `node pictures.js URL PASSWORD OUT`, with what `homeroom demo`
// printed. They are regenerated with the pages that they show.
import { execFileSync } from "node:child_process";
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

await board();

const phone = await Visitor.open(browser, { origin }, PHONE);
await phone.logIn("student", password);
await phone.go("/");
await take(phone, "phone-he-dark");
await browser.close();
await rm(films, { recursive: true });

/** A lesson for which some have handed in, one was late, one is excused, and two are missing. */
async function board() {
  const people = ["Adam Cohen", "Dana Mizrahi", "Emil Haddad", "Maya Friedman", "Noam Bar", "Omer Shalev", "Tamar Azulay", "Yael Ben-David"];
  const login = (name) => name.toLowerCase().replace(/\W/g, ".");
  const teacher = await Visitor.open(browser, { origin }, DESKTOP);
  await teacher.logIn("teacher", password);
  const ask = (visitor, method, path, body, type = "application/json") =>
    visitor.page.evaluate(
      async ([method, path, body, type]) => {
        const token = document.querySelector('meta[name="csrf-token"]').content;
        const answer = await fetch(path, { method, headers: { "content-type": type, "x-csrf-token": token }, body });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${path}: ${text}`);
        return text && JSON.parse(text);
      },
      [method, path, type === "application/json" ? JSON.stringify(body) : body, type],
    );
  const made = await ask(teacher, "POST", "/api/v1/classes", { name: "10B · Homeroom", subject: "biology", grade: 10 });
  const roster = people.map((name) => `${name},${login(name)}\n`).join("");
  await ask(teacher, "PUT", `/api/v1/classes/${made.id}/roster`, roster, "text/csv");
  const five = 5 * 60_000;
  const at = (steps) => new Date(Math.floor(Date.now() / five) * five + steps * five).toISOString();
  const lesson = await ask(teacher, "POST", `/api/v1/classes/${made.id}/lessons`, { title: "Morning greeting", opens_at: at(-1), late_after: at(3), closes_at: at(4) });
  for (const [number, name] of ["Dana Mizrahi", "Adam Cohen", "Tamar Azulay", "Noam Bar", "Emil Haddad"].entries()) {
    if (number === 4) await ask(teacher, "PATCH", `/api/v1/lessons/${lesson.id}`, { late_after: at(-1) });
    const path = join(films, `good morning ${number}.mp4`);
    const look = `gradients=size=640x360:rate=12:duration=${3 + number}:seed=${number + 3}:nb_colors=3`;
    execFileSync("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", look, "-c:v", "libx264", "-pix_fmt", "yuv420p", path]);
    const student = await Visitor.open(browser, { origin }, DESKTOP);
    await student.signUp(login(name));
    await student.go(`/lessons/${lesson.id}`);
    await student.page.setInputFiles("[data-pick] >> nth=-1", path);
    await student.page.fill("#title", "Good morning");
    await student.page.getByRole("button", { name: "Hand in", exact: true }).click();
    await student.page.locator(".own-video").waitFor();
    await student.close();
  }
  const shown = await ask(teacher, "GET", `/api/v1/lessons/${lesson.id}/board`, undefined);
  const maya = shown.rows.find((row) => row.member.name === "Maya Friedman").member.id;
  await ask(teacher, "PUT", `/api/v1/lessons/${lesson.id}/attendance`, { members: [maya], state: "excused", reason: "At the doctor's" });
  await teacher.go(`/lessons/${lesson.id}`);
  for (;;) {
    await teacher.page.locator("[data-board-live]", { hasText: "Live" }).waitFor();
    if ((await teacher.page.locator("img.still").count()) === 5) break;
    await teacher.page.reload();
  }
  await teacher.page.evaluate(() => document.activeElement?.blur());
  await teacher.page.screenshot({ path: join(out, "board.png") });
  await teacher.close();
}

