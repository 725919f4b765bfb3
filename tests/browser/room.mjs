// The room: speakers, rest and adjournment, the code to check in, the screen of the hall, seats, opinions, and another
// person who runs the meeting. It is the sample office's meeting under way.
import { desk, ensure, tablet, until } from "./stage.mjs";

const hallScreen = { width: 1920, height: 1080 };

export async function room(stage) {
  const chair = await stage.signedIn("chutich", { size: desk });
  const meeting = await stage.step("the chair comes to the cockpit", () => enter(chair));
  const member = await stage.signedIn("daibieu8", { size: tablet, touch: true });
  const secretary = await stage.signedIn("thuky", { size: desk });
  const hall = await stage.signedIn("thuky", { size: hallScreen });
  await stage.step("a member asks to speak with one tap, and the chair sees it", () => ask(member, chair, meeting));
  await stage.step("the chair hears three speakers", () => hear(chair, hall, meeting));
  await stage.step("the meeting rests and goes on", () => rest(chair, hall));
  await stage.step("the meeting is put off and goes on", () => adjourn(chair, member));
  await stage.step("a member checks in by the code of the hall", () => arrive(stage, hall, meeting));
  await stage.step("the plan of seats and the list of who is there", () => seats(secretary, meeting));
  await stage.step("the secretary runs the meeting, and the chair again", () => handOver(secretary, chair, meeting));
  await stage.step("an opinion on a paper, and its answer", () => opine(member, secretary, meeting));
  await stage.step("the chair leads with the keyboard alone", () => byKeyboard(chair));
  for (const person of [chair, member, secretary, hall]) await person.context.close();
}

async function enter(chair) {
  await chair.page.getByRole("link", { name: /Phiên họp thường kỳ tháng/ }).first().click();
  await chair.page.waitForURL("**/cockpit");
  await chair.look("room-cockpit");
  return new URL(chair.page.url()).pathname.replace("/cockpit", "");
}

const next = ({ page }) => page.locator(".cockpit__next");

async function ask(member, chair, meeting) {
  const { page } = member;
  await member.goto(meeting);
  await member.look("room-member", { whole: false });
  await page.getByRole("button", { name: "Đăng ký phát biểu" }).tap();
  await page.getByText(/Bạn đứng thứ \d+ trong danh sách phát biểu/).waitFor();
  await chair.page.locator(".queue").getByText("Cao Xuân Sơn", { exact: true }).waitFor();
  await member.look("room-member-waiting", { whole: false });
  await page.getByRole("button", { name: "Rút đăng ký" }).tap();
  await page.getByRole("button", { name: "Đăng ký phát biểu" }).waitFor();
  await member.goto(`${meeting}/speech-requests`);
  await member.look("room-ask");
  await member.goto(meeting);
}

async function hear(chair, hall, meeting) {
  const { page } = chair;
  await hall.goto(`${meeting}/hall`);
  for (let turn = 0; turn < 2; turn += 1) {
    await next(chair).getByRole("button", { name: "Kết thúc lượt" }).click();
    await next(chair).getByRole("heading", { name: /Mời phát biểu/ }).waitFor();
    const name = (await next(chair).getByRole("heading").textContent()).replace("Mời phát biểu: ", "");
    await next(chair).getByRole("button", { name: "Mời" }).click();
    await next(chair).getByRole("heading", { name: `Đang phát biểu: ${name}` }).waitFor();
    await hall.page.locator(".hall__speaker", { hasText: name }).waitFor();
  }
  await page.locator(".floor").getByRole("button", { name: "Tạm dừng" }).click();
  await page.locator(".floor").getByRole("button", { name: "Nói tiếp" }).click();
  const before = await page.locator(".floor .clock").textContent();
  await page.locator(".floor").getByRole("button", { name: "Thêm 1 phút" }).click();
  await until("a minute more on the clock", async () => minutes(await page.locator(".floor .clock").textContent()) > minutes(before));
  await chair.look("room-cockpit-speaking", { whole: false });
  await hall.inspect("room-hall-speaking", false);
  await hall.look("room-hall", { whole: false });
  await chair.goto(`${meeting}/speakers`);
  await chair.look("room-speakers");
  await chair.goto(`${meeting}/cockpit`);
}

const minutes = (clock) => Number(clock.split(":")[0]);

async function rest(chair, hall) {
  const { page } = chair;
  await page.getByText("Nghỉ, hoãn, kết thúc").click();
  await page.getByRole("button", { name: "Tạm nghỉ" }).click();
  await next(chair).getByRole("heading", { name: "Cuộc họp đang tạm nghỉ" }).waitFor();
  await hall.page.locator("#hall-stage", { hasText: "Cuộc họp đang tạm nghỉ" }).waitFor();
  await chair.look("room-cockpit-resting", { whole: false });
  await hall.inspect("room-hall-resting", false);
  await next(chair).getByRole("button", { name: "Họp tiếp" }).click();
  await next(chair).getByRole("heading", { name: /Đang phát biểu/ }).waitFor();
}

