// A browser told what to do over the bare DevTools pipe. Playwright asks every tab to keep a copy of each answer it gets, and
// those copies, up to 200 MB, are counted as the tab's own memory; here nobody asks.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Unrecorded {
  constructor(executable, args) {
    this.home = mkdtempSync(join(tmpdir(), "unrecorded-"));
    this.process = spawn(executable, [...args, "--headless", "--no-sandbox", "--remote-debugging-pipe", `--user-data-dir=${this.home}`], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    this.waiting = new Map();
    this.asked = 0;
    let rest = "";
    this.process.stdio[4].setEncoding("utf8").on("data", (text) => {
      const whole = (rest + text).split("\0");
      rest = whole.pop();
      for (const one of whole) this.#take(JSON.parse(one));
    });
  }

  #take({ id, result, error }) {
    const asked = this.waiting.get(id);
    if (!asked) return; // an event; nobody here listens to any
    this.waiting.delete(id);
    if (error) asked.reject(new Error(`${asked.method}: ${error.message}`)); else asked.resolve(result);
  }

  send(method, params = {}, sessionId = undefined) {
    this.asked += 1;
    const id = this.asked;
    this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    return new Promise((resolve, reject) => this.waiting.set(id, { method, resolve, reject }));
  }

  // A window of its own, with cookies of its own.
  async tab({ width, height }) {
    const { browserContextId } = await this.send("Target.createBrowserContext");
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank", browserContextId, newWindow: true });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new Tab(this, sessionId, browserContextId);
    await tab.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 2, mobile: false });
    return tab;
  }

  async renderers() {
    const { processInfo } = await this.send("SystemInfo.getProcessInfo");
    return processInfo.filter((one) => one.type === "renderer").map((one) => one.id);
  }

  async close() {
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    await this.send("Browser.close");
    await gone;
    rmSync(this.home, { recursive: true, force: true });
  }
}

class Tab {
  constructor(browser, session, context) {
    Object.assign(this, { browser, session, context });
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  goto(url) {
    return this.send("Page.navigate", { url });
  }

  // What a function gives in the page; a promise is waited for.
  async evaluate(what, ...values) {
    const expression = `(${what})(${values.map((one) => JSON.stringify(one)).join(",")})`;
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception ? exceptionDetails.exception.description : exceptionDetails.text);
    return result.value;
  }

  // Until a function gives something true in the page, looked at with every frame. A page that is left while it is asked is asked again.
  async until(what, ...values) {
    const long = Date.now() + 60_000;
    const looking = `async (...values) => {
      const wanted = ${what};
      while (!wanted(...values) && Date.now() < ${long}) await new Promise((next) => requestAnimationFrame(next));
      return Date.now() < ${long};
    }`;
    while (Date.now() < long) {
      try {
        if (await this.evaluate(looking, ...values)) return;
      } catch (error) {
        if (!/context|navigat/i.test(error.message)) throw error;
      }
    }
    throw new Error(`never came: ${what}`);
  }

  async press(key) {
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", key });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", key });
  }

  close() {
    return this.browser.send("Target.disposeBrowserContext", { browserContextId: this.context });
  }
}
