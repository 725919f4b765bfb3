// One true copy of an issued document, from its request to its seal.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensure } from "./stage.mjs";

const subject = "Lịch tiếp công dân của lãnh đạo phường tháng 12";

export async function copies(stage, pin) {
  let path;
  const drafter = await stage.signedIn("chuyenvien");
  await stage.step("an expert asks for a true copy of an issued document", async () => {
    const { page } = drafter;
    await drafter.goto("/outgoing?state=issued");
    await page.getByRole("link", { name: subject }).click();
    await page.getByRole("main").getByRole("link", { name: "Bản sao" }).click();
    await drafter.look("copy-ask");
    await page.getByLabel("Sao y: toàn bộ bản gốc hoặc bản chính").check();
    await page.getByLabel("Sao cho").fill("Sở Nội vụ");
    await page.getByLabel("Mục đích").fill("Theo dõi việc tiếp công dân");
    await page.getByRole("button", { name: "Gửi đề nghị" }).click();
    await page.getByRole("heading", { name: "Chờ Nguyễn Văn Hùng ký duyệt" }).waitFor();
    await drafter.look("copy-asked");
    path = new URL(page.url()).pathname;
  });
  await stage.step("the head signs for it, the clerk numbers and seals it", async () => {
    const chair = await stage.signedIn("chutich");
    await chair.goto(path);
    await chair.look("copy-to-approve");
    await chair.page.getByRole("button", { name: "Ký duyệt bản sao" }).click();
    await chair.page.getByRole("heading", { name: "Chờ văn thư cấp số" }).waitFor();
    const clerk = await stage.signedIn("vanthu");
    await clerk.goto(path);
    await clerk.page.getByRole("button", { name: "Cấp số" }).click();
    await clerk.page.getByLabel("Mã PIN con dấu cơ quan").fill(pin);
    await clerk.look("copy-to-seal");
    await clerk.page.getByRole("button", { name: "Ký số cơ quan lên bản sao" }).click();
    await clerk.page.getByRole("heading", { name: "Bản sao đã xong" }).waitFor();
    await clerk.look("copy-sealed");
    const sealed = await clerk.page.request.get(`${stage.base}${path}/file`);
    ensure("the copy is a PDF", (await sealed.body()).subarray(0, 5).toString() === "%PDF-");
    writeFileSync(join(stage.out, "copy.pdf"), await sealed.body());
    await clerk.goto("/copies");
    await clerk.look("copies");
    await clerk.goto("/copies/scans");
    await clerk.look("copy-scan");
    await clerk.goto("/copies/register");
    await clerk.look("copy-register");
  });
  await stage.step("the administrator sees who signs copies", async () => {
    const admin = await stage.signedIn("quantri");
    await admin.goto("/copies/settings");
    await admin.page.getByText("Nguyễn Văn Hùng").first().waitFor();
    await admin.look("copy-settings");
  });
}
