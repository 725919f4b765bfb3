// Signing with a token: the office's page, the agent on the same machine, and SoftHSM in the token's place. Run by
// tests/it/signing/token.rs, which starts office and agent and afterwards looks at what the office has.
//   node ways.mjs BASE PASSWORD OUT AGENT-PORT CODE PIN TOKENS COUNT
import { rmSync } from "node:fs";
import { Stage, ensure, until } from "./stage.mjs";

const [base, password, out, port, code, pin, tokens, count] = process.argv.slice(2);
const stage = new Stage({ base, password, out });
// The agent is on this machine; what goes to it does not leave the house. And before its port is typed in, nobody answers at the
// usual one.
await stage.play(main, [`http://127.0.0.1:${port}/`, "ws://127.0.0.1:8989/link"]);

async function main() {
  const secretary = await stage.signedIn("secretary");
  const { page } = secretary;
  await stage.step("a page that was never paired is asked for the code", () => pair(secretary));
  await stage.step("one document", () => one(secretary));
  await stage.step("a wrong PIN stops everything", () => wrongPin(secretary));
  await stage.step(`${count} documents, one PIN`, () => many(secretary));
  await stage.step("the token is pulled out in the middle", () => pulledOut(secretary));
  await page.close();
  await stage.step("the Office writes authority to sign down", writtenDown);
  await stage.step("certificates and the seal", keptByAdmin);
}

// The clerk writes down, the chair confirms.
async function writtenDown() {
  const clerk = await stage.signedIn("clerk");
  await clerk.goto("/signing/delegations");
  await clerk.look("ways-delegations-none");
  await clerk.page.getByLabel("Người ủy quyền").selectOption({ label: await optionOf(clerk.page, "chair") });
  await clerk.page.getByLabel("Người được ủy quyền").selectOption({ label: await optionOf(clerk.page, "secretary") });
  await clerk.page.getByRole("textbox", { name: "Văn bản ủy quyền" }).fill("Quyết định 15/QĐ-UBND ngày 20/11/2026");
  await clerk.page.getByRole("textbox", { name: "Nội dung được ký" }).fill("Thông báo, giấy mời về chỉnh trang hẻm, ngõ");
  await clerk.page.getByLabel("Từ ngày").fill("2026-11-23");
  await clerk.page.getByLabel("Đến hết ngày").fill("2026-12-31");
  await clerk.page.getByText("Chỉ một số loại văn bản").click();
  await clerk.page.getByLabel("Thông báo", { exact: true }).check();
  await clerk.page.getByRole("button", { name: "Ghi và gửi người ủy quyền xác nhận" }).click();
  await clerk.page.getByText("Chờ người ủy quyền xác nhận").waitFor();
  await clerk.page.close();
  const chair = await stage.signedIn("chair");
  await chair.goto("/signing/delegations");
  await chair.look("ways-delegations-confirm");
  await chair.page.getByRole("button", { name: "Tôi xác nhận ủy quyền này" }).click();
  await chair.page.getByText("Đang có hiệu lực").waitFor();
  await chair.inspect("ways-delegations");
  await chair.page.close();
}

function optionOf(page, name) {
  return page.locator("#giver option", { hasText: name }).first().innerText();
}

async function keptByAdmin() {
  const admin = await stage.signedIn("admin");
  await admin.goto("/signing/certificates");
  await admin.look("ways-certificates");
  await admin.goto("/outgoing/seal");
  await admin.look("ways-seal");
  await admin.page.close();
}

// Types the PIN where the agent asks for it, on its own page.
async function typePin({ context, page }, text) {
  const link = page.getByRole("link", { name: "Nhập mã PIN trong cửa sổ của agent" });
  // Laying out many documents takes a slow machine its time.
  await link.waitFor({ timeout: 100000 });
  const [window] = await Promise.all([context.waitForEvent("page"), link.click()]);
  await window.waitForLoadState();
  ensure("the agent's page is on this machine", window.url().startsWith(`http://127.0.0.1:${port}/sign/`));
  return { window, send: async () => {
    await window.getByLabel("Mã PIN").fill(text);
    await window.getByRole("button", { name: "Ký" }).click();
    await window.getByRole("status").waitFor();
  } };
}

