// The meeting: a delegate reads and checks in, the chair leads, everyone votes.
import { ensure, patience, tablet, until } from "./stage.mjs";
import { comeBackToVote, loseNetwork } from "./live.mjs";
import { firstItem, names, title } from "./preparation.mjs";

export async function read(stage, meeting, files, word) {
  const delegate = await stage.signedIn("daibieu3", { size: tablet, touch: true });
  await stage.step("a delegate's home: today's meeting, what waits", () => seeHome(delegate));
  await stage.step("the meeting, one tap from home", () => enter(delegate, meeting));
  await stage.step("a paper, one tap from the meeting", () => openPaper(delegate, files[0]));
  await stage.step("zoom, search, thumbnails", () => useReader(delegate, word));
  await stage.step("back, and checked in", () => checkIn(delegate));
  return delegate;
}

async function seeHome(delegate) {
  const { page } = delegate;
  await page.getByRole("link", { name: title, exact: true }).waitFor();
  await page.getByRole("region", { name: "Việc cần tôi làm" }).getByRole("link", { name: `Điểm danh: ${title}` }).waitFor();
  await delegate.look("home");
  await delegate.prefer("Tối");
  await delegate.inspect("home-dark");
  await delegate.prefer("Sáng");
  await delegate.prefer("English");
  await page.getByRole("heading", { name: "Hello" }).or(page.locator("html[lang=en] h1")).first().waitFor();
  await delegate.inspect("home-english");
  await delegate.prefer("Tiếng Việt");
  await page.locator("html[lang=vi]").waitFor();
}

async function enter(delegate, meeting) {
  const { page } = delegate;
  await page.getByRole("region", { name: title }).getByRole("link", { name: "Vào họp" }).tap();
  await page.waitForURL(`**/meetings/${meeting}`);
  await page.locator("h1", { hasText: title }).waitFor();
  await delegate.look("meeting");
}

async function openPaper(delegate, file) {
  const { page } = delegate;
  await page.getByRole("link", { name: file.title }).tap();
  // A paper just uploaded may still be in the making; its page asks again by itself.
  await page.locator(".reader").waitFor();
  await until("the picture of the first page", () => width(page) > 0 || width(page));
}

const width = (page) => page.locator("[data-page='1'] img").first().evaluate((image) => image.naturalWidth);

async function useReader(delegate, word) {
  const { page } = delegate;
  const scale = () => page.locator("[data-page='1']").evaluate((one) => one.clientWidth);
  const before = await scale();
  await page.getByRole("button", { name: "Phóng to" }).tap();
  await until("a page larger than before", async () => (await scale()) > before);
  await page.getByRole("button", { name: "Vừa chiều ngang" }).tap();
  await page.getByRole("button", { name: "Các trang" }).tap();
  await until("the small pages", () => page.locator(".thumb img").first().evaluate((image) => image.naturalWidth));
  await page.getByRole("button", { name: "Tìm trong tài liệu" }).tap();
  await page.getByRole("searchbox", { name: "Tìm trong tài liệu" }).fill(word);
  await page.getByRole("button", { name: "Tìm", exact: true }).tap();
  await page.locator("[data-reader-hits] button").first().waitFor();
  await delegate.look("reader-search", { whole: false });
  await page.getByRole("button", { name: "Tìm trong tài liệu" }).tap();
  await page.getByRole("button", { name: "Các trang" }).tap();
  await delegate.look("reader", { whole: false });
}

async function checkIn(delegate) {
  const { page } = delegate;
  await page.getByRole("link", { name: "Trở về" }).tap();
  await page.getByRole("button", { name: "Điểm danh: tôi có mặt" }).tap();
  await page.getByText("Bạn đã điểm danh lúc").waitFor();
}

// The secretary notes the others; then the chair leads to the first item with a paper.
export async function gather(stage, secretary, meeting) {
  await stage.step("the secretary notes who is there", async () => {
    const { page } = secretary;
    await secretary.goto(`/meetings/${meeting}/attendance`);
    for (const login of ["photich", "daibieu5"]) {
      const row = page.getByRole("row").filter({ hasText: names[login] });
      await row.getByRole("button", { name: "Có mặt" }).click();
      await row.locator(".badge--good").waitFor();
    }
    await secretary.look("attendance");
  });
}

