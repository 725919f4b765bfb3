// A letter from the door to its file, through four people; what is already there in the sample office on every desk.
import { ensure, tablet } from "./stage.mjs";

const subject = "Góp ý dự thảo Quy chế phối hợp tiếp công dân";

// A page with words of its own, so that it is nobody's twin; the name holds the words.
function letter(words) {
  const text = `BT /F1 14 Tf 80 760 Td (${words}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>",
  ];
  let file = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = file.length;
  const rows = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  file += `xref\n0 6\n0000000000 65535 f \n${rows}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}

export async function receive(stage) {
  const clerk = await stage.signedIn("vanthu");
  await stage.step("the clerk's desk shows what waits", async () => {
    await clerk.goto("/incoming");
    await clerk.look("incoming-desk-clerk");
  });
  await stage.step("what came by the exchange is taken to the door with what its sender said", () => take(clerk));
  const address = await stage.step("a letter comes to the door and is registered in four fields", () => register(clerk));
  await stage.step("the chairman gives it to a unit on one screen", () => direct(stage, address));
  await stage.step("the head names who works on it", () => assign(stage, address));
  await stage.step("the expert reports and ends it", () => work(stage, address));
  await stage.step("the clerk puts it in its file; the register lists it", () => file(clerk, address));
}

async function take(clerk) {
  const { page } = clerk;
  await page.getByText("Trả lại nơi gửi").first().click();
  await page.getByLabel("Lý do, nơi gửi sẽ đọc").waitFor();
  await clerk.look("incoming-exchange");
  await page.getByRole("button", { name: /Nhận.*thoát nước các tuyến hẻm/ }).click();
  await page.getByRole("heading", { name: "Vào sổ" }).waitFor();
  ensure("number and symbol came along", (await page.getByLabel("Số, ký hiệu").inputValue()) === "1843/SXD-QLHT");
  ensure("so did its signer", (await page.getByLabel("Chức vụ người ký").inputValue()) === "Giám đốc");
  await clerk.look("incoming-exchange-door");
  await clerk.goto("/incoming");
}

async function register(clerk) {
  const { page } = clerk;
  await page.locator("#files").setInputFiles({ name: "van ban goc.pdf", mimeType: "application/pdf", buffer: letter("Gop y du thao Quy che") });
  await page.getByRole("link", { name: /van ban goc/ }).click();
  await page.getByRole("heading", { name: "Vào sổ" }).waitFor();
  await clerk.look("incoming-door");
  await page.getByLabel("Số, ký hiệu").fill("77/STP-VP");
  await page.getByLabel("Ngày văn bản").fill("2026-01-05");
  await page.getByLabel("Cơ quan ban hành").fill("Sở Tư pháp thành phố Đà Nẵng");
  await page.getByLabel("Trích yếu").fill("Kế hoạch diễn tập (Mật)");
  await page.getByLabel("Trình lãnh đạo").selectOption({ label: "Nguyễn Văn Hùng, Chủ tịch UBND phường" });
  const take = page.getByRole("button", { name: "Vào sổ, lấy số đến" });
  // What is classified is refused in the law's words; nothing typed is lost.
  const refused = page.waitForResponse((answer) => answer.url().endsWith("/registration"));
  clerk.isOffline = true;
  await take.click();
  ensure("a classified subject is refused", (await refused).status() === 422);
  await page.getByText("Luật Bảo vệ bí mật nhà nước").waitFor();
  clerk.isOffline = false;
  ensure("what was typed stays", (await page.getByLabel("Số, ký hiệu").inputValue()) === "77/STP-VP");
  await page.getByLabel("Trích yếu").fill(subject);
  await page.getByRole("button", { name: "Vào sổ, lấy số đến" }).click();
  await page.getByText("Chờ lãnh đạo chỉ đạo").first().waitFor();
  await clerk.look("incoming-registered");
  return new URL(page.url()).pathname.replace("/registration", "");
}

async function direct(stage, address) {
  const chair = await stage.signedIn("chutich", { size: tablet, touch: true });
  const { page } = chair;
  await chair.goto("/incoming");
  await page.getByText("Chờ tôi chỉ đạo").waitFor();
  await chair.look("incoming-desk-leader");
  await chair.goto(address);
  await chair.look("incoming-direct");
  await page.getByRole("group", { name: "Đơn vị chủ trì" }).getByText("Phòng Kinh tế, Hạ tầng và Đô thị").click();
  await page.getByRole("button", { name: "Giao xử lý" }).click();
  await page.getByText("Đã chuyển:").or(page.getByRole("heading", { name: "Văn bản đến" })).first().waitFor();
  await chair.look("incoming-directed");
  await chair.context.close();
}

async function assign(stage, address) {
  const head = await stage.signedIn("truongphong");
  await head.goto("/incoming");
  await head.look("incoming-desk-head");
  await head.goto(address);
  await head.page.getByLabel(/Đỗ Thị Mai/).check();
  await head.look("incoming-assign");
  await head.page.getByRole("button", { name: "Phân công", exact: true }).click();
  await head.page.getByText("Đã phân công").first().waitFor();
  await head.context.close();
}

async function work(stage, address) {
  const expert = await stage.signedIn("chuyenvien");
  await expert.page.getByRole("link", { name: new RegExp(subject) }).waitFor();
  await expert.look("incoming-home");
  await expert.goto(address);
  await expert.page.getByLabel("Đã làm gì, kết quả ra sao").fill("Đã gửi văn bản góp ý bốn nội dung.");
  await expert.look("incoming-report");
  await expert.page.getByRole("button", { name: "Báo cáo hoàn thành" }).click();
  await expert.page.getByText("Đã xong, chờ vào hồ sơ").first().waitFor();
  await expert.context.close();
}

async function file(clerk, address) {
  const { page } = clerk;
  await clerk.goto(address);
  await page.getByRole("link", { name: "Đưa vào hồ sơ" }).click();
  await page.getByLabel("Hồ sơ đang mở").selectOption({ label: `03/KTHT (${new Date().getFullYear()}): Quản lý chợ trên địa bàn` });
  await page.getByRole("button", { name: "Đưa vào hồ sơ" }).click();
  await page.getByRole("link", { name: "03/KTHT" }).waitFor();
  await clerk.goto(address);
  await page.getByText("Đã vào hồ sơ").first().waitFor();
  await clerk.look("incoming-filed");
  await clerk.goto("/incoming/register");
  await page.getByRole("link", { name: subject }).waitFor();
  await clerk.look("incoming-register");
  await page.getByLabel("Từ cần tìm").fill("gop y du thao");
  await page.getByRole("button", { name: "Tìm", exact: true }).click();
  await page.getByRole("link", { name: subject }).waitFor();
  await page.getByText("Lưu tra cứu này").click();
  await page.getByLabel("Tên", { exact: true }).fill("Góp ý dự thảo");
  await page.getByRole("button", { name: "Lưu", exact: true }).click();
  await page.getByRole("link", { name: "Góp ý dự thảo", exact: true }).waitFor();
  await clerk.look("search");
}
