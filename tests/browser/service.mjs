// Signing with a key at a remote service: the office's page, and behind the office a service of the tests. Run by
// tests/it/signing/service.rs, which starts both and knows which codes the service takes.
//   node service.mjs BASE PASSWORD OUT ACCOUNT PIN CODE…
import { Stage, ensure } from "./stage.mjs";

const [base, password, out, account, pin, ...codes] = process.argv.slice(2);
const stage = new Stage({ base, password, out });

async function main() {
  const secretary = await stage.signedIn("secretary");
  const { page } = secretary;
  await stage.step("the page of a document leads to the service", async () => {
    await secretary.goto("/signing");
    await page.locator("a.sign-row__title").first().click();
    await secretary.look("service-step");
    await page.getByRole("link", { name: "Ký từ xa" }).click();
    await page.getByRole("heading", { name: "Ký từ xa bằng Dịch vụ thử" }).waitFor();
  });
  await stage.step("a wrong code signs nothing, and says so", async () => {
    await chooseAll(page);
    await secretary.look("service-review");
    await type(page, "000000");
    await page.getByRole("alert").getByText("Mã xác thực một lần (OTP) chưa đúng hoặc đã dùng.").waitFor();
    await secretary.look("service-wrong-code");
  });
  await stage.step("what waits is signed by the next code", async () => {
    await page.getByRole("link", { name: "Xem lại và ký các văn bản còn chờ" }).click();
    ensure("the account is remembered", await page.getByLabel("Tên tài khoản ở dịch vụ").inputValue() === account);
    await type(page, codes[0]);
    await page.getByText("Đã ký 3 trong 5 văn bản").waitFor();
    await secretary.look("service-some");
  });
  await stage.step("and the rest by another", async () => {
    await page.getByRole("link", { name: "Xem lại và ký các văn bản còn chờ" }).click();
    await type(page, codes[1]);
    await page.getByText("Đã ký 2 trong 2 văn bản").waitFor();
    ensure("nothing is left to try", await page.getByRole("link", { name: "Xem lại và ký" }).count() === 0);
  });
  await page.close();
}

async function chooseAll(page) {
  await page.goto(new URL("/signing", base).href);
  await page.getByLabel("Chọn tất cả").check();
  await page.getByRole("button", { name: "Xem lại và ký các văn bản đã chọn" }).click();
  await page.getByRole("heading", { name: "Xem lại trước khi ký" }).waitFor();
}

// What a person types for the service, with the keyboard alone.
async function type(page, code) {
  await page.getByLabel("Tên tài khoản ở dịch vụ").fill(account);
  await page.keyboard.press("Tab");
  await page.keyboard.type(pin);
  await page.keyboard.press("Tab");
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
}

await stage.play(main);
