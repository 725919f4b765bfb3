// After the meeting: the minutes write themselves, are locked, signed by two, and checked by anyone.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { circulate, writeTogether } from "./after.mjs";
import { ensure, phone, until } from "./stage.mjs";

const spoken = "Ông Huỳnh Đức Thọ đề nghị bổ sung quy định về bảo mật thiết bị.\nChủ tọa tiếp thu.";

export async function write(stage, chair, secretary, meeting) {
  await stage.step("the chair goes on and ends the meeting", () => end(chair));
  await stage.step("the draft of the minutes is there, with the result", () => seeDraft(secretary, meeting));
  await stage.step("the secretary writes; it saves itself", () => type(secretary));
  await writeTogether(stage, secretary, meeting);
  await circulate(stage, secretary, meeting);
  await stage.step("locked, with a PDF to sign", () => lock(secretary));
}

async function end(chair) {
  const { page } = chair;
  const next = page.locator(".cockpit__next");
  await next.getByRole("button", { name: "Chuyển đến" }).click();
  await next.getByRole("heading", { name: "Đã hết chương trình" }).waitFor();
  await chair.look("cockpit-result");
  await next.getByRole("button", { name: "Kết thúc phiên họp" }).click();
  const sure = page.getByRole("dialog", { name: "Kết thúc phiên họp?" });
  await sure.getByRole("button", { name: "Kết thúc phiên họp" }).click();
  await next.getByRole("link", { name: "Biên bản" }).waitFor();
}

async function seeDraft(secretary, meeting) {
  const { page } = secretary;
  await until("the job has drafted the minutes", async () => {
    await secretary.goto(`/meetings/${meeting}/minutes`);
    return page.getByLabel("Diễn biến").first().isVisible();
  });
  const words = await page.locator("main").textContent();
  for (const said of ["4/4 thành viên có mặt", "Thông qua", "Tổng số thành viên 4, có mặt 4, đã biểu quyết 4", "Tán thành 3", "Không tán thành 0", "Không biểu quyết 1", "Không bỏ phiếu 0"]) {
    ensure(`the draft says "${said}"`, words.replace(/\s+/g, " ").includes(said));
  }
}

async function type(secretary) {
  const { page } = secretary;
  const card = page.locator("section.card").filter({ hasText: "Thông qua." }).filter({ has: page.getByLabel("Diễn biến") }).first();
  await card.getByLabel("Diễn biến").fill(spoken);
  await card.getByText("Đã lưu lúc").waitFor();
  await page.getByLabel("Kết luận của chủ tọa").fill("Thống nhất ban hành Quy chế; giao Văn phòng hoàn thiện trong tuần.");
  await page.getByRole("region", { name: "Kết luận" }).getByRole("button", { name: "Lưu" }).click();
  await page.reload();
  await until("what was written is there after a reload", async () =>
    (await page.locator("textarea").evaluateAll((areas) => areas.map((area) => area.value).join())).includes("bảo mật thiết bị"));
  await secretary.look("minutes-draft");
}

async function lock(secretary) {
  const { page } = secretary;
  await page.getByRole("button", { name: "Khóa và trình ký" }).click();
  await page.getByText("Đã khóa nội dung").waitFor();
  await page.getByRole("heading", { name: "Ký biên bản" }).waitFor();
  await secretary.look("minutes-locked");
}

export async function sign(stage, chair, secretary, meeting, pin) {
  await stage.step("the secretary signs", () => signFirst(secretary, pin, "secretary"));
  await stage.step("the chair signs", () => signFirst(chair, pin, "chair"));
  await stage.step("the minutes show both signatures", () => seeBoth(secretary, meeting));
}

async function signFirst(person, pin, as) {
  const { page } = person;
  await person.goto("/signing");
  await page.getByRole("heading", { name: /^\d+ văn bản chờ bạn ký$/ }).waitFor();
  await person.look(`signing-queue-${as}`);
  await page.locator("section[aria-labelledby=waiting] a", { hasText: "Biên bản" }).click();
  await page.getByLabel("Mã PIN").fill(pin);
  await person.look(`signing-form-${as}`);
  await page.getByRole("button", { name: "Ký văn bản này" }).click();
  await page.getByText("Bạn đã ký lúc").waitFor();
  await person.look(`signed-${as}`);
}

