// A delegate writes on a paper, loses the network, goes on, and leaves nothing behind on the device.
import { ensure, phone, tablet, until } from "./stage.mjs";

const said = (page) => page.locator("[data-annotate-said]").textContent();
const saved = (page) => until("every note is on the server", async () => /đã lưu trên máy chủ|Vẽ|Kéo|Chạm/.test(await said(page)));

export async function annotate(stage, meeting, file) {
  const reader = await stage.signedIn("daibieu5", { size: tablet });
  await stage.step("a delegate draws, highlights, writes and marks", () => write(reader, meeting, file));
  await stage.step("all of it is there after a reload", () => comeBack(reader));
  await stage.step("the paper is kept on the device", () => keep(reader));
  await stage.step("without a network: read, write, be told what works", () => offline(reader));
  await stage.step("the network is back: another device has the note", () => sync(stage, reader));
  await stage.step("their notes on the meeting, and for printing", () => lists(reader, meeting));
  await stage.step("what may be taken away, and with whose name", () => take(reader, meeting, file));
  await stage.step("an ended session keeps what was half typed", () => typeOn(stage, reader, meeting, file));
  await stage.step("signing out leaves nothing on the device", () => leave(reader));
  await stage.step("the next person at the device finds nothing; the office can have it wiped", () => passOn(stage, meeting, file));
  await stage.step("a paper withdrawn while it is open says so", () => withdraw(stage, meeting, file));
}

async function open(reader, meeting, file) {
  const { page } = reader;
  await reader.goto(`/meetings/${meeting}`);
  await page.getByRole("link", { name: file.title }).click();
  await page.locator(".reader").waitFor();
  await picture(page);
}

const picture = (page) => until("the picture of the first page", () => page.locator("[data-page='1'] img").first().evaluate((image) => image.naturalWidth));
const tool = (page, name) => page.locator(".annotate").getByRole("button", { name, exact: true }).click();

async function spot(page, x, y) {
  const box = await page.locator("[data-page='1']").boundingBox();
  return [box.x + x * box.width, box.y + y * box.height];
}

async function drag(page, from, to) {
  await page.mouse.move(...await spot(page, ...from));
  await page.mouse.down();
  for (let step = 1; step <= 8; step += 1) {
    const at = (index) => from[index] + ((to[index] - from[index]) * step) / 8;
    await page.mouse.move(...await spot(page, at(0), at(1)));
  }
  await page.mouse.up();
}

async function write(reader, meeting, file) {
  const { page } = reader;
  await open(reader, meeting, file);
  await page.getByRole("button", { name: "Ghi chú lên trang" }).click();
  await tool(page, "Bút");
  await drag(page, [0.2, 0.5], [0.6, 0.45]);
  await drag(page, [0.25, 0.6], [0.4, 0.6]);
  await until("two strokes", async () => (await page.locator("[data-page='1'] .annotation--ink").count()) === 2);
  await tool(page, "Hoàn tác");
  await until("one stroke", async () => (await page.locator("[data-page='1'] .annotation--ink").count()) === 1);
  await page.locator("[data-page='1'] .sheet-page__words text").first().waitFor();
  await tool(page, "Tô sáng");
  const word = await wordAt(page, 3);
  const other = await wordAt(page, 7);
  await drag(page, word, other);
  await until("a highlight", () => page.locator("[data-page='1'] .annotation--highlight").count());
  await tool(page, "Ghi chú");
  await page.mouse.click(...await spot(page, 0.8, 0.3));
  await page.getByLabel("Ghi chú,").fill("Hỏi lại nguồn kinh phí <b>này</b>");
  await page.getByRole("button", { name: "Lưu ghi chú" }).click();
  await tool(page, "Đánh dấu");
  await tool(page, "Đọc");
  await saved(page);
  await reader.look("reader-notes", { whole: false });
  await page.getByRole("button", { name: "Đóng", exact: true }).click();
  await reader.look("reader-annotated", { whole: false });
}

async function wordAt(page, index) {
  const box = await page.locator("[data-page='1'] .sheet-page__words text").nth(index).boundingBox();
  const sheet = await page.locator("[data-page='1']").boundingBox();
  return [(box.x + box.width / 2 - sheet.x) / sheet.width, (box.y + box.height / 2 - sheet.y) / sheet.height];
}

