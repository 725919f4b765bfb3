// The figures at one glance, one of them down to its list, the files, the offices side by side, a key for an operations centre,
// counting anew.
import { desk, ensure, phone, tablet } from "./stage.mjs";

export async function indicators(stage) {
  const secretary = await stage.signedIn("thuky", { size: desk });
  await stage.step("the figures at one glance", () => glance(secretary));
  await stage.step("one figure, down to the list behind it", () => down(secretary));
  await stage.step("the figures as a workbook and on paper", () => files(secretary));
  await stage.step("a person sees their own figures on a phone", () => own(stage));
  await stage.step("the city reads the sums of its wards side by side", () => compare(stage));
  await stage.step("targets and a key, shown once", () => keep(stage));
  await secretary.context.close();
}

async function glance(secretary) {
  const { page } = secretary;
  await secretary.goto("/indicators");
  await page.getByRole("heading", { name: "Chỉ số điều hành" }).waitFor();
  ensure("twelve figures", (await page.locator(".indicator").count()) === 12);
  await secretary.look("indicators");
  await page.getByLabel("Đơn vị").selectOption({ index: 1 });
  await page.getByRole("button", { name: "Xem", exact: true }).click();
  await page.waitForURL(/unit=/);
}

async function down(secretary) {
  const { page } = secretary;
  await secretary.goto("/indicators");
  await page.getByRole("link", { name: "Ký số đúng quy trình" }).click();
  await page.getByRole("heading", { name: "Danh sách tạo nên con số" }).waitFor();
  await secretary.look("indicator");
  await secretary.goto("/indicators/work_file_online");
  await page.getByRole("heading", { name: "Danh sách tạo nên con số" }).waitFor();
  await secretary.look("indicator-files");
  await secretary.goto("/indicators/cert_bound");
  await page.getByText("Chứng thư của cơ quan, để đóng dấu").waitFor();
  await secretary.look("indicator-certificates");
}

async function files(secretary) {
  const { page } = secretary;
  await secretary.goto("/indicators");
  for (const name of ["Tải Excel", "Tải PDF"]) {
    const href = await page.getByRole("link", { name }).getAttribute("href");
    const answer = await page.request.get(new URL(href, page.url()).href);
    ensure(`${name} is there`, answer.ok() && (await answer.body()).length > 1000);
  }
}

async function own(stage) {
  const person = await stage.signedIn("daibieu9", { size: phone, touch: true });
  await person.goto("/indicators");
  await person.page.getByText("Số liệu của riêng bạn").waitFor();
  await person.look("indicators-own");
  await person.context.close();
}

async function compare(stage) {
  const city = await stage.signedIn("thuky.danang");
  const { page } = city;
  await city.goto("/indicators");
  await page.getByRole("link", { name: "So sánh các cơ quan" }).click();
  await page.getByRole("heading", { name: "Cấp xã" }).waitFor();
  ensure("the city and its two wards", (await page.locator("tbody tr").count()) === 3);
  await city.look("indicators-offices");
  await page.getByRole("link", { name: "Việc đúng hạn" }).first().click();
  await page.getByRole("heading", { name: "Theo cơ quan" }).waitFor();
  ensure("sums only: no task of a ward", (await page.locator("a[href^='/tasks/0']").count()) === 0);
  await city.look("indicator-offices");
  await city.context.close();
}

async function keep(stage) {
  const admin = await stage.signedIn("quantri", { size: tablet });
  const { page } = admin;
  await admin.goto("/indicators/settings");
  await page.getByLabel("Việc được giao xong đúng hạn (%)").fill("90");
  await page.getByRole("button", { name: "Lưu", exact: true }).first().click();
  await page.getByLabel("Tên nơi dùng khóa").fill("IOC thành phố");
  await page.getByRole("button", { name: "Tạo khóa" }).click();
  const secret = await page.locator(".indicator-key").innerText();
  await admin.look("indicators-key");
  const url = new URL("/api/v1/indicators", page.url()).href;
  const ask = () => fetch(url, { headers: { authorization: `Bearer ${secret}` } });
  const told = await (await ask()).json();
  ensure("a program is told the target", told.indicators.some((one) => one.target_percent === 90));
  await admin.goto("/indicators/settings");
  ensure("the key is shown once", !(await page.content()).includes(secret));
  await page.getByRole("button", { name: /^Thu hồi/ }).first().click();
  await page.getByText("Thu hồi lúc").waitFor();
  ensure("a revoked key is refused", (await ask()).status === 401);
  await page.getByRole("button", { name: "Tính lại", exact: true }).click();
  await page.getByText("Lần tính lại gần nhất").waitFor();
  await admin.look("indicators-settings");
  await admin.context.close();
}
