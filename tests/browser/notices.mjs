// How a person wishes to be told, and what the keeper of the outbox sees.
import { ensure, phone, until } from "./stage.mjs";

export async function notices(stage) {
  await stage.step("a member chooses how to be told", () => wishes(stage));
  await stage.step("the outbox by state", () => outbox(stage));
}

async function wishes(stage) {
  const member = await stage.signedIn("daibieu5", { size: phone, touch: true });
  const { page } = member;
  await member.goto("/notices");
  await member.look("notices-list");
  await page.getByRole("link", { name: "Cách nhận thông báo" }).click();
  await page.getByRole("combobox", { name: "Thư điện tử: Nhiệm vụ" }).selectOption({ label: "Gộp mỗi ngày một thư" });
  await page.locator("input[name=sms-slip]").check();
  await page.getByLabel("Yên tĩnh từ").fill("22:00");
  await page.getByLabel("Yên tĩnh đến").fill("06:00");
  await page.getByLabel("Số điện thoại nhận SMS").fill("0905 123 456");
  await page.getByRole("button", { name: "Lưu" }).click();
  await until("the wishes are kept", async () => (await page.getByLabel("Số điện thoại nhận SMS").inputValue()) === "0905123456");
  ensure("also the digest", (await page.getByRole("combobox", { name: "Thư điện tử: Nhiệm vụ" }).inputValue()) === "digest");
  await member.look("notices-wishes");
  await member.context.close();
}

async function outbox(stage) {
  const admin = await stage.signedIn("quantri");
  await admin.goto("/mails");
  await admin.page.locator("article.mail summary").first().click();
  await admin.look("outbox");
  await admin.page.getByRole("link", { name: "không gửi được" }).click();
  await admin.page.getByText("Chưa có thư nào").waitFor();
  await admin.look("outbox-given-up");
  await admin.context.close();
}
