// A screen out of reach: it says so by itself, and shows what it missed when it is back.

export async function loseNetwork(person) {
  await person.cut(true);
  await person.page.locator("#offline").waitFor();
  await person.look("offline", { whole: false });
}

export async function comeBackToVote(person) {
  const { page } = person;
  const sheet = page.getByRole("dialog", { name: "Biểu quyết" });
  await person.cut(false);
  await sheet.waitFor();
  await page.locator("#offline").waitFor({ state: "detached" });
  person.isOffline = false;
}
