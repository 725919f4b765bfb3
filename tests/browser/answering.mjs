// Comments of another unit on a draft; then what was sent to a neighbour is answered there, and the answer comes back.
import { approve, issue, sign, sonTra } from "./course.mjs";
import { ensure, phone } from "./stage.mjs";

const drafted = "Công tác của Ủy ban nhân dân phường năm 2027";
const asked = "Ban hành Quy chế sử dụng nhà sinh hoạt cộng đồng";
const answer = "Thống nhất phối hợp thực hiện Quy chế nhà sinh hoạt cộng đồng";

export async function answering(stage, pin) {
  await stage.step("a unit is asked about a draft, comments from a phone, and is answered", () => consult(stage));
  const letter = await stage.step("the neighbour's clerk registers what was sent, its chairman gives it to a unit", () => give(stage));
  const path = await stage.step("the neighbour's expert writes the answer in a form, from the document itself", () => draft(stage, letter));
  await stage.step("the answer is checked, signed, numbered, sealed and issued there", async () => {
    await approve(stage, sonTra, path);
    await sign(stage, sonTra, path, pin);
    await issue(stage, sonTra, path, pin);
  });
  await stage.step("the answer ends the work there, and is seen at the document that asked", () => comeBack(stage, letter));
}

async function consult(stage) {
  const drafter = await stage.signedIn("chuyenvien");
  const { page } = drafter;
  await drafter.goto("/outgoing?state=draft");
  await page.getByRole("link", { name: drafted }).click();
  const path = new URL(page.url()).pathname;
  await page.getByText("Xin ý kiến đơn vị khác").click();
  await page.getByLabel("Phòng Văn hóa - Xã hội").check();
  await page.getByLabel("Nội dung cần góp ý").fill("Đề nghị góp ý phần kinh phí");
  await drafter.look("consultation-ask");
  await page.getByRole("button", { name: "Gửi xin ý kiến" }).click();
  const unit = await stage.signedIn("daibieu2", { size: phone, touch: true });
  await unit.page.getByRole("link", { name: /Góp ý dự thảo/ }).or(unit.page.locator("a[href*='/outgoing/consultations/']")).first().click();
  await unit.page.getByLabel("Nội dung góp ý").fill("Bổ sung nguồn kinh phí từ ngân sách phường.");
  await unit.look("consultation-comment");
  await unit.page.getByRole("button", { name: "Gửi ý kiến" }).click();
  await unit.page.getByText("Đã góp ý").first().waitFor();
  await unit.context.close();
  await drafter.goto(path);
  await page.getByLabel("Giải trình, tiếp thu").fill("Đã bổ sung tại Điều 2.");
  await drafter.look("consultation-commented");
  await page.getByRole("button", { name: "Trả lời ý kiến" }).click();
  await page.getByText("Đã giải trình").first().waitFor();
  await drafter.context.close();
}

async function give(stage) {
  const clerk = await stage.signedIn("vanthu.sontra");
  const { page } = clerk;
  await clerk.goto("/incoming");
  await page.getByRole("button", { name: new RegExp(asked) }).click();
  await page.getByRole("heading", { name: "Vào sổ" }).waitFor();
  await page.getByLabel("Trình lãnh đạo").selectOption({ label: "Trần Quốc Toản, Chủ tịch UBND phường" });
  const look = page.getByRole("checkbox", { name: /Tôi đã xem|đã xem/ });
  if (await look.count()) await look.first().check();
  await page.getByRole("button", { name: "Vào sổ, lấy số đến" }).click();
  await page.getByText("Chờ lãnh đạo chỉ đạo").first().waitFor();
  const path = new URL(page.url()).pathname.replace("/registration", "");
  await clerk.context.close();
  const chair = await stage.signedIn("chutich.sontra");
  await chair.goto(path);
  await chair.page.getByRole("group", { name: "Đơn vị chủ trì" }).getByText("Phòng Kinh tế, Hạ tầng và Đô thị").click();
  await chair.page.getByRole("button", { name: "Giao xử lý" }).click();
  await chair.page.getByText("Đã chuyển:").or(chair.page.getByRole("heading", { name: "Văn bản đến" })).first().waitFor();
  await chair.context.close();
  const head = await stage.signedIn("truongphong.sontra");
  await head.goto(path);
  await head.page.getByLabel(/Võ Thị Loan/).check();
  await head.page.getByRole("button", { name: "Phân công", exact: true }).click();
  await head.page.getByText("Đã phân công").first().waitFor();
  await head.context.close();
  return path;
}

async function draft(stage, letter) {
  const expert = await stage.signedIn("chuyenvien.sontra");
  const { page } = expert;
  await expert.goto(letter);
  await expert.look("answer-start");
  await page.getByRole("button", { name: "Soạn văn bản trả lời" }).click();
  await page.getByText("Không có tệp: viết nội dung").click();
  await page.getByLabel("Kính gửi").fill("Ủy ban nhân dân phường An Hải");
  await page.getByLabel("Nội dung", { exact: true }).fill("Ủy ban nhân dân phường Sơn Trà thống nhất với dự thảo.\nĐề nghị quý cơ quan tiếp tục phối hợp.");
  await page.getByLabel("Quyền hạn, chức vụ").fill("TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH");
  await page.reload();
  const words = page.getByLabel("Nội dung", { exact: true });
  await words.waitFor();
  ensure("what was typed is there after a reload", (await words.inputValue()).includes("thống nhất với dự thảo"));
  await page.getByLabel("Loại văn bản").selectOption("official_letter");
  await page.getByLabel("Ký hiệu").fill("UBND-VP");
  await page.getByLabel("Trích yếu").fill(answer);
  await page.getByLabel("Người duyệt nội dung").selectOption({ label: "Đặng Văn Phúc, Trưởng phòng" });
  await page.getByLabel("Người ký").selectOption({ label: "Trần Quốc Toản, Chủ tịch UBND phường" });
  ensure("the answer goes to who asked", await page.getByLabel("UBND phường An Hải").isChecked());
  await expert.look("answer-draft");
  await page.getByRole("button", { name: "Tạo dự thảo" }).click();
  await page.getByRole("heading", { level: 1, name: answer }).waitFor();
  const path = new URL(page.url()).pathname;
  await expert.goto("/outgoing/draft");
  ensure("what was taken is not offered again", (await page.locator("#body").inputValue()) === "");
  await expert.goto(path);
  await page.getByRole("button", { name: "Trình duyệt" }).click();
  await page.getByRole("heading", { name: "Đặng Văn Phúc duyệt nội dung" }).waitFor();
  await expert.look("answer-document");
  await expert.context.close();
  return path;
}

async function comeBack(stage, letter) {
  const expert = await stage.signedIn("chuyenvien.sontra");
  await expert.goto(letter);
  await expert.page.getByText("Đã xong, chờ vào hồ sơ").first().waitFor();
  await expert.look("answer-done");
  await expert.context.close();
  const drafter = await stage.signedIn("chuyenvien");
  await drafter.goto("/outgoing");
  await drafter.page.getByRole("link", { name: asked }).first().click();
  await drafter.page.getByText("Đã trả lời bằng").waitFor();
  await drafter.page.getByText("Đã xử lý xong").first().waitFor();
  await drafter.look("answer-received");
  await drafter.context.close();
}