async function seeBoth(secretary, meeting) {
  const { page } = secretary;
  await secretary.goto(`/meetings/${meeting}/minutes`);
  await until("two signatures", async () => (await page.locator(".timeline__good").count()) === 2);
  await secretary.look("minutes-signed");
}

// Anyone with the code, on a phone and without an account.
export async function check(stage, secretary) {
  const link = await secretary.page.getByRole("link", { name: "Kiểm tra chữ ký" }).last().getAttribute("href");
  const stranger = await stage.person("stranger", { size: phone, touch: true });
  let signed;
  await stage.step("the public page of the minutes says who signed", async () => {
    await stranger.goto(link);
    await verdict(stranger, "Hợp lệ");
    await stranger.look("public");
  });
  await stage.step("the signed file is downloaded", async () => {
    const [download] = await Promise.all([
      stranger.page.waitForEvent("download"),
      stranger.page.getByRole("link", { name: "Tải văn bản đã ký" }).click(),
    ]);
    const path = join(stage.out, "minutes.pdf");
    await download.saveAs(path);
    signed = readFileSync(path);
    ensure("it is a PDF", signed.subarray(0, 5).toString() === "%PDF-");
  });
  await stage.step("dropped on the check: good", () => dropOnCheck(stranger, signed, "Hợp lệ"));
  await stranger.look("verdict");
  await stage.step("kept on request: what changed, side by side, each version, and the report", () => keep(stranger, signed));
  await stranger.look("verdict-kept");
  await stage.step("one byte changed: not good", () => dropOnCheck(stranger, flipped(signed), "Không hợp lệ"));
  await stranger.look("verdict-bad");
  writeFileSync(join(stage.out, "minutes-changed.pdf"), flipped(signed));
}

async function verdict({ page }, word) {
  await until(`the verdict is ${word}`, async () => (await page.locator(".verdict__word").textContent()).trim() === word);
  ensure("the verdict has a sentence", (await page.locator(".verdict__sentence").textContent()).trim().length > 20);
}

async function dropOnCheck(person, bytes, word) {
  await person.goto("/verify");
  await person.drop(person.page.locator("form[data-verify-drop]"), [{ name: "bien-ban.pdf", mimeType: "application/pdf", buffer: bytes }]);
  await person.page.locator(".verdict").waitFor();
  await verdict(person, word);
}

// Asks to have the file kept, and takes along what the page offers.
async function keep(person, signed) {
  const { page } = person;
  await person.goto("/verify");
  await page.getByLabel("Giữ tệp 30 phút").check();
  await page.locator("#file").setInputFiles({ name: "bien-ban.pdf", mimeType: "application/pdf", buffer: signed });
  await page.getByText("Tệp được giữ đến").waitFor();
  const pictures = page.locator(".sides img");
  await pictures.first().scrollIntoViewIfNeeded();
  await until("a page before and after is drawn", async () => {
    const widths = await pictures.evaluateAll((all) => all.slice(0, 2).map((one) => one.naturalWidth));
    return widths.length === 2 && widths.every((width) => width > 300);
  });
  const first = await download(person, page.getByRole("link", { name: "Tải phiên bản 1" }));
  ensure("the first version is how the file began", first.length < signed.length && signed.subarray(0, first.length).equals(first));
  const report = await download(person, page.getByRole("link", { name: "Báo cáo PDF" }));
  ensure("the report is a PDF", report.subarray(0, 5).toString() === "%PDF-");
  writeFileSync(join(person.stage.out, "report.pdf"), report);
}

async function download({ page }, link) {
  const [taken] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return readFileSync(await taken.path());
}

// The same file with one bit of a page's content changed.
function flipped(bytes) {
  const changed = Buffer.from(bytes);
  const at = changed.indexOf("stream", changed.indexOf("/Length1")) + 400;
  changed[at] ^= 1;
  return changed;
}