async function seeAll(page) {
  await until("stroke, highlight and note", async () => (await page.locator("[data-page='1'] .annotation--ink").count()) === 1
    && (await page.locator("[data-page='1'] .annotation--highlight").count()) >= 1
    && (await page.locator("[data-page='1'] .annotation--pin").count()) === 1);
}

async function comeBack(reader) {
  const { page } = reader;
  await page.reload();
  await picture(page);
  await seeAll(page);
  await page.getByRole("button", { name: "Các trang" }).click();
  await page.getByRole("button", { name: "Chỉ trang tôi đánh dấu" }).click();
  await until("only the marked page in the strip", async () => (await page.locator(".thumb:visible").count()) === 1);
  await page.getByRole("button", { name: "Chỉ trang tôi đánh dấu" }).click();
  await page.getByRole("button", { name: "Các trang" }).click();
}

async function keep(reader) {
  const { page } = reader;
  const button = page.locator(".reader__bar [data-keep-offline]");
  await button.waitFor();
  if ((await button.getAttribute("aria-pressed")) !== "true") await button.click();
  await until("the paper is kept", async () => (await button.getAttribute("aria-pressed")) === "true");
  await until("the worker serves this page", () => page.evaluate(() => Boolean(navigator.serviceWorker.controller)));
}

async function offline(reader) {
  const { page, context } = reader;
  // What the browser says about requests that fail is what this step is about.
  reader.isOffline = true;
  await context.setOffline(true);
  await page.reload();
  await picture(page);
  await seeAll(page);
  await page.getByText("Không có mạng.").first().waitFor();
  await page.getByRole("button", { name: "Ghi chú lên trang" }).click();
  await tool(page, "Danh sách");
  await page.getByRole("button", { name: "Ghi chú cho trang đang xem" }).click();
  await page.getByLabel("Ghi chú,").fill("Viết khi mất mạng");
  await page.getByRole("button", { name: "Lưu ghi chú" }).click();
  await until("the note waits on the device", async () => (await said(page)).includes("chờ gửi"));
  await reader.look("reader-offline", { whole: false });
  const here = page.url();
  await reader.goto("/signing");
  await page.locator("h1", { hasText: "Không có mạng" }).waitFor();
  await until("the list of what is kept", () => page.locator("[data-offline-list] a").count());
  await reader.look("offline");
  await page.goto(here);
  await picture(page);
}

async function sync(stage, reader) {
  const { page, context } = reader;
  await context.setOffline(false);
  reader.isOffline = false;
  await page.getByRole("button", { name: "Ghi chú lên trang" }).click();
  await until("the note was sent", async () => (await said(page)).includes("đã lưu trên máy chủ"));
  await until("the banner is gone", async () => !(await page.locator("#offline").count()));
  const other = await stage.signedIn("daibieu5", { size: phone });
  await other.goto(new URL(page.url()).pathname);
  await other.page.getByRole("button", { name: "Ghi chú lên trang" }).click();
  await tool(other.page, "Danh sách");
  await other.page.getByText("Viết khi mất mạng").waitFor();
  await other.context.close();
}

async function lists(reader, meeting) {
  const { page } = reader;
  await reader.goto(`/meetings/${meeting}/notes`);
  await page.getByText("Hỏi lại nguồn kinh phí <b>này</b>").waitFor();
  await reader.look("meeting-notes");
  await page.getByRole("link", { name: "Xem để in" }).click();
  await page.locator("h1", { hasText: "Ghi chú của tôi" }).waitFor();
  await reader.look("paper-notes");
}

async function take(reader, meeting, file) {
  const { page } = reader;
  await open(reader, meeting, file);
  await page.getByRole("link", { name: "Tải tệp PDF" }).click();
  await reader.look("downloads");
  const [copy] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Tải bản đọc" }).click()]);
  ensure("the copy says what it is", copy.suggestedFilename().endsWith("(bản đọc).pdf"));
}

// The session ends while a note is being typed; signed in again, the person finds it as it was.
async function typeOn(stage, reader, meeting, file) {
  const { page, context } = reader;
  await open(reader, meeting, file);
  await page.getByRole("button", { name: "Ghi chú lên trang" }).click();
  await tool(page, "Danh sách");
  await page.getByRole("button", { name: "Ghi chú cho trang đang xem" }).click();
  await page.getByLabel("Ghi chú,").fill("Chưa viết xong câu này");
  const here = page.url();
  await context.clearCookies({ name: "session" });
  await signIn(reader, reader.login, stage.password);
  await page.goto(here);
  await until("the half-typed note", async () => (await page.getByLabel("Ghi chú,").inputValue()) === "Chưa viết xong câu này");
  await page.getByRole("button", { name: "Lưu ghi chú" }).click();
  await saved(page);
}