async function pair(secretary) {
  const { page } = secretary;
  await secretary.goto("/signing");
  await secretary.look("ways-queue");
  await page.locator("a.sign-row__title").first().click();
  await secretary.look("ways-step");
  await page.getByRole("button", { name: "Ký bằng USB Token" }).click();
  await page.getByText("Không thấy E-cabinet agent").waitFor();
  await page.getByLabel("Cổng của agent").fill(port);
  await page.getByLabel("Mã ghép nối").fill("000000" === code ? "111111" : "000000");
  await page.getByRole("button", { name: "Ghép nối" }).click();
  await page.getByText("Trang này chưa được ghép nối").waitFor();
  await page.getByRole("button", { name: "Ghép nối" }).click();
  await page.getByText("Mã ghép nối không đúng").waitFor();
  await page.getByLabel("Mã ghép nối").fill(code);
  await page.getByRole("button", { name: "Ghép nối" }).click();
}

async function one(secretary) {
  const { page } = secretary;
  const { window, send } = await typePin(secretary, pin);
  await window.setViewportSize({ width: 640, height: 720 });
  await window.screenshot({ path: `${out}/ways-agent.png` });
  await send();
  await page.getByText("Xong: đã ký 1 trong 1 văn bản.").waitFor();
  await window.close();
  await secretary.look("ways-signed");
}

async function chooseAll(secretary) {
  const { page } = secretary;
  await secretary.goto("/signing");
  await page.getByLabel("Chọn tất cả").check();
  await page.getByRole("button", { name: "Xem lại và ký các văn bản đã chọn" }).click();
  await page.getByRole("heading", { name: "Xem lại trước khi ký" }).waitFor();
}

async function wrongPin(secretary) {
  const { page } = secretary;
  await chooseAll(secretary);
  await secretary.look("ways-review");
  await page.getByRole("button", { name: "Ký bằng USB Token" }).click();
  const { window, send } = await typePin(secretary, "999999");
  await send();
  await window.getByText("Mã PIN sai").waitFor();
  // The page of a batch that is over takes no second PIN.
  ensure("no second try", await window.getByLabel("Mã PIN").count() === 0);
  await window.close();
  await page.getByText("Mã PIN sai. Đã dừng").waitFor();
  await secretary.inspect("ways-wrong-pin");
}

function signed(page) {
  return page.locator("[data-token-outcome][data-outcome=signed]").count();
}

// Half of them; the rest is for the next step.
async function many(secretary) {
  const { page } = secretary;
  await secretary.goto("/signing");
  const boxes = page.locator("input[name=step]");
  for (let at = 0; at < Number(count); at += 1) await boxes.nth(at).check();
  await page.getByRole("button", { name: "Xem lại và ký các văn bản đã chọn" }).click();
  await page.getByRole("button", { name: "Ký bằng USB Token" }).click();
  const { window, send } = await typePin(secretary, pin);
  const begun = Date.now();
  await send();
  await page.getByText(`Xong: đã ký ${count} trong ${count} văn bản.`).waitFor();
  console.log(`signed ${count} in ${Date.now() - begun} ms`);
  ensure("an outcome for each", await signed(page) === Number(count));
  await window.close();
  await secretary.inspect("ways-many");
}

async function pulledOut(secretary) {
  const { page } = secretary;
  await chooseAll(secretary);
  let taken = 0;
  await page.route("**/values", async (route) => {
    taken += 1;
    if (taken === 4) rmSync(tokens, { recursive: true, force: true });
    await route.continue();
  });
  await page.getByRole("button", { name: "Ký bằng USB Token" }).click();
  const { window, send } = await typePin(secretary, pin);
  await send();
  await page.getByText("Token không trả lời; có thể đã bị rút ra.").waitFor();
  const done = await signed(page);
  const left = await page.locator("[data-token-outcome][data-outcome=left]").count();
  ensure(`some signed, the rest left: ${done}, ${left}`, done === 4 && left === 6);
  await window.close();
  await secretary.look("ways-pulled-out");
  await secretary.goto("/signing");
  await until("the rest waits", async () => await page.locator("input[name=step]").count() === left);
}
