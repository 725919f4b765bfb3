// The format check: drop a PDF, read what is not as the decree asks, with frames on the page.
import { ensure } from "./stage.mjs";

export async function proof(stage, secretary, files) {
  const { page } = secretary;
  await stage.step("the layout of a draft is checked, nothing is kept", async () => {
    await secretary.goto("/format-check");
    await secretary.look("format-check");
    const [file] = files;
    await page.getByLabel("Thả tệp PDF vào đây").setInputFiles({ name: file.name, mimeType: file.mimeType, buffer: file.buffer });
    await page.getByText("Có lỗi phải sửa trước khi trình ký.").waitFor();
    ensure("the page is shown", (await page.locator(".proof__page img").count()) > 0);
    const numbers = await page.locator(".proof__frame text").allTextContents();
    const listed = await page.locator(".proof__finding").evaluateAll((items) => items.map((item) => String(item.value)));
    ensure("each frame has its sentence", numbers.length > 0 && numbers.every((number) => listed.includes(number)));
    await secretary.look("format-check-found");
  });
}
