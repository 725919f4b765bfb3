// One document from its draft to its file, through six people.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { anHai, approve, draft, issue, sampleFile, sign } from "./course.mjs";
import { ensure } from "./stage.mjs";

const subject = "Ban hành Quy chế sử dụng nhà sinh hoạt cộng đồng";

export async function outgoing(stage, pin) {
  let path;
  const drafter = await stage.signedIn("chuyenvien");
  await stage.step("an expert drafts a document and submits it", async () => {
    const { page } = drafter;
    await drafter.goto("/outgoing?state=draft");
    await drafter.look("outgoing-list");
    const file = await sampleFile(stage, drafter);
    await drafter.goto("/outgoing/draft");
    await drafter.look("outgoing-draft");
    path = await draft(stage, drafter, subject, file);
    await drafter.look("outgoing-document-draft");
    await page.getByRole("button", { name: "Trình duyệt" }).click();
    await page.getByRole("heading", { name: "Phan Quốc Bảo duyệt nội dung" }).waitFor();
  });
  await stage.step("the head of the unit approves the content, the Office the format", () => approve(stage, anHai, path, { looked: true }));
  await stage.step("the chairman signs", () => sign(stage, anHai, path, pin));
  const clerk = await stage.signedIn("vanthu");
  const { page } = clerk;
  await stage.step("the clerk numbers, seals and issues", async () => {
    await clerk.goto("/outgoing/desk");
    await clerk.look("outgoing-desk");
    await issue(stage, anHai, path, pin, { looked: true });
    const issued = await page.request.get(`${stage.base}${path}/file`);
    writeFileSync(join(stage.out, "issued.pdf"), await issued.body());
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
