// The way of an outgoing document through an office, each act by its own person in a browser of their own.

export const anHai = { head: "truongphong", office: "thuky", chair: "chutich", clerk: "vanthu", signer: "Nguyễn Văn Hùng" };
export const sonTra = { head: "truongphong.sontra", office: "thuky.sontra", chair: "chutich.sontra", clerk: "vanthu.sontra", signer: "Trần Quốc Toản" };

async function at(stage, login, path, act) {
  const person = await stage.signedIn(login);
  await person.goto(path);
  await act(person.page, person);
  await person.context.close();
}

export async function approve(stage, house, path, { looked = false } = {}) {
  await at(stage, house.head, path, async (page) => {
    await page.getByRole("button", { name: "Duyệt nội dung" }).click();
    await page.getByRole("heading", { name: "Văn phòng kiểm tra thể thức" }).waitFor();
  });
  await at(stage, house.office, path, async (page, person) => {
    await page.getByRole("link", { name: "Xác nhận thể thức" }).click();
    if (looked) await person.look("outgoing-format");
    await page.locator("#note").fill("Đã xem từng điểm");
    await page.getByRole("button", { name: "Xác nhận thể thức" }).click();
    await page.getByRole("heading", { name: `${house.signer} ký` }).waitFor();
  });
}

export async function sign(stage, house, path, pin) {
  await at(stage, house.chair, path, async (page, person) => {
    await page.getByRole("link", { name: "Ký văn bản" }).click();
    await page.getByLabel("PIN").fill(pin);
    await page.getByRole("button", { name: "Ký" }).click();
    await person.goto(path);
    await page.getByRole("heading", { name: "Văn thư cấp số" }).waitFor();
  });
}

export async function issue(stage, house, path, pin, { looked = false } = {}) {
  await at(stage, house.clerk, path, async (page, person) => {
    await page.getByRole("button", { name: "Cấp số" }).click();
    await page.getByLabel("Mã PIN con dấu cơ quan").fill(pin);
    if (looked) await person.look("outgoing-document-numbered");
    await page.getByRole("button", { name: "Ký số cơ quan, đóng dấu" }).click();
    await page.getByRole("button", { name: "Phát hành" }).click();
    await page.getByText("Đã gửi").first().waitFor();
  });
}

// A decision of the office to its neighbour, drafted with this file and not yet submitted; where it is.
export async function draft(stage, person, subject, file) {
  const { page } = person;
  await person.goto("/outgoing/draft");
  await page.getByLabel("Tệp dự thảo").setInputFiles({ name: "quyet-dinh.pdf", mimeType: "application/pdf", buffer: file });
  await page.getByLabel("Loại văn bản").selectOption("decision");
  await page.getByLabel("Ký hiệu").fill("QĐ-UBND");
  await page.getByLabel("Trích yếu").fill(subject);
  await page.getByLabel("Người duyệt nội dung").selectOption({ label: "Phan Quốc Bảo, Trưởng phòng" });
  await page.getByLabel("Người ký").selectOption({ label: "Nguyễn Văn Hùng, Chủ tịch UBND phường" });
  await page.getByLabel("UBND phường Sơn Trà").check();
  await page.getByRole("button", { name: "Tạo dự thảo" }).click();
  await page.getByRole("heading", { level: 1, name: subject }).waitFor();
  return new URL(page.url()).pathname;
}

// The file of a draft of the sample office, which has the blanks that number, date and signature need.
export async function sampleFile(stage, person) {
  await person.goto("/outgoing?state=draft");
  await person.page.locator("tbody a.table__link").first().click();
  const file = await person.page.request.get(`${stage.base}${new URL(person.page.url()).pathname}/file`);
  return file.body();
}
