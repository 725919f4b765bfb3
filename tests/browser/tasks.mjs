// A task from a conclusion to its accepted report, with an extension; the board, the leaders' page, the settings.
import { ensure, phone, tablet, until } from "./stage.mjs";

// The holder is of the unit that the meeting's first conclusion names.
export async function tasks(stage, secretary, chair, meeting) {
  const holder = await stage.signedIn("truongphong", { size: tablet, touch: true });
  const link = await stage.step("a conclusion becomes a task of its unit", () => give(secretary, meeting));
  await stage.step("its holder accepts it and asks for longer", () => take(holder, link));
  await stage.step("the secretary grants it", () => grant(secretary, link));
  await stage.step("the holder reports, the secretary accepts the report", () => finish(secretary, holder, link));
  await stage.step("every side of the tasks, as lines and as a board", () => look(secretary));
  await stage.step("the leaders' page shows what was escalated", () => lead(chair));
  await stage.step("a task given by hand, taken on a phone", () => byHand(stage, secretary));
  await stage.step("days that are swapped, entered once", () => settings(stage));
  await holder.context.close();
}

async function give(secretary, meeting) {
  const { page } = secretary;
  await secretary.goto(`/meetings/${meeting}/conclusions`);
  await page.getByRole("link", { name: "Giao việc", exact: true }).click();
  await page.getByRole("heading", { name: "Giao việc từ kết luận" }).waitFor();
  await secretary.look("tasks-of-meeting");
  await page.getByRole("button", { name: "Giao các việc đã chọn" }).click();
  await page.getByRole("link", { name: "Xem việc" }).first().click();
  await page.getByRole("heading", { name: "Diễn biến" }).waitFor();
  await secretary.look("task-given");
  return new URL(page.url()).pathname;
}

async function take(holder, link) {
  const { page } = holder;
  await holder.goto(link);
  await page.getByRole("button", { name: "Nhận việc" }).click();
  await page.getByRole("heading", { name: "Báo cáo", exact: true }).waitFor();
  await holder.look("task-taken");
  await page.getByText("Xin gia hạn", { exact: true }).first().click();
  await page.getByLabel("Xin lùi đến ngày").fill("2027-01-15");
  await page.getByLabel("Lý do", { exact: true }).first().fill("Chờ ý kiến của thành phố");
  await page.getByRole("button", { name: "Xin gia hạn" }).click();
  await page.getByText("Xin gia hạn đến: 15/01/2027").waitFor();
}

async function grant(secretary, link) {
  const { page } = secretary;
  await secretary.goto(link);
  await secretary.look("task-extension");
  await page.getByRole("button", { name: "Đồng ý gia hạn" }).click();
  await page.getByText("Gia hạn đến: 15/01/2027", { exact: true }).waitFor();
}

async function finish(secretary, holder, link) {
  await holder.goto(link);
  await holder.page.getByLabel("Đã làm được gì").fill("Đã ban hành quy chế.");
  await holder.page.getByRole("button", { name: "Báo cáo hoàn thành" }).click();
  await holder.page.getByText("Đã báo cáo, chờ duyệt").first().waitFor();
  await secretary.goto(link);
  await secretary.look("task-reported");
  await secretary.page.getByRole("button", { name: "Duyệt, hoàn thành" }).click();
  await secretary.page.getByText("Duyệt kết quả").first().waitFor();
  await secretary.look("task-done");
}

async function look(secretary) {
  const { page } = secretary;
  await secretary.goto("/tasks?view=holders");
  ensure("there are groups", (await page.locator("section.card").count()) > 3);
  await secretary.look("tasks-holders");
  await page.getByRole("link", { name: "Bảng", exact: true }).click();
  await page.locator(".board__card").first().waitFor();
  await secretary.look("tasks-board");
  await page.getByRole("link", { name: "Quá hạn", exact: true }).click();
  await page.locator(".board__card--late").first().waitFor();
  await secretary.goto("/tasks?view=late");
  await secretary.look("tasks-late");
  await secretary.goto("/tasks?view=sources");
  await secretary.look("tasks-sources");
}

async function lead(chair) {
  const { page } = chair;
  await chair.goto("/tasks/overview");
  await chair.look("tasks-overview");
  await page.locator(".task-line--late").first().click();
  await page.getByText("Đã báo cáo lãnh đạo").waitFor();
  await chair.look("task-escalated");
}

async function byHand(stage, secretary) {
  const { page } = secretary;
  await secretary.goto("/tasks/new");
  await page.getByLabel("Việc cần làm").fill("Chuẩn bị số liệu giao ban");
  await page.getByLabel("Đơn vị chủ trì").selectOption({ label: "Phòng Kinh tế, Hạ tầng và Đô thị" });
  await page.getByLabel("Số ngày làm việc").fill("3");
  await secretary.look("task-new");
  await page.getByRole("button", { name: "Giao việc" }).click();
  await page.getByRole("heading", { name: "Chuẩn bị số liệu giao ban" }).waitFor();
  const link = new URL(page.url()).pathname;
  const expert = await stage.signedIn("chuyenvien", { size: phone, touch: true });
  await expert.look("home-with-tasks");
  await expert.goto("/tasks");
  await expert.look("tasks-mine");
  await expert.goto(link);
  await expert.page.getByRole("button", { name: "Nhận việc" }).click();
  await expert.page.getByRole("heading", { name: "Báo cáo", exact: true }).waitFor();
  await expert.context.close();
}

async function settings(stage) {
  const admin = await stage.signedIn("quantri");
  const { page } = admin;
  await admin.goto("/tasks/settings");
  await page.getByLabel("Ngày", { exact: true }).fill("2027-02-20");
  await page.getByLabel("Làm bù cho").fill("Thứ Sáu 12/02/2027");
  await page.getByRole("button", { name: "Thêm ngày làm bù" }).click();
  await until("the day is listed", async () => (await page.getByText("20/02/2027").count()) > 0);
  await admin.look("tasks-settings");
  await admin.context.close();
}

// A task for a unit, given by hand, due after so many working days; where it is.
export async function giveTask(stage, title, days) {
  const secretary = await stage.signedIn("thuky");
  const { page } = secretary;
  await secretary.goto("/tasks/new");
  await page.getByLabel("Việc cần làm").fill(title);
  await page.getByLabel("Đơn vị chủ trì").selectOption({ label: "Phòng Kinh tế, Hạ tầng và Đô thị" });
  await page.getByLabel("Số ngày làm việc").fill(String(days));
  await page.getByRole("button", { name: "Giao việc" }).click();
  await page.getByRole("heading", { name: title }).waitFor();
  const link = new URL(page.url()).pathname;
  await secretary.context.close();
  return link;
}