async function adjourn(chair, member) {
  const { page } = chair;
  const details = page.locator("#session-acts");
  if (!(await details.evaluate((one) => one.open))) await page.getByText("Nghỉ, hoãn, kết thúc").click();
  await page.getByLabel("Họp lại lúc").fill("2099-01-05T08:00");
  await page.getByRole("button", { name: "Tạm hoãn đến lúc khác" }).click();
  await next(chair).getByRole("heading", { name: /họp lại lúc 08:00, 05\/01\/2099/ }).waitFor();
  await member.page.getByText("họp lại lúc 08:00, 05/01/2099").waitFor();
  await member.look("room-member-adjourned", { whole: false });
  await next(chair).getByRole("button", { name: "Họp tiếp" }).click();
  await next(chair).getByRole("heading", { name: /Mời phát biểu/ }).waitFor();
}

// The code is a picture; where it leads stands beside it for who cannot scan.
async function arrive(stage, hall, meeting) {
  const led = await hall.page.evaluate(async (path) => (await fetch(path)).headers.get("link"), `${meeting}/check-in-code`);
  const address = new URL(led.slice(1, led.indexOf(">")));
  const late = await stage.signedIn("uyvien2", { size: tablet, touch: true });
  await late.goto(address.pathname + address.search);
  await late.page.getByText("Bạn đã điểm danh lúc").waitFor();
  await late.context.close();
}

async function seats(secretary, meeting) {
  const { page } = secretary;
  await secretary.goto(`${meeting}/attendance`);
  await secretary.look("room-attendance");
  await page.getByRole("link", { name: "Sơ đồ chỗ ngồi" }).click();
  const row = page.getByRole("row").filter({ hasText: "Bùi Quang Dũng" });
  await row.getByRole("combobox").selectOption("E1");
  await row.getByRole("button", { name: "Xếp chỗ" }).click();
  await page.locator(".seat", { hasText: "E1" }).getByText("Quang Dũng").waitFor();
  await secretary.look("room-seating");
}

async function handOver(secretary, chair, meeting) {
  await secretary.goto(`${meeting}/cockpit`);
  await secretary.page.getByRole("button", { name: "Tôi điều hành" }).click();
  await chair.page.getByText(/Phạm Thị Ngọc Mai điều hành thay chủ trì từ/).waitFor();
  await secretary.look("room-conductor", { whole: false });
  await next(secretary).getByRole("button", { name: "Mời" }).click();
  await next(chair).getByRole("heading", { name: /Đang phát biểu/ }).waitFor();
  await chair.page.getByRole("button", { name: "Tôi điều hành" }).click();
  await secretary.page.getByText(/điều hành thay chủ trì/).waitFor({ state: "detached" });
}

async function opine(member, secretary, meeting) {
  await member.goto(`${meeting}/opinions`);
  const card = member.page.locator("section.card").filter({ has: member.page.getByLabel("Ý kiến của tôi") }).first();
  await card.getByLabel("Ý kiến của tôi").fill("Đề nghị ghi rõ <đơn vị> chịu trách nhiệm.");
  await card.getByRole("button", { name: "Gửi góp ý" }).tap();
  await member.page.getByRole("button", { name: "Sửa góp ý" }).first().waitFor();
  await secretary.goto(`${meeting}/opinions`);
  const row = secretary.page.getByRole("row").filter({ hasText: "<đơn vị>" });
  await row.getByText("Ghi tiếp thu, giải trình").click();
  await row.getByRole("textbox").fill("Tiếp thu, bổ sung tại bản sau.");
  await row.getByRole("button", { name: "Lưu" }).click();
  await secretary.page.getByText("Phạm Thị Ngọc Mai trả lời").first().waitFor();
  await secretary.look("room-opinions");
  await member.goto(`${meeting}/opinions`);
  await member.page.getByText("Tiếp thu, bổ sung tại bản sau.").waitFor();
}

// From the top of the page to the next act and on, without a pointer.
async function byKeyboard(chair) {
  const { page } = chair;
  await page.locator("body").press("Home");
  await page.evaluate(() => document.activeElement.blur());
  const reached = async () => page.evaluate(() => document.activeElement.matches(".cockpit__next .button--main"));
  for (let tabs = 0; tabs < 40 && !(await reached()); tabs += 1) await page.keyboard.press("Tab");
  ensure("the next act is reached by the keyboard", await reached());
  await page.keyboard.press("Enter");
  await next(chair).getByRole("heading", { name: /Đang phát biểu/ }).waitFor({ state: "detached" });
  const seen = new Set();
  for (let tabs = 0; tabs < 120; tabs += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      if (!one.closest("main")) return "";
      const { width, height } = one.getBoundingClientRect();
      return width && height ? one.textContent.trim() || one.getAttribute("aria-label") || one.name : "unseen";
    });
    ensure("what has the focus can be seen", at !== "unseen");
    if (at) seen.add(at);
  }
  ensure("the keyboard comes to the session's acts", [...seen].some((text) => text.includes("Nghỉ, hoãn, kết thúc")));
}
