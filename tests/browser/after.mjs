// After the meeting: two write at once, the session ends mid-typing, members comment, a correction, the notice of conclusions, figures.
import { ensure, phone, until } from "./stage.mjs";

// While the minutes are a draft.
export async function writeTogether(stage, secretary, meeting) {
  const colleague = await stage.signedIn("thuky");
  await stage.step("two secretaries write in one text and nothing is lost", () => together(secretary, colleague, meeting));
  await stage.step("both changed the same words: both are shown", () => choose(secretary, colleague, meeting));
  await stage.step("the session ends mid-typing and the text survives", () => surviveSignOut(stage, colleague, meeting));
  await colleague.context.close();
}

const conclusion = (person) => person.page.getByLabel("Kết luận của chủ tọa");
const save = (person) => person.page.getByRole("region", { name: "Kết luận" }).getByRole("button", { name: "Lưu", exact: true });

async function together(one, other, meeting) {
  const base = "Giao Văn phòng hoàn thiện quy chế.\nBáo cáo trước ngày 30.";
  await one.goto(`/meetings/${meeting}/minutes`);
  await conclusion(one).fill(base);
  await save(one).click();
  await one.page.getByText("Đã lưu lúc").first().waitFor().catch(() => {});
  await one.goto(`/meetings/${meeting}/minutes`);
  await other.goto(`/meetings/${meeting}/minutes`);
  await until("both see the same words", async () => (await conclusion(other).inputValue()) === base);
  await conclusion(one).fill(base.replace("Văn phòng", "Văn phòng UBND"));
  await conclusion(one).blur();
  await one.page.getByRole("region", { name: "Kết luận" }).getByText("Đã lưu lúc").waitFor();
  await conclusion(other).fill(base.replace("ngày 30", "ngày 25"));
  await conclusion(other).blur();
  await until("the other's words are joined into the field", async () => (await conclusion(other).inputValue()).includes("Văn phòng UBND"));
  const joined = await conclusion(other).inputValue();
  ensure("and their own stay", joined === base.replace("Văn phòng", "Văn phòng UBND").replace("ngày 30", "ngày 25"));
}

async function choose(one, other, meeting) {
  for (const person of [one, other]) await person.goto(`/meetings/${meeting}/minutes`);
  const base = await conclusion(one).inputValue();
  await conclusion(one).fill(base.replace("ngày 25", "ngày 26"));
  await conclusion(one).blur();
  await one.page.getByRole("region", { name: "Kết luận" }).getByText("Đã lưu lúc").waitFor();
  await conclusion(other).fill(base.replace("ngày 25", "ngày 27"));
  await save(other).click();
  await other.page.getByRole("heading", { name: "Hai người cùng sửa một chỗ" }).waitFor();
  const shown = await other.page.locator("main").textContent();
  ensure("both versions are on the page", shown.includes("ngày 26") && shown.includes("ngày 27"));
  await other.look("minutes-both");
  await other.page.getByLabel("Bản ghép cả hai").fill(base.replace("ngày 25", "ngày 28"));
  await other.page.getByRole("button", { name: "Lưu bản ghép" }).click();
  await until("the chosen words stand", async () => (await conclusion(other).inputValue()).includes("ngày 28"));
  await other.page.reload();
  await until("also after a reload", async () => (await conclusion(other).inputValue()).includes("ngày 28"));
}

async function surviveSignOut(stage, person, meeting) {
  await person.goto(`/meetings/${meeting}/minutes`);
  const before = await conclusion(person).inputValue();
  // Typed, and the session is gone before it could be saved.
  await conclusion(person).fill(`${before}\nGõ dở khi hết phiên đăng nhập.`);
  await person.context.clearCookies();
  await person.page.goto(`${stage.base}/meetings/${meeting}/minutes`);
  await person.page.getByLabel("Tên đăng nhập").fill("thuky");
  await person.page.getByLabel("Mật khẩu").fill(stage.password);
  await person.page.getByRole("button", { name: "Đăng nhập" }).click();
  await person.goto(`/meetings/${meeting}/minutes`);
  await until("the words are there again", async () => (await conclusion(person).inputValue()).includes("Gõ dở khi hết phiên"));
  await person.page.getByRole("region", { name: "Kết luận" }).getByText("Đã lưu lúc").waitFor();
}

// The draft before the members.
export async function circulate(stage, secretary, meeting) {
  const member = await stage.signedIn("daibieu5", { size: phone, touch: true });
  await stage.step("the draft goes out to the members", async () => {
    await secretary.goto(`/meetings/${meeting}/circulation`);
    await secretary.look("circulation-before");
    await secretary.page.getByRole("button", { name: "Gửi xin ý kiến" }).click();
    await secretary.page.getByText("thành viên đồng ý").waitFor();
  });
  await stage.step("a member proposes other words, then agrees, on a phone", () => answer(member));
  await stage.step("the secretary accepts and the words are in the draft", () => accept(secretary, meeting));
  await member.context.close();
}

