// Before a meeting: rooms and bodies, a unit asked for people, answers, papers on their way, the office's week.
import { ensure, phone, until } from "./stage.mjs";

const planned = "Họp rà soát các công trình chuẩn bị phiên họp tháng";

export async function plan(stage) {
  const secretary = await stage.signedIn("thuky");
  const head = await stage.signedIn("truongphong");
  await stage.step("rooms, a seat plan, the rules of a body", () => furnish(stage));
  await stage.step("the room that is taken, and who has it", () => seeTaken(secretary));
  await stage.step("a unit names who comes", () => namePeople(head));
  await stage.step("two taps on a phone: the notice, then the answer", () => answer(stage));
  await stage.step("a paper is approved by the unit and published", () => pass(secretary, head));
  await stage.step("who has answered, who has not, who has not read", () => seeAnswers(secretary));
  await stage.step("the office's week, and an entry approved", () => seeWeek(stage, secretary));
  await stage.step("the calendar for a phone", () => openCalendar(secretary));
}

async function furnish(stage) {
  const keeper = await stage.signedIn("quantri");
  const { page } = keeper;
  await keeper.goto("/rooms");
  await keeper.look("rooms");
  await page.getByRole("link", { name: "Phòng họp B" }).click();
  ensure("the plan has its seats", (await page.getByLabel("Hàng 1, cột 1").inputValue()) === "A1");
  await keeper.look("room");
  await page.getByLabel("Hàng 1, cột 5").fill("CT");
  await page.getByRole("button", { name: "Lưu" }).click();
  await until("the new seat is kept", async () => (await page.getByLabel("Hàng 1, cột 5").inputValue()) === "CT");
  await keeper.goto("/bodies");
  await keeper.look("bodies");
  await page.getByRole("link", { name: "Kỳ họp HĐND" }).click();
  await keeper.look("body");
  await page.getByLabel("Gửi tài liệu trước").fill("5");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("link", { name: "Kỳ họp HĐND" }).waitFor();
  await keeper.context.close();
}

async function seeTaken(secretary) {
  const { page } = secretary;
  await secretary.goto("/meetings/new");
  await page.getByLabel("Tên cuộc họp").fill("Họp trùng phòng");
  const today = new Date(Date.now()).toLocaleString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" }).replace(" ", "T").slice(0, 16);
  const later = new Date(Date.now() + 3600_000).toLocaleString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" }).replace(" ", "T").slice(0, 16);
  await page.getByLabel("Bắt đầu").fill(today);
  await page.getByLabel("Kết thúc").fill(later);
  const room = page.getByLabel("Phòng họp", { exact: true });
  await room.selectOption(await room.locator("option", { hasText: "Phòng họp A" }).getAttribute("value"));
  await page.getByRole("button", { name: "Tạo bản soạn" }).click();
  await page.getByText("Phòng đã có cuộc họp khác").waitFor();
  ensure("what was typed is there", (await page.getByLabel("Tên cuộc họp").inputValue()) === "Họp trùng phòng");
  await secretary.look("room-taken");
  // The refusal is what was wanted; the browser notes it like any other.
  secretary.stage.findings = secretary.stage.findings.filter((finding) => !finding.includes("409 (Conflict)"));
}

async function namePeople(head) {
  const { page } = head;
  await head.goto("/unit");
  await head.look("unit");
  await page.getByRole("checkbox", { name: "Âu Dương Khánh" }).check();
  await page.getByRole("button", { name: "Cử người đã chọn" }).click();
  await page.getByText("Đã cử người").first().waitFor();
}

async function answer(stage) {
  const delegate = await stage.signedIn("daibieu6", { size: phone, touch: true });
  const { page } = delegate;
  await delegate.goto("/notices");
  await page.getByRole("button", { name: `Giấy mời: ${planned}` }).tap();
  await page.getByRole("heading", { name: "Bạn có dự họp không?" }).waitFor();
  await delegate.look("answer");
  await page.getByRole("button", { name: "Tôi sẽ dự họp" }).tap();
  await page.locator(".badge", { hasText: "Sẽ dự" }).waitFor();
  await delegate.look("answered");
  await delegate.context.close();
}

async function pass(secretary, head) {
  await head.goto("/unit");
  const waiting = head.page.locator(".paper-way").filter({ has: head.page.getByText("Chờ duyệt", { exact: true }) });
  await waiting.getByRole("button", { name: "Duyệt" }).click();
  await until("nothing waits any more", async () => (await waiting.count()) === 0);
  await secretary.goto("/meetings");
  await secretary.page.getByRole("link", { name: planned }).click();
  await secretary.page.getByRole("link", { name: "Chuẩn bị", exact: true }).click();
  await secretary.look("preparation-planned");
  const approved = secretary.page.getByRole("button", { name: "Phát hành" });
  const before = await approved.count();
  ensure("approved papers wait to be published", before > 0);
  await approved.first().click();
  await until("one is published", async () => (await approved.count()) === before - 1);
}

async function seeAnswers(secretary) {
  const { page } = secretary;
  await page.getByRole("link", { name: "Xem từng người, mời đơn vị" }).click();
  await page.locator("h1", { hasText: "Trả lời giấy mời" }).waitFor();
  ensure("the substitute stands there", await page.getByText("Dự thay Đặng Ngọc Lan").count());
  await secretary.look("answers");
}

async function seeWeek(stage, secretary) {
  const { page } = secretary;
  await secretary.goto("/schedule");
  ensure("today is marked", await page.locator(".week__day--today").count());
  await secretary.look("schedule");
  await page.getByRole("link", { name: "Tuần sau" }).click();
  await secretary.look("schedule-next");
  const approve = page.getByRole("button", { name: /Duyệt.*Dự hội nghị giao ban/ });
  // It stands eight days from today: in the next week or in the one after.
  if (!(await approve.count())) {
    const shown = await page.locator(".page-head__sub").textContent();
    await page.getByRole("link", { name: "Tuần sau" }).click();
    await until("another week", async () => (await page.locator(".page-head__sub").textContent()) !== shown);
  }
  await approve.click();
  await until("it is approved", async () => (await approve.count()) === 0);
  await page.emulateMedia({ media: "print" });
  await secretary.inspect("schedule-print");
  await page.emulateMedia({ media: "screen" });
}

async function openCalendar(secretary) {
  const { page } = secretary;
  await secretary.goto("/schedule/calendar");
  await page.getByRole("button", { name: "Tạo địa chỉ lịch" }).click();
  const address = await page.getByLabel("Địa chỉ lịch").inputValue();
  await secretary.look("calendar");
  const text = await (await secretary.context.request.get(new URL(new URL(address).pathname, secretary.stage.base).href)).text();
  ensure("it is a calendar", text.startsWith("BEGIN:VCALENDAR") && text.includes("BEGIN:VEVENT"));
}
