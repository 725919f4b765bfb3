// The browser and the people in it: one context a person, watched for errors, requests that leave the house, pages wider
// than the screen and anything axe finds.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../static/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const { source: axeSource } = require("axe-core");

export const tablet = { width: 820, height: 1180 };
export const desk = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };
const allSizes = { tablet, desk, phone };
export const patience = 30_000;
const longestStep = 180_000;
const longestQuestion = 10_000;
const tallest = 2600;
const rules = ["wcag2a", "wcag2aa"];

export const executable = process.env.ECABINET_TEST_CHROMIUM || execFileSync("sh", ["-c", "command -v chromium"]).toString().trim();

// Asks again until `probe` gives something true; what a person does by looking. A page in the middle of leaving may never answer
// one question, so each has its time.
export async function until(claim, probe) {
  const deadline = Date.now() + patience;
  let last = "never true";
  while (Date.now() < deadline) {
    try {
      const found = await inTime(probe(), longestQuestion);
      if (found) return found;
    } catch (error) {
      last = error.message;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${claim}: ${last}`);
}

// A page that never answers fails its step instead of holding the whole run.
function inTime(work, longest) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${longest / 1000} s`)), longest);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

export function ensure(claim, is) {
  if (!is) throw new Error(claim);
}

export class Stage {
  constructor({ base, password, out, flags = [], sizes = Object.keys(allSizes) }) {
    Object.assign(this, { base, password, out, flags, sizes });
    this.takesPictures = Boolean(process.env.ECABINET_TEST_PICTURES);
    this.people = [];
    this.findings = [];
    this.started = Date.now();
    mkdirSync(out, { recursive: true });
  }

  async open() {
    this.browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--lang=vi", "--force-color-profile=srgb", ...this.flags] });
  }

  async close() {
    if (this.browser) await this.browser.close();
  }

  // A whole script: it fails by what fails in it, and by what is found on a page, but for lines that name something expected.
  async play(main, expected = []) {
    try {
      await this.open();
      await main();
    } catch (error) {
      await this.keepLastScreens();
      console.error(`\n${error.message}\n${error.stack}`);
      process.exitCode = 1;
    } finally {
      await this.close();
    }
    const findings = this.findings.filter((line) => !expected.some((part) => line.includes(part)));
    for (const finding of findings) console.error(finding);
    if (findings.length) process.exitCode = 1;
  }

  async step(title, act) {
    const begun = Date.now();
    try {
      const given = await inTime(act(), longestStep);
      console.log(`${String(Date.now() - begun).padStart(6)} ms  ${title}`);
      return given;
    } catch (error) {
      error.message = `${title}: ${error.message}`;
      throw error;
    }
  }

  find(where, what) {
    const line = `${where}: ${what}`;
    if (!this.findings.includes(line)) this.findings.push(line);
  }

  // Someone at a screen of their own, who has not signed in. Another base is another way to the same service.
  async person(login, { size = desk, touch = false, base = this.base } = {}) {
    const context = await this.browser.newContext({
      viewport: size, hasTouch: touch, isMobile: touch, acceptDownloads: true,
      locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh", colorScheme: "light", reducedMotion: "reduce",
    });
    context.setDefaultTimeout(patience);
    context.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (/^https?:$/.test(protocol) && origin !== base) this.find(login, `a request left the house: ${request.url()}`);
    });
    const person = new Person(this, login, base, context, await context.newPage());
    this.people.push(person);
    return person;
  }

  async signedIn(login, how) {
    const person = await this.person(login, how);
    await person.goto("/");
    await person.page.getByLabel("Tên đăng nhập").fill(login);
    await person.page.getByLabel("Mật khẩu").fill(this.password);
    await person.page.getByRole("button", { name: "Đăng nhập" }).click();
    await person.page.locator("h1", { hasText: "Chào" }).waitFor();
    return person;
  }

  // The last thing each person saw, for whoever reads the failure.
  async keepLastScreens() {
    for (const person of this.people) {
      if (person.page.isClosed()) continue;
      await person.page.screenshot({ path: join(this.out, `failed-${person.login}.png`) }).catch(() => {});
    }
  }
}

