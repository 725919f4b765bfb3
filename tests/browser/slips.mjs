// A slip from the draft to its report: eight members, one on a phone, one who changes the answer before signing, two too late.
import { ensure, phone, tablet, until } from "./stage.mjs";

const title = "Chủ trương xây dựng sân chơi tổ dân phố 9";
const members = ["Phan Quốc Bảo", "Võ Minh Tâm", "Trần Thị Kim Oanh", "Huỳnh Đức Thọ", "Đặng Ngọc Lan", "Hồ Tấn Lộc", "Nguyễn Văn Hùng", "Lê Thị Thu Hà"];
// These do not answer in time.
const late = ["daibieu4", "daibieu5"];

export async function slips(stage, secretary, files, pin) {
  const drafter = await stage.signedIn("chuyenvien");
  const link = await stage.step("an expert drafts a slip with a paper and a question", () => draft(drafter, files[0]));
  await stage.step("the deputy approves it, the secretary sends it in four clicks", () => send(stage, secretary, link));
  await stage.step("a member answers in three taps and a PIN", () => answer(stage, "daibieu3", pin));
  await stage.step("another keeps an answer, changes it, and signs", () => change(stage, link, pin));
  await stage.step("four more sign on tablets", async () => {
    for (const login of ["truongphong", "daibieu1", "chutich", "photich"]) await agree(stage, login, link, pin);
  });
  await stage.step("the secretary sees who is silent, closes and reports", () => close(secretary, link));
  await stage.step("two late members are told in words", async () => {
    for (const login of late) await tooLate(stage, login, link);
  });
  await stage.step("rules of each body", async () => {
    await secretary.goto("/slips/rules");
    await secretary.look("slips-rules");
  });
  await drafter.context.close();
}

async function draft(drafter, file) {
  const { page } = drafter;
  await drafter.goto("/slips");
  await drafter.look("slips-list");
  await page.getByRole("link", { name: "Lập phiếu lấy ý kiến" }).click();
  await page.getByLabel("Việc cần lấy ý kiến").fill(title);
  await page.getByLabel("Tóm tắt nội dung, căn cứ").fill("Diện tích 320 m2, kinh phí xã hội hóa 180 triệu đồng.");
  await page.getByLabel("Người duyệt phiếu").selectOption({ label: "Lê Thị Thu Hà, Phó Chủ tịch UBND phường" });
  await page.getByLabel("Cán bộ theo dõi").selectOption({ label: "Phạm Thị Ngọc Mai, Chuyên viên tổng hợp" });
  // Those of the slip before are ticked already.
  while (await page.locator("input[name=member]:checked").count()) await page.locator("input[name=member]:checked").first().uncheck();
  for (const name of members) await page.getByRole("checkbox", { name: new RegExp(name) }).check();
  await drafter.look("slip-new");
  await page.getByRole("button", { name: "Lưu dự thảo" }).click();
  await page.getByRole("heading", { name: title }).waitFor();
  await page.getByLabel("Thêm tài liệu").setInputFiles(file);
  await page.getByRole("button", { name: "Tải lên" }).click();
  await page.locator("a.paper").first().waitFor();
  await drafter.look("slip-draft");
  await page.getByRole("button", { name: "Trình duyệt" }).click();
  await page.getByText("Chờ duyệt").first().waitFor();
  return new URL(page.url()).pathname;
}

async function send(stage, secretary, link) {
  const deputy = await stage.signedIn("photich");
  await deputy.goto(link);
  await deputy.look("slip-approval");
  await deputy.page.getByRole("button", { name: "Duyệt phiếu" }).click();
  await deputy.page.getByText("Đã duyệt, chờ gửi").waitFor();
  await deputy.context.close();
  const { page } = secretary;
  await secretary.goto("/slips");
  await page.getByRole("link", { name: new RegExp(title) }).click();
  await page.getByRole("button", { name: "Gửi thành viên" }).click();
  await page.getByRole("heading", { name: "Đã thu 0/8 phiếu" }).waitFor();
}

async function answer(stage, login, pin) {
  const member = await stage.signedIn(login, { size: phone, touch: true });
  const { page } = member;
  await member.goto("/notices");
  await page.getByRole("button", { name: new RegExp(`Lấy ý kiến: ${title}`) }).first().click();
  await page.getByRole("heading", { name: title }).waitFor();
  await choose(page, "Đồng ý");
  await member.look("slip-member");
  await page.getByLabel("Mã PIN").fill(pin);
  await page.getByRole("button", { name: "Ký và gửi" }).click();
  await page.getByText("Bạn đã ký phiếu này").waitFor();
  await member.look("slip-signed");
  await member.context.close();
}

const choose = (page, choice) => page.getByRole("radio", { name: choice, exact: true }).check();

async function agree(stage, login, link, pin) {
  const member = await stage.signedIn(login, { size: tablet, touch: true });
  const { page } = member;
  await member.goto(link);
  await choose(page, "Đồng ý");
  await page.getByLabel("Mã PIN").fill(pin);
  await page.getByRole("button", { name: "Ký và gửi" }).click();
  await page.getByText("Bạn đã ký phiếu này").waitFor();
  await member.context.close();
}

async function change(stage, link, pin) {
  const member = await stage.signedIn("daibieu2", { size: phone, touch: true });
  const { page } = member;
  await member.look("home-with-slip");
  await member.goto(link);
  await choose(page, "Không đồng ý");
  await page.getByRole("button", { name: "Lưu, ký sau" }).click();
  await page.getByText("Đã trả lời").first().waitFor();
  ensure("the answer is kept", await page.getByRole("radio", { name: "Không đồng ý" }).isChecked());
  await choose(page, "Ý kiến khác");
  await page.getByLabel("Ý kiến bằng lời").fill("Đồng ý chủ trương, đề nghị lấy ý kiến các hộ liền kề.");
  await page.getByLabel("Mã PIN").fill(pin);
  await page.getByRole("button", { name: "Ký và gửi" }).click();
  await page.getByText("Bạn đã ký phiếu này").waitFor();
  await member.context.close();
}

async function close(secretary, link) {
  const { page } = secretary;
  await secretary.goto(link);
  await page.getByRole("heading", { name: "Đã thu 6/8 phiếu" }).waitFor();
  await secretary.look("slip-collecting");
  await page.getByRole("button", { name: "Đóng phiếu, tổng hợp" }).click();
  await page.getByRole("button", { name: "Lập báo cáo kết quả" }).waitFor();
  await page.getByLabel("Giải trình, tiếp thu").fill("Tiếp thu; tổ dân phố lấy ý kiến trong tháng này.");
  await page.locator("article form").getByRole("button", { name: "Lưu" }).click();
  await until("the response is kept", async () => (await page.getByLabel("Giải trình, tiếp thu").inputValue()).startsWith("Tiếp thu"));
  await secretary.look("slip-closed");
  await page.getByRole("button", { name: "Lập báo cáo kết quả" }).click();
  await page.getByRole("link", { name: "Báo cáo (PDF)" }).waitFor();
  await secretary.look("slip-reported");
  const [table] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Tải bảng (CSV)" }).click()]);
  ensure("the table is a file", (await table.path()) !== null);
}

async function tooLate(stage, login, link) {
  const member = await stage.signedIn(login, { size: phone, touch: true });
  await member.goto(link);
  await member.page.getByText("Bạn chưa trả lời câu này").waitFor();
  if (login === late[0]) await member.look("slip-too-late");
  await member.context.close();
}