// A session that ended by itself leaves the papers for its person; another person's sign-in takes them away, and so does the office.
async function passOn(stage, meeting, file) {
  const reader = await stage.signedIn("daibieu5", { size: tablet });
  const { page, context } = reader;
  const names = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("kept:")));
  const entries = () => page.evaluate(async () => {
    let count = 0;
    for (const name of (await caches.keys()).filter((one) => one.startsWith("kept:"))) count += (await (await caches.open(name)).keys()).length;
    return count;
  });
  await open(reader, meeting, file);
  await until("something is kept", entries);
  const [first] = await names();
  await context.clearCookies({ name: "session" });
  await signIn(reader, "photich", stage.password);
  await until("only the second person's own", async () => !(await names()).includes(first));
  await context.clearCookies({ name: "session" });
  await signIn(reader, "daibieu5", stage.password);
  await open(reader, meeting, file);
  await until("something is kept again", entries);
  const admin = await stage.signedIn("quantri");
  await admin.goto("/people");
  await admin.page.getByRole("row").filter({ hasText: "Hồ Tấn Lộc" }).getByRole("button", { name: "Xoá bản lưu trên thiết bị" }).click();
  await admin.page.locator("h1").waitFor();
  reader.isOffline = true; // its requests are refused from now on
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await until("the device was wiped", async () => !(await names()).length);
  await context.close();
  await admin.context.close();
}

async function signIn({ page }, login, password) {
  await page.goto(new URL("/", page.url()).href);
  await page.getByLabel("Tên đăng nhập").fill(login);
  await page.getByLabel("Mật khẩu").fill(password);
  await page.getByRole("button", { name: "Đăng nhập" }).click();
  await page.locator("h1", { hasText: "Chào" }).waitFor();
}

// The secretary takes the right to read away; the open reader says so at its next look, and the device forgets the paper.
async function withdraw(stage, meeting, file) {
  const reader = await stage.signedIn("daibieu5", { size: tablet });
  const secretary = await stage.signedIn("thuky");
  const { page } = reader;
  await open(reader, meeting, file);
  const version = new URL(page.url()).pathname.split("/")[2];
  await until("the paper is on the device", () => page.evaluate(isKept, version));
  await mayRead(secretary, meeting, file, false);
  reader.isOffline = true; // the browser says that there is no such paper any more; so it should
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.getByText("Tài liệu này đã được rút").waitFor();
  ensure("no page is left on screen", !(await page.locator("[data-page] img").count()));
  await until("the device forgets it", async () => !(await page.evaluate(isKept, version)));
  await reader.look("reader-gone", { whole: false });
  await mayRead(secretary, meeting, file, true);
  await reader.context.close();
  await secretary.context.close();
}

async function isKept(version) {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    if ((await cache.keys()).some((one) => one.url.includes(version))) return true;
  }
  return false;
}

// By the forms of the preparation page.
async function mayRead({ page }, meeting, { title }, yes) {
  await page.goto(new URL(`/meetings/${meeting}/preparation`, page.url()).href);
  const done = await page.evaluate(async ([paper, may]) => {
    const rows = [...document.querySelectorAll("form[action$='/exceptions']")];
    const form = rows.find((one) => one.closest("li, .agenda__papers > *").textContent.includes(paper));
    const person = [...form.querySelectorAll("option")].find((one) => one.textContent.includes("Hồ Tấn Lộc")).value;
    const fields = new URLSearchParams({ person, ...(may ? { read: "on", download: "on" } : {}) });
    return (await fetch(form.action, { method: "POST", body: fields })).ok;
  }, [title, yes]);
  ensure("the rule is set", done);
}

async function leave(reader) {
  const { page } = reader;
  await reader.goto("/");
  await page.locator("details.menu > summary").click();
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await page.getByLabel("Tên đăng nhập").waitFor();
  const left = await page.evaluate(async () => ({
    caches: await caches.keys(),
    notes: Object.keys(localStorage).filter((name) => /^(notes:|draft:)/.test(name)),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }));
  ensure(`something is left on the device: ${JSON.stringify(left)}`, !left.caches.length && !left.notes.length && !left.workers);
}
