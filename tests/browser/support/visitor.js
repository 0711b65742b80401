// Somebody in front of a browser. Whatever a page logs as an error, or calls that fails, is kept, so that
// a journey can end by asking that there was nothing.
import { readFileSync } from "node:fs";
import { faults } from "./faults.js";

export const DESKTOP = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const PASSWORD = "correct horse battery staple";

export class Visitor {
  troubles = [];

  static async open(browser, homeroom, settings = DESKTOP) {
    const visitor = new Visitor();
    visitor.homeroom = homeroom;
    visitor.context = await browser.newContext({ acceptDownloads: true, ...settings });
    visitor.page = await visitor.context.newPage();
    visitor.context.on("page", (page) => visitor.#watch(page));
    visitor.#watch(visitor.page);
    return visitor;
  }

  #watch(page) {
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && this.troubles.push(`${page.url()}: ${message.text()}`));
    page.on("pageerror", (error) => this.troubles.push(`${page.url()}: ${error.message}`));
    page.on("dialog", (dialog) => {
      // Whoever leaves while something is on its way means it.
      if (dialog.type() === "beforeunload") return dialog.accept();
      this.troubles.push(`${page.url()}: a dialog says ${dialog.message()}`);
      dialog.dismiss();
    });
  }

  go(path) {
    return this.page.goto(new URL(path, this.homeroom.origin).href);
  }

  close() {
    return this.context.close();
  }

  async signUp(username, { grade = "11" } = {}) {
    await this.go("/signup");
    await this.page.fill("[name=username]", username);
    await this.page.fill("[name=email]", `${username}@school.example`);
    await this.page.selectOption("[name=grade]", grade);
    await this.page.fill("[name=password]", PASSWORD);
    await this.#leaveBy("main form button");
    return this;
  }

  async logIn(login, password = PASSWORD) {
    await this.go("/login");
    await this.page.fill("[name=login]", login);
    await this.page.fill("[name=password]", password);
    await this.#leaveBy("main form button");
    return this;
  }

  async logOut() {
    await this.go("/account");
    await this.#leaveBy('form[action="/logout"] button');
  }

  async #leaveBy(selector) {
    await Promise.all([this.page.waitForEvent("framenavigated"), this.page.click(selector)]);
    await this.page.waitForLoadState();
  }

  /** Chooses files on the sharing page: `[name, content, type]` each, or paths. */
  choose(...files) {
    const given = files.map((file) => (typeof file === "string" ? file : { name: file[0], buffer: file[1], mimeType: file[2] ?? "application/octet-stream" }));
    return this.page.setInputFiles('[data-pick="files"]', given);
  }

  row(name) {
    return this.page.locator(".upload", { has: this.page.locator(`bdi:text-is(${JSON.stringify(name)})`) });
  }

  async until(name, state, timeout = 60_000) {
    await this.row(name).and(this.page.locator(`[data-state="${state}"]`)).waitFor({ timeout });
  }

  shareAll() {
    return this.page.click('[data-action="share"]');
  }

  /** Shares files by the uploader; answers where they can be read. */
  async share(...files) {
    await this.go("/share");
    await this.choose(...files);
    await this.shareAll();
    const urls = [];
    for (const [name] of files) {
      await this.until(name, "ready");
      urls.push(await this.row(name).locator('[data-slot="open"]').getAttribute("href"));
    }
    return urls;
  }

  /** The file behind a material's download link. */
  async download(url) {
    await this.go(url);
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.page.click("a.download")]);
    return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
  }

  /** What is wrong with the page that is shown. */
  faults() {
    return faults(this.page);
  }
}
