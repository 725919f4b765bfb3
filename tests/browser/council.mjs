// A council of six in English, at tablets, by keyboard alone: from the empty form to minutes that two have signed. The cable of
// one of them is cut in the middle.
import { ensure, tablet, until } from "./stage.mjs";
import { Cable } from "./cable.mjs";
import { Keyboard } from "./keyboard.mjs";

const title = "Council meeting by keyboard";
const item = "Street lighting in three alleys";
const other = "Any other business";
const names = {
  chutich: "Nguyễn Văn Hùng", thuky: "Phạm Thị Ngọc Mai", photich: "Lê Thị Thu Hà",
  daibieu1: "Võ Minh Tâm", daibieu2: "Trần Thị Kim Oanh", daibieu4: "Đặng Ngọc Lan",
};

export async function council(stage, pin) {
  const cable = new Cable(stage.base);
  await cable.mend();
  const six = await stage.step("six people sign in and choose English, by keyboard", () => signIn(stage, cable));
  const meeting = await stage.step("the secretary prepares a meeting without a mouse", () => prepare(six));
  await stage.step("all come in and check in", () => gather(six, meeting));
  await stage.step("the chair opens the session; the cable of one member is cut", () => openSession(six, cable));
  await stage.step("a vote is opened; it is announced to each who can be reached", () => openVote(six));
  await stage.step("the cable is mended; she hears of the vote she missed", () => comeBack(six, cable));
  await stage.step("six ballots by keyboard, one of them changed", () => castAll(six));
  await stage.step("the chair publishes; the result is on each screen", () => publish(six));
  await stage.step("the session ends, the minutes are locked and signed by two", () => minutes(six, meeting, pin));
  for (const { person } of Object.values(six)) await person.context.close();
  await cable.cut();
}

async function signIn(stage, cable) {
  const six = {};
  for (const [login, name] of Object.entries(names)) {
    const person = await stage.person(login, { size: tablet, ...(login === "daibieu4" && { base: cable.base }) });
    const keys = new Keyboard(person);
    await person.goto("/");
    await keys.fill("textbox", "Tên đăng nhập", login);
    await keys.fill("textbox", "Mật khẩu", stage.password);
    await person.page.keyboard.press("Enter");
    await person.page.locator("h1", { hasText: "Chào" }).waitFor();
    await chooseEnglish(person, keys, name);
    six[login] = { person, keys, page: person.page };
  }
  return six;
}

async function chooseEnglish({ page }, keys, name) {
  await keys.unfold(name);
  await keys.press("button", "English");
  await page.locator("html[lang=en]").waitFor();
  await page.keyboard.press("Escape");
}

async function prepare({ thuky: { person, keys, page } }) {
  await person.goto("/meetings");
  await keys.press("link", "New meeting");
  await keys.fill("textbox", "Title", title);
  await keys.press("button", "Make a draft");
  await page.locator("h1", { hasText: title }).waitFor();
  for (const [login, name] of Object.entries(names)) {
    await keys.fill("searchbox", "Search people", name);
    await keys.check(new RegExp(`^${name}`));
    await keys.choose(`Role of ${name}`, { chutich: "Chair", thuky: "Secretary" }[login] || "Delegate");
  }
  await keys.press("button", "Save participants");
  await page.getByText("5 members, 0 guests").waitFor();
  for (const one of [item, other]) {
    await keys.fill("textbox", "New item", one);
    await keys.press("button", "Add item");
    await page.getByRole("heading", { name: one }).waitFor();
  }
  await person.inspect("council-preparation");
  await keys.press("button", "Send invitations");
  await page.getByRole("link", { name: "Enter" }).waitFor();
  return new URL(page.url()).pathname.split("/")[2];
}

async function gather(six, meeting) {
  for (const [login, { person, keys, page }] of Object.entries(six)) {
    await keys.press("link", "Meetings");
    await keys.press("link", title);
    await page.waitForURL(`**/meetings/${meeting}**`);
    if (login === "thuky") continue;
    await keys.press("button", "Check in: I am here");
    await page.getByText("You checked in at").or(page.locator(".cockpit")).first().waitFor();
    await listen(page);
  }
  await six.daibieu1.person.inspect("council-meeting");
}

