// A secret vote: the page fetches its paper by itself, the ballot goes out without a session, its code finds it in the list.
import { ensure, until } from "./stage.mjs";

const sheet = (page) => page.getByRole("dialog", { name: "Biểu quyết" });
const stands = (page, text) => sheet(page).locator(".notice").getByText(text).waitFor();

export async function secretVote(stage, meeting, chair, delegate) {
  await stage.step("the chair opens a secret vote", () => open(chair, meeting));
  await stage.step("the delegate's device gets its ballot paper by itself", () => getPaper(delegate, meeting));
  await stage.step("a page loaded anew still holds the paper", () => reload(delegate));
  await stage.step("a secret ballot goes out without a session", () => cast(delegate));
  const code = await stage.step("the receipt shows a code, on request only", () => receipt(delegate));
  await stage.step("the chair casts too, closes and publishes", () => close(chair));
  await stage.step("the delegate finds the ballot by its code", () => find(delegate, code));
}

async function open(chair, meeting) {
  const { page } = chair;
  await chair.goto(`/meetings/${meeting}/cockpit`);
  const form = page.locator(".cockpit__now form").filter({ hasText: "Câu hỏi biểu quyết" });
  if (!(await form.isVisible())) await page.getByText("Biểu quyết nội dung này").click();
  await form.getByLabel("Câu hỏi biểu quyết").fill("Giới thiệu bà Lê Thị Hoa làm trưởng ban?");
  await form.getByLabel("Bỏ phiếu kín").check();
  await chair.look("secret-ask");
  await form.getByRole("button", { name: "Mở biểu quyết" }).click();
  await sheet(page).waitFor();
}

async function getPaper(delegate, meeting) {
  const { page } = delegate;
  await delegate.goto(`/meetings/${meeting}`);
  await sheet(page).waitFor();
  await stands(page, "Chọn một ô rồi bấm");
  await delegate.look("secret-sheet", { whole: false });
}

async function reload(delegate) {
  const { page } = delegate;
  const before = await kept(page);
  await page.reload();
  await page.getByRole("link", { name: "Biểu quyết", exact: true }).or(sheet(page)).first().waitFor();
  if (!(await sheet(page).isVisible())) await page.locator("[data-opens='#vote']").first().tap();
  await stands(page, "Chọn một ô rồi bấm");
  ensure("the paper is the same after loading", (await kept(page)) === before);
}

const kept = (page) => page.evaluate(() =>
  Object.keys(localStorage).filter((key) => key.startsWith("ballot-paper:")).map((key) => localStorage.getItem(key)).join());

async function cast(delegate) {
  const { page } = delegate;
  const sent = page.waitForRequest((request) => request.url().endsWith("/secret-ballots"));
  await sheet(page).locator("label", { hasText: /^Tán thành/ }).tap();
  await sheet(page).getByRole("button", { name: "Bỏ phiếu kín" }).tap();
  const headers = await (await sent).allHeaders();
  ensure("a ballot carries no cookie", !headers.cookie);
  ensure("a ballot does not say from which page it comes", !headers.referer);
  await stands(page, "Phiếu của bạn đã ở trong hòm phiếu");
  await until("nothing is kept but that it was cast", async () => (await kept(page)) === '{"cast":true}');
}

async function receipt(delegate) {
  const { page } = delegate;
  const code = sheet(page).locator("[data-secret-code]");
  ensure("the code is hidden until asked for", !(await code.isVisible()));
  await sheet(page).getByText("Xem mã phiếu của bạn").tap();
  await code.waitFor();
  await delegate.look("secret-cast", { whole: false });
  return code.textContent();
}

async function close(chair) {
  const { page } = chair;
  await stands(page, "Chọn một ô rồi bấm");
  await sheet(page).locator("label", { hasText: "Không tán thành" }).click();
  await sheet(page).getByRole("button", { name: "Bỏ phiếu kín" }).click();
  await stands(page, "Phiếu của bạn đã ở trong hòm phiếu");
  await sheet(page).getByRole("button", { name: "Đóng" }).click();
  await page.getByRole("heading", { name: /Đang biểu quyết: 2/ }).waitFor();
  await chair.look("secret-cockpit");
  await page.getByRole("button", { name: "Đóng và công bố" }).click();
  await page.locator(".cockpit__now .outcome").last().waitFor();
}

async function find(delegate, code) {
  const { page } = delegate;
  await page.getByRole("link", { name: /Giới thiệu bà Lê Thị Hoa/ }).last().tap();
  await page.getByRole("heading", { name: "Danh sách phiếu" }).waitFor();
  ensure("nothing is marked before a code is typed", (await page.locator(".is-found").count()) === 0);
  await page.getByLabel("Mã phiếu của bạn").fill(code.toLowerCase());
  await page.getByText("Có phiếu này trong danh sách").waitFor();
  ensure("one ballot is marked", (await page.locator(".is-found").count()) === 1);
  ensure("it says what was chosen", (await page.locator(".is-found td").textContent()) === "Tán thành");
  await delegate.look("secret-result");
}