class Person {
  constructor(stage, login, base, context, page) {
    Object.assign(this, { stage, login, base, context, page });
    this.where = login;
    page.on("console", (message) => {
      // A refusal that the page answers with both versions is what the step is about.
      const isTold = this.isOffline || message.text().includes("status of 409");
      if (message.type() === "error" && !isTold) stage.find(this.where, `console: ${message.text()}`);
    });
    page.on("pageerror", (error) => stage.find(this.where, `script: ${error.message}`));
    page.on("response", (answer) => {
      if (answer.status() >= 500) stage.find(this.where, `${answer.status()} ${answer.url()}`);
    });
  }

  // Takes the network away, or gives it back. What fails meanwhile is no finding.
  async cut(is) {
    if (is) this.isOffline = true;
    await this.context.setOffline(is);
  }

  async goto(path) {
    await this.page.goto(new URL(path, this.base).href);
  }

  // Looks at the page at every size: no wider than the screen, nothing that axe minds, a picture each if pictures are wanted.
  // Without sizes it is read as it is.
  async look(name, { whole = true } = {}) {
    const usual = this.page.viewportSize();
    this.where = name;
    if (!this.stage.sizes.length) await this.read(name);
    for (const size of this.stage.sizes) {
      await this.page.setViewportSize(allSizes[size]);
      await this.inspect(`${name}-${size}`, whole);
    }
    await this.page.setViewportSize(usual);
  }

  async inspect(name, whole = true) {
    await this.read(name);
    for (const { id, help, nodes } of await this.violations()) {
      this.stage.find(name, `axe ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
    }
    if (!this.stage.takesPictures) return;
    const usual = this.page.viewportSize();
    if (whole) await this.stretch();
    await this.page.screenshot({ path: join(this.stage.out, `${name}.png`) });
    await this.page.setViewportSize(usual);
  }

  // What axe minds. It is loaded once a page, which has no frames, and keeps nothing of what it does not mind: together a third of the time.
  async violations() {
    if (!await this.page.evaluate(() => "axe" in window)) await this.page.evaluate(axeSource);
    return this.page.evaluate(async (tags) => {
      const { violations } = await window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
      return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => ({ html })) }));
    }, rules);
  }

  async read(name) {
    await this.settle();
    const wide = await this.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    if (wide[0] > wide[1]) this.stage.find(name, `wider than the screen: ${wide.join(" > ")}`);
    if (await this.page.getByText("Unknown localization key").count()) this.stage.find(name, "a text is missing");
  }

  // As tall as what is on the page, within reason, so that what is fixed to the screen's edges stands at the picture's.
  async stretch() {
    const { width } = this.page.viewportSize();
    const height = await this.page.evaluate(() => document.documentElement.scrollHeight);
    await this.page.setViewportSize({ width, height: Math.min(height, tallest) });
    await this.page.evaluate(() => window.scrollTo(0, 0));
    await this.settle();
  }

  // Letters and pictures are there, and nothing moves any more.
  async settle() {
    await this.page.evaluate(async () => {
      await document.fonts.ready;
      // What waits to be scrolled to would never come to somebody who only looks.
      for (const image of document.images) image.loading = "eager";
      await Promise.all([...document.images].filter((image) => image.src).map((image) => image.decode().catch(() => {})));
      // Within a closed <details> time stands still, and a spinner never ends.
      const ending = document.getAnimations().filter(({ effect }) =>
        effect.target.checkVisibility() && effect.getComputedTiming().endTime < 5000);
      await Promise.all(ending.map((one) => one.finished.catch(() => {})));
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    });
  }

  // Changes theme, size or language by the personal menu, as a person does.
  async prefer(button) {
    await this.page.locator("details.menu > summary").click();
    await this.page.getByRole("button", { name: button, exact: true }).click();
    await until(`the preference ${button}`, () =>
      this.page.locator(`.menu__panel button[aria-pressed=true]`, { hasText: button }).count());
    if (await this.page.locator("details.menu[open]").count()) await this.page.keyboard.press("Escape");
  }

  // Lets files go over an element, as if dragged from a folder.
  async drop(locator, files) {
    const transfer = await this.page.evaluateHandle((given) => {
      const carried = new DataTransfer();
      for (const { name, mimeType, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        carried.items.add(new File([bytes], name, { type: mimeType }));
      }
      return carried;
    }, files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") })));
    await locator.dispatchEvent("dragover", { dataTransfer: transfer });
    await locator.dispatchEvent("drop", { dataTransfer: transfer });
  }
}
