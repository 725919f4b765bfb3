// What time brings: a task nobody reports comes before the leader, its holder leaves, and it is handed over. The demo moves its
// clock a day forward at each signal; it is the last thing done, for everyone is signed out by it.
import { ensure, phone, tablet, until } from "./stage.mjs";
import { giveTask } from "./tasks.mjs";

const title = "Báo cáo rà soát hộ kinh doanh";
const successor = "Phan Quốc Bảo";

export async function later(stage) {
  const demo = Number(process.env.ECABINET_DEMO_PID);
  if (!demo) {
    console.log("left out: ECABINET_DEMO_PID names no demo whose clock could be moved");
    return;
  }
  const link = await stage.step("a task with a deadline of one working day is taken", () => give(stage));
  await stage.step("the clock goes forward past its deadline", () => forward(demo, 14));
  await stage.step("the leader is told, and sees who holds it", () => escalated(stage, link));
  await stage.step("its holder leaves the office", () => leave(stage));
  await stage.step("what the holder held is handed over and goes on", () => handOver(stage, link));
}

async function give(stage) {
  const link = await giveTask(stage, title, 1);
  const holder = await stage.signedIn("chuyenvien", { size: phone, touch: true });
  await holder.goto(link);
  await holder.page.getByRole("button", { name: "Nhận việc" }).click();
  await holder.page.getByRole("heading", { name: "Báo cáo", exact: true }).waitFor();
  await holder.context.close();
  return link;
}

async function forward(demo, days) {
  for (let day = 0; day < days; day += 1) {
    process.kill(demo, "SIGUSR1");
    // Two signals that meet are one.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function escalated(stage, link) {
  const chair = await stage.signedIn("chutich", { size: tablet, touch: true });
  const { page } = chair;
  const notice = page.getByRole("button", { name: new RegExp(`Báo cáo lãnh đạo việc quá hạn: ${title}`) });
  await until("the leader is told", async () => {
    await chair.goto("/notices");
    return (await notice.count()) === 1;
  });
  await chair.look("later-notices");
  await notice.click();
  await page.getByText("Đã báo cáo lãnh đạo").waitFor();
  ensure("the notice leads to the task", new URL(page.url()).pathname === link);
  await chair.look("later-escalated");
  await chair.goto("/tasks/overview");
  await page.getByRole("link", { name: new RegExp(title) }).first().waitFor();
  await chair.look("later-overview");
  await chair.context.close();
  const holder = await stage.signedIn("chuyenvien", { size: phone, touch: true });
  await holder.goto("/notices");
  await holder.page.getByRole("button", { name: new RegExp(`Quá hạn: ${title}`) }).waitFor();
  await holder.context.close();
}

async function leave(stage) {
  const admin = await stage.signedIn("quantri");
  const { page } = admin;
  await admin.goto("/people");
  const row = page.locator("tr").filter({ hasText: "chuyenvien" });
  await row.getByRole("button", { name: "Khóa tài khoản" }).click();
  await row.getByText("Đã khóa").waitFor();
  await admin.context.close();
}

async function handOver(stage, link) {
  const secretary = await stage.signedIn("thuky");
  const { page } = secretary;
  const notice = page.getByRole("button", { name: /Cần bàn giao \d+ việc/ });
  await until("who may hand over is told", async () => {
    await secretary.goto("/notices");
    return (await notice.count()) > 0;
  });
  await notice.first().click();
  await page.getByRole("heading", { name: /đã nghỉ, còn giữ \d+ việc/ }).waitFor();
  await secretary.look("later-left");
  const option = page.locator("select[name=to] option").filter({ hasText: successor });
  await page.getByLabel("Giao cho").selectOption(await option.getAttribute("value"));
  await page.getByRole("button", { name: "Bàn giao tất cả" }).click();
  await until("nothing is left behind", async () => (await page.getByRole("heading", { name: /đã nghỉ/ }).count()) === 0);
  await secretary.goto(link);
  await page.getByText(successor).first().waitFor();
  await secretary.look("later-handed-over");
  await secretary.context.close();
  const holder = await stage.signedIn("truongphong", { size: tablet, touch: true });
  await holder.goto(link);
  await holder.page.getByRole("heading", { name: "Báo cáo", exact: true }).waitFor();
  await holder.context.close();
}