export async function vote(stage, meeting, delegate, files) {
  const chair = await stage.signedIn("chutich");
  const deputy = await stage.signedIn("photich");
  const officer = await stage.signedIn("daibieu5");
  for (const other of [deputy, officer]) await other.goto(`/meetings/${meeting}`);
  await stage.step("the chair's screen: checks in and starts", () => start(chair, meeting));
  await stage.step("the chair goes to the item with the draft", () => goTo(chair, files[0]));
  await stage.step("an officer's screen loses the network", () => loseNetwork(officer));
  const waited = await stage.step("a vote is opened; it is on the delegate's screen", () => openVote(chair, delegate));
  await stage.step("the officer is back, and the vote is there", () => comeBackToVote(officer));
  await stage.step("the delegate votes with one tap and changes it", () => cast(delegate));
  await stage.step("the others vote", () => othersVote(chair, deputy, officer));
  await stage.step("the chair closes and publishes with one tap", () => close(chair));
  await stage.step("the delegate's screen shows the result", () => seeResult(delegate));
  console.log(`        the vote was on the other screen ${waited} ms after the tap`);
  return chair;
}

async function start(chair, meeting) {
  const { page } = chair;
  await chair.goto(`/meetings/${meeting}`);
  await page.waitForURL("**/cockpit");
  await page.getByRole("button", { name: "Điểm danh: tôi có mặt" }).click();
  await page.getByText("4/4").first().waitFor();
  await chair.look("cockpit-before");
  await page.getByRole("button", { name: "Bắt đầu họp" }).click();
  await page.getByRole("heading", { name: "Tiếp theo: nội dung 1" }).waitFor();
}

async function goTo({ page }, file) {
  const next = page.locator(".cockpit__next");
  await next.getByRole("button", { name: "Chuyển đến" }).click();
  await page.locator(".cockpit__now").getByRole("heading", { name: firstItem }).waitFor();
  const line = page.locator(".cockpit__agenda .agenda__item").filter({ hasText: file.title });
  await line.getByRole("button", { name: "Chuyển đến" }).click();
  await page.locator(".cockpit__now").getByRole("heading", { name: file.title }).waitFor();
}

async function openVote(chair, delegate) {
  const { page } = chair;
  await delegate.page.locator(".agenda__item--now").waitFor();
  await chair.look("cockpit");
  await chair.prefer("Tối");
  await chair.inspect("cockpit-dark");
  await chair.prefer("Sáng");
  const open = page.locator(".cockpit__now").getByRole("button", { name: "Mở biểu quyết" });
  const seen = delegate.page.evaluate((patience) => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("the vote did not come to the other screen")), patience);
    const look = () => document.querySelector("dialog#vote[open]") && (watch.disconnect(), resolve(Date.now()));
    const watch = new MutationObserver(look);
    watch.observe(document.body, { childList: true, subtree: true, attributes: true });
  }), patience);
  seen.catch(() => {}); // told below, where it is awaited
  const pressed = Date.now();
  await open.click();
  const waited = (await seen) - pressed;
  await delegate.page.getByRole("dialog", { name: "Biểu quyết" }).waitFor();
  await delegate.look("vote-sheet", { whole: false });
  return waited;
}

const choice = (page, name) => page.getByRole("dialog", { name: "Biểu quyết" }).getByRole("button", { name });
const chosen = (page, name) => until(`${name} is marked as chosen`, async () =>
  (await choice(page, name).getAttribute("aria-pressed")) === "true");

async function cast(delegate) {
  const { page } = delegate;
  await choice(page, "Không tán thành").tap();
  await chosen(page, "Không tán thành");
  await choice(page, /^Tán thành/).tap();
  await chosen(page, /^Tán thành/);
  await delegate.look("vote-cast", { whole: false });
}

async function othersVote(chair, deputy, officer) {
  await choice(deputy.page, /^Tán thành/).click();
  await chosen(deputy.page, /^Tán thành/);
  await choice(officer.page, "Không biểu quyết").click();
  await chosen(officer.page, "Không biểu quyết");
  await chair.page.getByRole("heading", { name: "Đang biểu quyết: 3/4 phiếu" }).waitFor();
  await choice(chair.page, /^Tán thành/).click();
  await chosen(chair.page, /^Tán thành/);
  await chair.page.getByRole("dialog", { name: "Biểu quyết" }).getByRole("button", { name: "Đóng" }).click();
  await chair.look("cockpit-vote");
}

async function close({ page }) {
  await page.getByRole("button", { name: "Đóng và công bố" }).click();
  await page.locator(".cockpit__now .outcome").getByText("Thông qua").waitFor();
}

async function seeResult(delegate) {
  const { page } = delegate;
  const result = page.locator("a.paper").filter({ hasText: "Thông qua: 3 tán thành, 0 không tán thành" });
  await result.waitFor();
  ensure("the sheet went away with the vote", (await page.locator("dialog#vote[open]").count()) === 0);
  await delegate.look("meeting-result");
  await result.tap();
  await page.locator(".outcome", { hasText: "Thông qua" }).waitFor();
  for (const fact of ["Tổng số thành viên", "Có mặt", "Số người đã biểu quyết"]) {
    await until(`${fact} is 4`, async () =>
      (await page.locator("dt", { hasText: fact }).locator("+ dd").first().textContent()) === "4");
  }
  await delegate.look("result");
}
