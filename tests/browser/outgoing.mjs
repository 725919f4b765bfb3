// One document from its draft to its file, through six people.
import { ensure } from "./stage.mjs";

const subject = "Ban hành Quy chế sử dụng nhà sinh hoạt cộng đồng";

export async function outgoing(stage, pin) {
  let path;
  const drafter = await stage.signedIn("chuyenvien");
  await stage.step("an expert drafts a document and submits it", async () => {
    const { page } = drafter;
    await drafter.goto("/outgoing?state=draft");
    await drafter.look("outgoing-list");
    // A draft of the sample office has the blanks that a file needs.
    await page.locator("tbody a.table__link").first().click();
    const file = await page.request.get(`${stage.base}${new URL(page.url()).pathname}/file`);
    await drafter.goto("/outgoing/draft");
    await drafter.look("outgoing-draft");
    await page.getByLabel("Tệp dự thảo").setInputFiles({ name: "quyet-dinh.pdf", mimeType: "application/pdf", buffer: await file.body() });
    await page.getByLabel("Loại văn bản").selectOption("decision");
    await page.getByLabel("Ký hiệu").fill("QĐ-UBND");
    await page.getByLabel("Trích yếu").fill(subject);
    await page.getByLabel("Người duyệt nội dung").selectOption({ label: "Phan Quốc Bảo, Trưởng phòng" });
    await page.getByLabel("Người ký").selectOption({ label: "Nguyễn Văn Hùng, Chủ tịch UBND phường" });
    await page.getByLabel("UBND phường Sơn Trà").check();
    await page.getByRole("button", { name: "Tạo dự thảo" }).click();
    await page.getByRole("heading", { level: 1, name: subject }).waitFor();
    path = new URL(page.url()).pathname;
    await drafter.look("outgoing-document-draft");
    await page.getByRole("button", { name: "Trình duyệt" }).click();
    await page.getByRole("heading", { name: "Phan Quốc Bảo duyệt nội dung" }).waitFor();
  });
  await stage.step("the head of the unit approves the content, the Office the format", async () => {
    const head = await stage.signedIn("truongphong");
    await head.goto(path);
    await head.page.getByRole("button", { name: "Duyệt nội dung" }).click();
    await head.page.getByRole("heading", { name: "Văn phòng kiểm tra thể thức" }).waitFor();
    const office = await stage.signedIn("thuky");
    await office.goto(path);
    await office.page.getByRole("link", { name: "Xác nhận thể thức" }).click();
    await office.look("outgoing-format");
    await office.page.locator("#note").fill("Đã xem từng điểm");
    await office.page.getByRole("button", { name: "Xác nhận thể thức" }).click();
    await office.page.getByRole("heading", { name: "Nguyễn Văn Hùng ký" }).waitFor();
  });
  await stage.step("the chairman signs", async () => {
    const chair = await stage.signedIn("chutich");
    await chair.goto(path);
    await chair.page.getByRole("link", { name: "Ký văn bản" }).click();
    await chair.page.getByLabel("PIN").fill(pin);
    await chair.page.getByRole("button", { name: "Ký" }).click();
    await chair.goto(path);
    await chair.page.getByRole("heading", { name: "Văn thư cấp số" }).waitFor();
  });
  const clerk = await stage.signedIn("vanthu");
  const { page } = clerk;
  await stage.step("the clerk numbers, seals and issues", async () => {
    await clerk.goto("/outgoing/desk");
    await clerk.look("outgoing-desk");
    await clerk.goto(path);
    await page.getByRole("button", { name: "Cấp số" }).click();
    await page.getByLabel("Mã PIN con dấu cơ quan").fill(pin);
    await clerk.look("outgoing-document-numbered");
    await page.getByRole("button", { name: "Ký số cơ quan, đóng dấu" }).click();
    await page.getByRole("button", { name: "Phát hành" }).click();
    await page.getByText("Đã gửi").first().waitFor();
  });
  await stage.step("the number stands in the register", async () => {
    await clerk.goto("/registers");
    await clerk.look("registers");
    await page.getByRole("link", { name: "Văn bản đi: QĐ" }).click();
    await page.getByText(subject).waitFor();
    await clerk.look("register-series");
  });
  await stage.step("the expert files it; the archivist sees both signatures", async () => {
    await drafter.goto(path);
    await drafter.page.getByRole("link", { name: "Lưu hồ sơ" }).click();
    await drafter.look("outgoing-files");
    await drafter.page.getByRole("button", { name: "Đưa vào hồ sơ" }).click();
    await drafter.page.getByRole("link", { name: "05/KTHT" }).waitFor();
    await drafter.goto(path);
    await drafter.page.getByText("Đã xong").waitFor();
    await drafter.look("outgoing-document-filed");
    const archivist = await stage.signedIn("luutru");
    await archivist.goto(path);
    await archivist.page.getByRole("main").getByRole("link", { name: "Kiểm tra chữ ký" }).click();
    await archivist.page.waitForURL("**/d/*");
    const text = await archivist.page.locator("main").innerText();
    ensure("both signed", text.includes("Nguyễn Văn Hùng") && text.includes("UBND phường An Hải"));
    await archivist.look("outgoing-verdict");
  });
}