async function answer(member) {
  const { page } = member;
  await member.goto("/notices");
  await page.getByRole("button", { name: "Xin ý kiến dự thảo biên bản" }).first().click();
  await page.getByRole("button", { name: "Đồng ý với dự thảo" }).waitFor();
  await member.look("circulation-member");
  const part = page.locator("section.card").filter({ hasText: "Gõ dở khi hết phiên" });
  await part.getByText("Đề nghị cách viết khác").click();
  const area = part.getByLabel("Phần này theo đề nghị của bạn");
  await area.fill((await area.inputValue()).replace("Gõ dở khi hết phiên đăng nhập.", "Công khai kết quả trên cổng thông tin."));
  await part.getByRole("button", { name: "Gửi đề nghị" }).click();
  await page.getByText("Chờ thư ký trả lời").waitFor();
  await page.getByRole("button", { name: "Đồng ý với dự thảo" }).click();
  await page.getByText("Bạn đã đồng ý lúc").waitFor();
}

async function accept(secretary, meeting) {
  const { page } = secretary;
  await secretary.goto(`/meetings/${meeting}/circulation`);
  await secretary.look("circulation-secretary");
  await page.getByRole("button", { name: "Tiếp thu và đưa vào biên bản" }).click();
  await page.getByText("Đã tiếp thu").waitFor();
  await secretary.goto(`/meetings/${meeting}/minutes`);
  ensure("the words are in the draft", (await conclusion(secretary).inputValue()).includes("cổng thông tin"));
}

// Once the minutes are signed.
export async function finish(stage, secretary, chair, meeting, pin) {
  await stage.step("a notice of conclusions is drafted, charged and locked", () => notice(secretary, meeting));
  await stage.step("the chair signs the notice", () => signNotice(chair, meeting, pin));
  await stage.step("a correction names what it corrects", () => correct(secretary, meeting));
  await stage.step("minutes and conclusions are found by a title without marks", () => find(secretary));
  await stage.step("figures, by member, unit and meeting", () => figures(secretary));
  await stage.step("the office's own sentences", async () => {
    await secretary.goto("/phrases");
    await secretary.look("phrases");
  });
}

async function notice(secretary, meeting) {
  const { page } = secretary;
  await secretary.goto(`/meetings/${meeting}/conclusions`);
  await page.getByRole("button", { name: "Lập dự thảo từ kết luận" }).click();
  const first = page.getByRole("region", { name: "Kết luận 1" });
  await first.getByLabel("Đơn vị chủ trì").selectOption({ label: "Phòng Kinh tế, Hạ tầng và Đô thị" });
  await first.getByLabel("Thời hạn").fill("2026-12-31");
  await first.getByText("Đơn vị phối hợp").first().click();
  await first.getByRole("checkbox").nth(3).check();
  await first.getByRole("button", { name: "Lưu" }).click();
  await until("the deadline is kept", async () => (await page.getByRole("region", { name: "Kết luận 1" }).getByLabel("Thời hạn").inputValue()) === "2026-12-31");
  await secretary.look("conclusions-draft");
  await page.getByRole("button", { name: "Khóa và trình ký" }).click();
  await page.getByRole("heading", { name: "Ký thông báo" }).waitFor();
}

async function signNotice(chair, meeting, pin) {
  const { page } = chair;
  await chair.goto("/signing");
  await page.locator("section[aria-labelledby=waiting] a").filter({ hasText: "Thông báo kết luận" }).click();
  await page.getByLabel("Mã PIN").fill(pin);
  await page.getByRole("button", { name: "Ký văn bản này" }).click();
  await page.getByText("Bạn đã ký lúc").waitFor();
  await chair.goto(`/meetings/${meeting}/conclusions`);
  await page.getByText("Chưa cấp số").waitFor();
  await page.locator("main").getByRole("link", { name: "Kiểm tra chữ ký" }).waitFor();
  await chair.look("conclusions-signed");
}

async function correct(secretary, meeting) {
  const { page } = secretary;
  await secretary.goto(`/meetings/${meeting}/minutes`);
  await page.getByText("Lập biên bản đính chính").click();
  await page.getByLabel("Lý do đính chính").fill("Ghi sai tên đơn vị chủ trì");
  await page.getByRole("button", { name: "Mở bản đính chính" }).click();
  await page.getByText("Dự thảo đính chính").waitFor();
  await conclusion(secretary).waitFor();
  await page.getByRole("button", { name: "Khóa và trình ký" }).click();
  await page.getByRole("heading", { name: "Biên bản đính chính lần 1" }).waitFor();
  ensure("the first minutes still stand there", await page.getByRole("heading", { name: "Biên bản phiên họp" }).isVisible());
  await secretary.look("minutes-correction");
}

async function find(secretary) {
  const { page } = secretary;
  await secretary.goto("/conclusions");
  await page.getByLabel("Tìm cuộc họp").fill("phien hop");
  await page.getByRole("button", { name: "Tìm", exact: true }).click();
  ensure("something is found", (await page.locator("tbody tr").count()) > 0);
  await secretary.look("conclusions-list");
}

async function figures(secretary) {
  const { page } = secretary;
  await secretary.goto("/statistics");
  ensure("members are counted", (await page.locator("tbody tr").count()) > 20);
  await secretary.look("statistics-member");
  for (const [name, word] of [["unit", "Đơn vị"], ["meeting", "Phiên họp"]]) {
    await page.getByRole("navigation", { name: "Xem theo" }).getByRole("link", { name: word }).click();
    await page.locator("tbody tr").first().waitFor();
    await secretary.look(`statistics-${name}`);
  }
  for (const form of ["Tải Excel", "Tải CSV"]) {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: form }).click()]);
    ensure(`${form} gives a file`, (await file.path()) !== null);
  }
}
