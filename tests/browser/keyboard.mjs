// Someone who uses no mouse and no touch: goes with the tab key to what is named, and always sees where they are.
import { ensure, until } from "./stage.mjs";

const farthest = 250; // controls passed on the way; a page that needs more is unusable by keyboard anyway

export class Keyboard {
  constructor(person) {
    Object.assign(this, { person, page: person.page });
  }

  async to(role, name) {
    await this.#reach(this.page.getByRole(role, { name, exact: typeof name === "string" }), `${role} ${name}`);
  }

  // Follows the order of the page until what is wanted has the focus.
  async #reach(wanted, what) {
    const there = wanted.and(this.page.locator(":focus"));
    for (let passed = 0; passed < farthest; passed += 1) {
      if (await there.count()) return this.#seesFocus(what);
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`${this.person.login} cannot reach ${what} by keyboard`);
  }

  async press(role, name, key = "Enter") {
    await until(`${role} ${name}`, () => this.page.getByRole(role, { name, exact: typeof name === "string" }).count());
    await this.to(role, name);
    await this.page.keyboard.press(key);
  }

  // What is folded behind a line of text.
  async unfold(text) {
    await this.#reach(this.page.locator("summary", { hasText: text }), text);
    await this.page.keyboard.press("Enter");
  }

  async fill(role, name, text) {
    await this.to(role, name);
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.type(text);
  }

  async check(name) {
    await this.to("checkbox", name);
    if (!(await this.page.locator(":focus").isChecked())) await this.page.keyboard.press("Space");
  }

  // A closed list takes the letters of its entries.
  async choose(name, entry) {
    await this.to("combobox", name);
    await this.page.keyboard.type(entry);
    await until(`${entry} is chosen`, () => this.page.locator(":focus").evaluate((list, text) => list.selectedOptions[0].label.startsWith(text), entry));
  }

  // WCAG 2.4.7: the focus is visible. A ring or a shadow counts, the bare default of nothing does not.
  async #seesFocus(what) {
    const seen = await this.page.locator(":focus").evaluate((element) => {
      const lit = [element, element.closest("label, .file")].filter(Boolean).map((one) => getComputedStyle(one));
      const next = element.nextElementSibling && getComputedStyle(element.nextElementSibling);
      return [...lit, next].filter(Boolean).some((style) => parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none" || style.boxShadow !== "none");
    });
    ensure(`${what} shows that it has the focus`, seen);
  }
}
