// A screen out of reach: it says so by itself, and shows what it missed when it is back.
import { ensure } from "./stage.mjs";

export async function loseNetwork(person) {
  await person.cut(true);
  await person.page.locator("#offline").waitFor();
  await person.look("offline", { whole: false });
}

export async function comeBackToVote(person) {
  const { page } = person;
  const sheet = page.getByRole("dialog", { name: "Biểu quyết" });
  ensure("nothing comes through while out of reach", (await sheet.count()) === 0);
  await person.cut(false);
  await sheet.waitFor();
  await page.locator("#offline").waitFor({ state: "detached" });
  person.isOffline = false;
}
