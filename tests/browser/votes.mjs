// A sheet with two questions, a proxy, and a vote that is repeated and called off.
import { ensure, until } from "./stage.mjs";
import { names } from "./preparation.mjs";

const questions = ["Thông qua danh mục đầu tư?", "Thông qua mức thu phí chợ?"];
const holder = "daibieu5";
const absent = "photich";

export async function votes(stage, secretary, meeting) {
  const officer = await stage.signedIn(holder);
  await officer.goto(`/meetings/${meeting}`);
  await stage.step("a member leaves and gives the vote to another", () => giveProxy(secretary, meeting));
  await stage.step("two questions on one sheet are prepared and opened", () => openList(secretary, meeting));
  await stage.step("the holder answers for both mandates and sends once", () => answer(officer));
  await stage.step("the sheet is closed; its results are listed", () => closeList(secretary, meeting, officer));
  await stage.step("a vote is repeated under a new number, then called off", () => repeat(secretary));
  await stage.step("the member comes back", () => note(secretary, meeting, absent, "Có mặt"));
}

async function note(secretary, meeting, login, button) {
  await secretary.goto(`/meetings/${meeting}/attendance`);
  const row = secretary.page.getByRole("row").filter({ hasText: names[login] });
  await row.getByRole("button", { name: button }).first().click();
  await until(`${login} is noted`, async () => (await row.getByRole("button", { name: button }).count()) === 0);
}

async function giveProxy(secretary, meeting) {
  const { page } = secretary;
  await note(secretary, meeting, absent, "Về sớm");
  await secretary.goto(`/meetings/${meeting}/votes`);
  const form = page.getByRole("region", { name: "Ủy quyền biểu quyết" });
  await form.getByLabel("Thành viên vắng mặt").selectOption({ label: names[absent] });
  await form.getByLabel("Người giữ quyền").selectOption({ label: names[holder] });
  await form.getByLabel("Lý do").fill("Họp đột xuất ở quận");
  await form.getByRole("button", { name: "Ghi ủy quyền" }).click();
  await secretary.goto(`/meetings/${meeting}/votes`);
  await page.getByRole("cell", { name: "Họp đột xuất ở quận" }).waitFor();
}

async function openList(secretary, meeting) {
  const { page } = secretary;
  for (const [at, question] of questions.entries()) {
    await page.getByRole("group", { name: `Nội dung ${at + 1}` }).getByLabel("Câu hỏi biểu quyết").fill(question);
  }
  await secretary.look("votes-prepare");
  await page.getByRole("button", { name: "Lưu phiếu" }).click();
  await page.waitForURL(`**/meetings/${meeting}`);
  await secretary.goto(`/meetings/${meeting}/votes`);
  await page.getByRole("link", { name: questions[0] }).click();
  await page.getByRole("button", { name: "Mở biểu quyết" }).click();
  await page.waitForURL(`**/meetings/${meeting}`);
}

async function answer(officer) {
  const { page } = officer;
  const sheet = page.getByRole("dialog", { name: "Biểu quyết" });
  await sheet.waitFor();
  const own = sheet.getByRole("region", { name: "Phiếu của bạn" });
  const other = sheet.getByRole("region", { name: `Phiếu thay ${names[absent]}` });
  for (const [mandate, choices] of [[own, ["Tán thành", "Tán thành"]], [other, ["Tán thành", "Không tán thành"]]]) {
    for (const [at, question] of questions.entries()) {
      await mandate.getByRole("group", { name: question }).getByRole("radio", { name: choices[at], exact: true }).check();
    }
  }
  await officer.look("vote-list", { whole: false });
  await sheet.getByRole("button", { name: "Gửi phiếu" }).click();
  await sheet.getByRole("button", { name: "Gửi lại phiếu" }).waitFor();
}

async function closeList(secretary, meeting, officer) {
  const { page } = secretary;
  await secretary.goto(`/meetings/${meeting}/votes`);
  await page.getByRole("link", { name: questions[0] }).click();
  await secretary.look("vote-open-page");
  await page.getByRole("button", { name: "Đóng và công bố" }).click();
  await page.waitForURL(`**/meetings/${meeting}`);
  await secretary.goto(`/meetings/${meeting}/votes`);
  for (const question of questions) {
    const line = page.getByRole("listitem").filter({ hasText: question });
    await line.getByText("Đã có kết quả").waitFor();
  }
  await secretary.look("votes-results");
  await page.getByRole("link", { name: questions[1] }).click();
  await page.getByText(`do ${names[holder]} biểu quyết theo ủy quyền`).waitFor();
  await secretary.look("vote-result-proxy");
  ensure("the sheet went away with the vote", (await officer.page.locator("dialog#vote[open]").count()) === 0);
}

async function repeat(secretary) {
  const { page } = secretary;
  await page.getByRole("button", { name: "Biểu quyết lại" }).click();
  await page.getByRole("link", { name: /^Biểu quyết lại nội dung của biểu quyết số/ }).waitFor();
  await secretary.look("vote-repeated");
  const repeated = page.url();
  await page.getByLabel("Lý do hủy").fill("Chuyển sang phiên sau");
  await page.getByRole("button", { name: "Hủy biểu quyết" }).click();
  await page.waitForURL((now) => now.href !== repeated);
  await secretary.goto(new URL(repeated).pathname);
  await page.getByText("Chuyển sang phiên sau").waitFor();
  await secretary.look("vote-cancelled");
}
