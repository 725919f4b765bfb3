// A document that is returned twice, by the head of the unit and by who signs, issued in its third edition, and recalled.
import { anHai, approve, draft, issue, sampleFile, sign } from "./course.mjs";
import { ensure, until } from "./stage.mjs";

const subject = "Thành lập Tổ kiểm tra an toàn phòng cháy khu dân cư";
const first = "Bổ sung căn cứ Luật Phòng cháy, chữa cháy";
const second = "Nêu rõ Tổ trưởng tại Điều 2";
const mistaken = "Sai thành phần của Tổ";

export async function returning(stage, pin) {
  const drafter = await stage.signedIn("chuyenvien");
  let path;
  let file;
  await stage.step("a draft is returned by the head of the unit, with the reason", async () => {
    file = await sampleFile(stage, drafter);
    path = await draft(stage, drafter, subject, file);
    await submit(drafter);
    const head = await stage.signedIn("truongphong");
    await head.goto(path);
    await head.page.getByText("Trả lại", { exact: true }).first().click();
    await head.page.getByLabel("Lý do").fill(first);
    await head.page.getByRole("button", { name: "Trả lại" }).click();
    await head.page.getByRole("heading", { name: /hoàn thiện và trình/ }).waitFor();
    await head.context.close();
  });
  await stage.step("its second edition is returned by who signs, from the sign queue", async () => {
    await revise(drafter, path, first, file, 2);
    await approve(stage, anHai, path);
    const chair = await stage.signedIn("chutich");
    await chair.goto(path);
    await chair.page.getByRole("link", { name: "Ký văn bản" }).click();
    await chair.page.getByText("Không ký").first().click();
    await chair.page.getByLabel("Lý do").fill(second);
    await chair.look("returning-not-signed");
    await chair.page.locator("details").getByRole("button").click();
    await chair.page.getByRole("heading", { level: 1, name: "Chờ tôi ký" }).waitFor();
    ensure("it waits for the chairman no longer", !await chair.page.getByText(subject).count());
    await chair.context.close();
    await until("the document waits for its drafter again", async () => {
      await drafter.goto(path);
      return drafter.page.getByRole("heading", { name: /hoàn thiện và trình/ }).count();
    });
  });
  await stage.step("its third edition is approved anew, signed, numbered, sealed and issued", async () => {
    await revise(drafter, path, second, file, 3);
    await approve(stage, anHai, path);
    await sign(stage, anHai, path, pin);
    await issue(stage, anHai, path, pin);
    await drafter.goto(path);
    const course = await drafter.page.locator("section", { has: drafter.page.locator("#course") }).innerText();
    ensure("both reasons stay in the course of the document", course.includes(first) && course.includes(second));
    await drafter.look("returning-issued");
  });
  await stage.step("the clerk recalls it; the neighbour, who had taken it, reads why", async () => {
    const neighbour = await stage.signedIn("vanthu.sontra");
    await neighbour.goto("/incoming");
    await neighbour.page.locator("li, tr", { hasText: subject }).getByRole("button", { name: "Nhận" }).click();
    await neighbour.page.getByRole("heading", { name: "Vào sổ" }).waitFor();
    const clerk = await stage.signedIn("vanthu");
    await clerk.goto(path);
    await clerk.page.getByText("Thu hồi", { exact: true }).first().click();
    await clerk.page.getByLabel("Lý do").fill(mistaken);
    await clerk.page.getByRole("button", { name: "Thu hồi" }).click();
    await clerk.page.getByRole("heading", { name: "Văn bản đã thu hồi" }).waitFor();
    await clerk.look("returning-recalled");
    await clerk.context.close();
    await neighbour.page.reload();
    await neighbour.page.getByText(mistaken).waitFor();
    await neighbour.look("returning-neighbour");
    await neighbour.page.getByRole("button", { name: "Ghi nhận thu hồi" }).click();
    await neighbour.page.getByText("Nơi gửi đã thu hồi").first().waitFor();
    await neighbour.context.close();
  });
  await drafter.context.close();
}

async function submit({ page }) {
  await page.getByRole("button", { name: "Trình duyệt" }).click();
  await page.getByRole("heading", { name: "Phan Quốc Bảo duyệt nội dung" }).waitFor();
}

// The drafter reads why it came back and puts a new file in its place.
async function revise(drafter, path, reason, file, edition) {
  const { page } = drafter;
  await drafter.goto(path);
  await page.getByRole("main").locator(".notice", { hasText: reason }).waitFor();
  if (edition === 2) await drafter.look("returning-returned");
  await page.getByText("Thay tệp").first().click();
  const bytes = Buffer.concat([file, Buffer.from(`% ${edition}\n`)]);
  await page.locator("#edition").setInputFiles({ name: `quyet-dinh-${edition}.pdf`, mimeType: "application/pdf", buffer: bytes });
  await page.getByRole("button", { name: "Thay tệp" }).click();
  await page.locator("dt", { hasText: "Phiên bản tệp" }).locator("+ dd", { hasText: String(edition) }).waitFor();
  await submit(drafter);
}
