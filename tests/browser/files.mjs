// Files: the list of the year, a document in two files, a file closed after its check and taken out; what is printed.
import { readFileSync } from "node:fs";
import { ensure, phone, tablet } from "./stage.mjs";

const year = new Date().getFullYear();

export async function files(stage) {
  const expert = await stage.signedIn("chuyenvien", { size: tablet });
  const file = await stage.step("the expert opens a file of their own", () => open(expert));
  await stage.step("a document lies in a second file", () => put(expert, file));
  await stage.step("the file is closed after a check", () => close(expert, file));
  await stage.step("the file leaves as one package", () => take(expert, file));
  await stage.step("a part of the registers is printed", () => print(stage));
  await stage.step("the clerk draws up next year's list from this one", () => copy(stage));
  await expert.context.close();
}

async function open(expert) {
  const { page } = expert;
  await expert.goto("/files");
  await expert.look("files-list");
  await page.getByText("Lập hồ sơ mới").click();
  await page.getByLabel("Số và ký hiệu").fill("07/KTHT");
  await page.getByLabel("Tên hồ sơ", { exact: true }).fill(`Nâng cấp hẻm K52 năm ${year}`);
  await expert.look("files-new");
  await page.getByRole("button", { name: "Mở hồ sơ ngay" }).click();
  await page.getByRole("heading", { name: "Mục lục văn bản" }).waitFor();
  await expert.look("file-empty");
  return new URL(page.url()).pathname;
}

async function put(expert, file) {
  const { page } = expert;
  await expert.goto("/outgoing?state=filed");
  await page.locator("main table").getByRole("link").first().click();
  await page.getByRole("link", { name: "05/KTHT" }).click();
  await page.getByLabel("Hồ sơ đang mở").selectOption({ label: `07/KTHT (${year}): Nâng cấp hẻm K52 năm ${year}` });
  await page.getByRole("button", { name: "Đưa vào hồ sơ" }).click();
  await page.getByRole("link", { name: "07/KTHT" }).waitFor();
  ensure("both files are named", await page.getByRole("link", { name: "05/KTHT" }).isVisible());
  await expert.look("document-files");
  await expert.goto(file);
  await page.getByText("1 văn bản, 1 trang").waitFor();
  await expert.look("file-open");
}

async function close(expert, file) {
  const { page } = expert;
  await expert.goto(file);
  await page.getByRole("button", { name: "Kết thúc hồ sơ" }).click();
  await page.getByText("Đã kết thúc").first().waitFor();
  await expert.look("file-closed");
}

async function take(expert, file) {
  const { page } = expert;
  await expert.goto(file);
  const leaving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Xuất hồ sơ (ZIP)" }).click();
  const taken = await leaving;
  ensure("the package has the name of the file", taken.suggestedFilename() === `07-KTHT ${year}.zip`);
  const bytes = readFileSync(await taken.path());
  ensure("it is a ZIP", bytes.subarray(0, 2).toString() === "PK");
  for (const name of ["muc-luc.pdf", "ho-so.xml", "van-ban/001-"]) ensure(`${name} is in it`, bytes.includes(name));
  await expert.goto(file);
  await page.getByText("Xuất hồ sơ", { exact: true }).waitFor();
  await expert.look("file-exported");
}

async function print(stage) {
  const clerk = await stage.signedIn("vanthu", { size: tablet });
  const { page } = clerk;
  await clerk.goto("/outgoing");
  await page.getByRole("link", { name: "Sổ văn bản đi" }).click();
  await page.getByLabel("Tháng").selectOption({ label: `Tháng ${new Date().getMonth() + 1}` });
  await clerk.look("outgoing-register");
  await clerk.goto("/incoming/register");
  await page.getByText("In sổ", { exact: true }).click();
  await clerk.look("incoming-register-print");
  for (const path of ["/outgoing/register/print", "/incoming/register/print", "/incoming/register/transfers", "/files/print"]) {
    const answer = await page.request.get(new URL(path, page.url()).href);
    ensure(`${path} is a PDF`, answer.headers()["content-type"] === "application/pdf");
  }
  await clerk.context.close();
}

async function copy(stage) {
  const clerk = await stage.signedIn("vanthu", { size: phone });
  const next = year + 1;
  await clerk.goto(`/files?year=${next}`);
  await clerk.page.getByRole("button", { name: /Chép danh mục/ }).click();
  await clerk.page.getByText(`Nâng cấp hẻm K52 năm ${next}`).first().waitFor();
  await clerk.look("files-next-year");
  await clerk.context.close();
}