// Keeps what a screen reader is given to say from now on.
async function listen(page) {
  await page.evaluate(() => {
    window.heard = [];
    new MutationObserver(() => {
      for (const region of document.querySelectorAll("[role=status], [role=alert]")) {
        const text = region.textContent.trim();
        if (text && window.heard[window.heard.length - 1] !== text) window.heard.push(text);
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
}

const hears = (page, text) => until(`"${text}" is said`, () => page.evaluate((wanted) => window.heard.some((said) => said.includes(wanted)), text));
const members = ({ chutich, photich, daibieu1, daibieu2, daibieu4 }) => [photich, daibieu1, daibieu2, daibieu4, chutich];

async function openSession(six, cable) {
  const { keys, page, person } = six.chutich;
  await keys.press("button", "Open");
  await page.getByRole("heading", { name: "Next: item 1" }).waitFor();
  await person.inspect("council-opened");
  await pressTwice(page, () => keys.press("button", "Go to"));
  await person.inspect("council-cockpit");
  const { person: cutOff, page: screen } = six.daibieu4;
  await screen.locator(".agenda__item--now").waitFor();
  cutOff.isOffline = true;
  await cable.cut();
  await screen.locator("#offline").waitFor();
  await cutOff.inspect("council-cut-off");
}

// As trembling hands do. Between the two presses the button has become that of the next item.
async function pressTwice(page, press) {
  let sent = 0;
  page.on("request", (request) => { if (request.url().endsWith("/current-item")) sent += 1; });
  await page.clock.setFixedTime(Date.now() + 1000); // long enough after what was pressed before
  await press();
  await page.getByRole("heading", { name: "Next: item 2" }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".cockpit__now").getByRole("heading", { name: item }).waitFor();
  ensure("the second press went nowhere", sent === 1);
  await page.clock.setSystemTime(Date.now());
}

async function openVote(six) {
  const { keys } = six.chutich;
  await keys.unfold("Put this item to the vote");
  await keys.press("button", "Open the vote");
  for (const one of members(six)) if (one !== six.daibieu4) await hearsOfVote(one);
  await six.daibieu2.person.inspect("council-vote");
}

async function hearsOfVote({ page }) {
  await page.getByRole("dialog", { name: "Vote" }).waitFor();
  await hears(page, "Vote is open: ");
}

async function comeBack({ daibieu4 }, cable) {
  ensure("nothing came through the cut cable", (await daibieu4.page.getByRole("dialog", { name: "Vote" }).count()) === 0);
  await cable.mend();
  await hearsOfVote(daibieu4);
  await daibieu4.page.locator("#offline").waitFor({ state: "detached" });
  daibieu4.person.isOffline = false;
}

async function castAll(six) {
  await cast(six.daibieu1, "Against");
  for (const one of members(six)) await cast(one, one === six.daibieu4 ? "Abstain" : "For");
}

async function cast({ keys, page }, choice) {
  await keys.press("button", new RegExp(`^${choice}`));
  await until(`${choice} is marked`, () => page.locator("dialog[open] [aria-pressed=true]", { hasText: choice }).count());
}

async function publish(six) {
  const { keys, page, person } = six.chutich;
  await page.keyboard.press("Escape");
  await keys.press("button", "Close and publish");
  await page.locator(".cockpit__now .outcome").getByText("Adopted").waitFor();
  await person.inspect("council-result");
  for (const { page: screen } of members(six)) await screen.getByText("Adopted").first().waitFor();
  await six.daibieu4.person.inspect("council-meeting-result");
}

async function minutes({ chutich, thuky }, meeting, pin) {
  await chutich.keys.press("button", "Go to");
  await chutich.page.getByRole("heading", { name: "The agenda is done" }).waitFor();
  await chutich.person.inspect("council-agenda-done");
  await chutich.keys.press("button", "Close the session");
  const sure = chutich.page.getByRole("dialog", { name: "End the meeting?" });
  await sure.waitFor();
  await chutich.keys.press("button", "Close the session");
  await chutich.page.locator(".cockpit__next").getByRole("link", { name: "Minutes" }).waitFor();
  const { person, keys, page } = thuky;
  await until("the job has drafted the minutes", async () => {
    await person.goto(`/meetings/${meeting}/minutes`);
    return page.getByLabel("Conclusion of the chair").isVisible();
  });
  const words = (await page.locator("main").textContent()).replace(/\s+/g, " ");
  ensure("the draft has the result", words.includes("5/5") && words.includes("Adopted"));
  await keys.fill("textbox", "Conclusion of the chair", "Lights in all three alleys by the end of the quarter.");
  await keys.press("button", "Save");
  await person.inspect("council-minutes");
  await keys.press("button", "Lock and send for signature");
  await page.getByRole("heading", { name: "Signatures" }).waitFor();
  for (const one of [thuky, chutich]) await sign(one, pin);
}

async function sign({ person, keys, page }, pin) {
  await person.goto("/signing");
  await keys.press("link", new RegExp(title));
  await keys.fill("textbox", "PIN", pin);
  await keys.press("button", "Sign this document");
  await page.getByText("You signed").waitFor();
  await person.inspect(`council-signed-${person.login}`);
}
