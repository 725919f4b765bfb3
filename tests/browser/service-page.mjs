// Signing with a key whose owner agrees on a page of the remote service, which is another site. Run by
// tests/it/signing/consent.rs, which starts the office and the service.
//   node service-page.mjs BASE PASSWORD OUT ACCOUNT SERVICE
import { Stage, ensure } from "./stage.mjs";

const [base, password, out, account, service] = process.argv.slice(2);
const stage = new Stage({ base, password, out });

async function main() {
  const secretary = await stage.signedIn("secretary");
  const { page } = secretary;
  await stage.step("the button leads to the page of the service", async () => {
    await chooseAll(page);
    await secretary.look("service-page-review");
    await press(page);
    ensure("it is another site", new URL(page.url()).origin !== base);
  });
  await stage.step("who does not agree comes back, and nothing is signed", async () => {
    await page.getByRole("link", { name: "Không đồng ý" }).click();
    await page.getByRole("alert").getByText("Bạn đã không đồng ý trên trang của dịch vụ.").waitFor();
    await page.getByText("Đã ký 0 trong 3 văn bản").waitFor();
    await secretary.look("service-page-declined");
  });
  await stage.step("who agrees comes back to what was signed", async () => {
    await page.getByRole("link", { name: "Xem lại và ký các văn bản còn chờ" }).click();
    ensure("the account is remembered", await page.getByLabel("Tên tài khoản ở dịch vụ").inputValue() === account);
    await press(page);
    await page.getByRole("link", { name: "Đồng ý cho ký", exact: true }).click();
    await page.getByText("Đã ký 3 trong 3 văn bản").waitFor();
    await secretary.look("service-page-signed");
  });
  await stage.step("and the page loaded again says the same", async () => {
    await page.reload();
    await page.getByText("Đã ký 3 trong 3 văn bản").waitFor();
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

async function press(page) {
  await page.getByLabel("Tên tài khoản ở dịch vụ").fill(account);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Cho dùng khóa?" }).waitFor();
}

// Only the service is asked outside the house.
await stage.play(main, [`a request left the house: ${service}/oauth2/`]);
