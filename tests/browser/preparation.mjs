// The secretary makes a meeting ready: like the last one, with its people, papers and order, and sends the invitations.
import { ensure, until } from "./stage.mjs";

export const title = "Phiên họp thử nghiệm phòng họp không giấy tờ";
export const firstItem = "Thông qua chương trình phiên họp";
export const names = {
  chutich: "Nguyễn Văn Hùng", thuky: "Phạm Thị Ngọc Mai", photich: "Lê Thị Thu Hà",
  daibieu3: "Huỳnh Đức Thọ", daibieu5: "Hồ Tấn Lộc", khach: "Bùi Quang Dũng",
};

// The secretary, and the id of the meeting that was announced.
export async function prepare(stage, files) {
  const secretary = await stage.signedIn("thuky");
  await stage.step("the secretary's home page", () => secretary.look("home-secretary"));
  await stage.step("a meeting like the last one", () => copyTheLast(secretary));
  await stage.step("title and time are set, the time to today", () => setBasics(secretary));
  await stage.step("the participants are chosen", () => choosePeople(secretary));
  await stage.step("an item is written, two files become items, one is attached", () => fillAgenda(secretary, files));
  await stage.step("the agenda is ordered by keyboard and by drag", () => reorder(secretary, files));
  await stage.step("the preparation page at every size", () => secretary.look("preparation"));
  await stage.step("the meeting with a member's eyes", () => preview(secretary));
  await stage.step("the invitations are sent", () => publish(secretary));
  await stage.step("the mails stand in the outbox", () => readMails(secretary));
  return { secretary, meeting: secretary.meeting };
}

async function copyTheLast(secretary) {
  const { page } = secretary;
  await secretary.goto("/meetings");
  await secretary.look("meetings");
  await page.getByRole("link", { name: "Đã họp" }).click();
  await page.getByRole("link", { name: "Phiên họp chuyên đề về chỉnh trang đô thị" }).click();
  await secretary.look("meeting-ended");
  await page.getByRole("link", { name: "Như kỳ trước" }).click();
  await secretary.look("copy");
  await page.getByRole("button", { name: "Tạo cuộc họp mới" }).click();
  await page.locator("h1", { hasText: "Chuẩn bị: " }).waitFor();
  secretary.meeting = new URL(page.url()).pathname.split("/")[2];
  ensure("the participants came along", await page.getByText("27 thành viên, 1 khách mời").count());
}

async function setBasics({ page }) {
  const card = page.getByRole("region", { name: "Thông tin chung" });
  await card.getByLabel("Tên cuộc họp").fill(title);
  await card.getByLabel("Bắt đầu").fill(officeTime(Date.now()));
  await card.getByLabel("Kết thúc").fill(officeTime(Date.now() + 2 * 3600_000));
  // The other room has today's meeting of the sample office.
  const room = card.getByLabel("Phòng họp", { exact: true });
  await room.selectOption(await room.locator("option", { hasText: "Phòng họp B" }).getAttribute("value"));
  await card.getByRole("button", { name: "Lưu" }).click();
  await page.locator("h1", { hasText: title }).waitFor();
}

// As a datetime field wants it, on the office's clock.
const officeTime = (milliseconds) =>
  new Date(milliseconds).toLocaleString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" }).replace(" ", "T").slice(0, 16);

async function choosePeople({ page }) {
  const card = page.getByRole("region", { name: "Thành phần" });
  await card.getByRole("checkbox", { checked: true }).evaluateAll((boxes) => boxes.forEach((box) => box.click()));
  for (const [login, name] of Object.entries(names)) {
    // Without its marks, as one types in a hurry.
    const plain = name.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
    await card.getByLabel("Tìm người").fill(plain);
    await card.getByRole("checkbox", { name }).check();
    const role = { chutich: "Chủ trì", thuky: "Thư ký", khach: "Khách mời" }[login] || "Thành viên";
    await card.getByLabel(`Vai trò của ${name}`).selectOption({ label: role });
  }
  await card.getByRole("button", { name: "Lưu thành phần" }).click();
  await card.getByText("4 thành viên, 1 khách mời").waitFor();
}

async function fillAgenda(secretary, files) {
  const { page } = secretary;
  const card = agenda(page);
  ensure("nothing to publish without an agenda", await page.getByRole("button", { name: "Gửi giấy mời" }).isDisabled());
  await card.getByLabel("Nội dung mới").fill(firstItem);
  await card.getByRole("button", { name: "Thêm nội dung" }).click();
  await card.getByRole("heading", { name: firstItem }).waitFor();
  await card.getByLabel("Chọn tệp").setInputFiles(files.slice(0, 2).map(asFile));
  for (const file of files.slice(0, 2)) await card.getByRole("heading", { name: file.title }).waitFor();
  const line = item(page, firstItem);
  await secretary.drop(line, [files[2]]);
  await line.getByRole("link", { name: files[2].title }).waitFor();
  await inOrder(page, [firstItem, files[0].title, files[1].title]);
}

const asFile = ({ name, mimeType, buffer }) => ({ name, mimeType, buffer });
const agenda = (page) => page.getByRole("region", { name: "Chương trình" });
const item = (page, name) => agenda(page).locator(".agenda__item").filter({ has: page.getByRole("heading", { name }) });
const titles = (page) => agenda(page).locator(".agenda__title").allTextContents();

async function reorder({ page }, files) {
  const [first, second] = files.map((file) => file.title);
  await saved(page, async () => {
    await item(page, second).locator("[data-sort-handle]").focus();
    for (const key of ["Space", "ArrowUp", "Space"]) await page.keyboard.press(key);
  });
  await inOrder(page, [firstItem, second, first]);
  await saved(page, async () => {
    const handle = item(page, second).locator("[data-sort-handle]");
    await handle.scrollIntoViewIfNeeded();
    const from = await handle.boundingBox();
    const to = await item(page, first).boundingBox();
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(from.x + from.width / 2, to.y + to.height - 4, { steps: 12 });
    await page.mouse.up();
  });
  await inOrder(page, [firstItem, first, second]);
}

async function saved(page, act) {
  const answer = page.waitForResponse((response) => response.url().includes("/agenda-order"));
  await act();
  await answer;
}

async function inOrder(page, wanted) {
  await page.reload();
  const shown = await titles(page);
  ensure(`the order is ${wanted.join(" / ")}, not ${shown.join(" / ")}`, shown.join() === wanted.join());
}

async function preview(secretary) {
  const { page } = secretary;
  const ready = page.getByRole("region", { name: "Đã sẵn sàng?" });
  ensure("nothing is missing any more", (await ready.locator(".readiness__missing").count()) === 0);
  await page.getByLabel("Người xem").selectOption({ label: names.daibieu3 });
  await page.getByRole("button", { name: "Xem", exact: true }).click();
  await page.getByText(`Đang xem như ${names.daibieu3}`).waitFor();
  await page.getByRole("heading", { name: firstItem }).waitFor();
  await secretary.look("preview");
  await page.getByRole("link", { name: "Trở lại chuẩn bị" }).click();
}

async function publish({ page }) {
  await page.getByRole("button", { name: "Gửi giấy mời" }).click();
  await page.getByRole("link", { name: "Vào họp" }).waitFor();
  await until("the button is gone once they are sent", async () =>
    (await page.getByRole("button", { name: "Gửi giấy mời" }).count()) === 0);
}

async function readMails(secretary) {
  await secretary.goto("/mails");
  const mails = secretary.page.getByRole("article").filter({ hasText: title });
  await until("a mail for each of the five invited", async () => (await mails.count()) >= 5);
  await secretary.look("mails");
}
