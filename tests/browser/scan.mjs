// How a long scan reads on a tablet: 400 pages, 200 MB. One command, one table:
//   node tests/browser/scan.mjs PATH-TO-ecabinet [PAGES]
// It makes the scan, starts the sample office with the given program, uploads the scan to the meeting under way, and reads it
// in a browser as a tablet shows it, with the processor as it is and slowed down four times.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { executable, tablet, until } from "./stage.mjs";
import { Unrecorded } from "./unrecorded.mjs";

const require = createRequire(new URL("../../static/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const [program, pages = "400"] = process.argv.slice(2);
if (!program) {
  console.error("usage: node scan.mjs PATH-TO-ecabinet [PAGES]");
  process.exit(2);
}
const count = Number(pages);
const different = 8;      // drawn pages; each is used again and again under another number
const pageBytes = 500_000;
const steps = 25;         // pages leafed one by one
const slow = 4;

const office = await start();
const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
// As on a tablet with little memory. With a PC's settings the browser keeps decoded pictures as long as nobody else wants the
// room, and what is measured is that, not what the page needs.
const tablets = new Unrecorded(executable, ["--enable-low-end-device-mode"]);
try {
  await main();
} finally {
  await tablets.close();
  await browser.close();
  office.process.kill();
}

async function main() {
  const scan = pdf(await scans());
  const secretary = await person("thuky");
  const meeting = await meetingUnderWay(secretary.page);
  const begun = Date.now();
  await upload(secretary, meeting, scan);
  const taken = Date.now() - begun;
  const path = await reader(secretary.page, meeting);
  const prepared = Date.now() - begun;
  console.log(`scan: ${count} pages, ${(scan.length / 1e6).toFixed(0)} MB; taken in ${taken} ms, ready to read after ${prepared} ms\n`);
  const rows = [];
  for (const rate of [1, slow]) rows.push(await read(path, rate));
  console.table(Object.fromEntries(rows));
}

async function read(path, rate) {
  // Someone else each time, so that nothing is in the browser's cache; the server has drawn for the first what the second asks.
  const reader = await member(rate === 1 ? "daibieu3" : "daibieu5");
  await reader.send("Emulation.setCPUThrottlingRate", { rate });
  const begun = Date.now();
  await reader.goto(office.address + path);
  await reader.until(shown, 1);
  const first = Date.now() - begun;
  const turns = await leaf(reader);
  const most = await peak(reader);
  await reader.close();
  turns.sort((one, other) => one - other);
  return [`processor 1/${rate}`, {
    "first page, ms": first, "next page, median ms": turns[Math.floor(turns.length / 2)], "next page, 95 % ms": turns[Math.floor(turns.length * 0.95)],
    "tab, MB": most.tab, "above an empty one, MB": most.above, "pages in memory, most": most.pictures,
  }];
}

// As a person leafs: looks at a page for a second, then asks for the next.
async function leaf(reader) {
  const turns = [];
  for (let number = 2; number <= steps + 1; number += 1) {
    await pause(1000);
    const begun = Date.now();
    await reader.press("PageDown");
    await reader.until(shown, number);
    turns.push(Date.now() - begun);
  }
  return turns;
}

function shown(number) {
  const image = document.querySelector(`[data-page="${number}"] img`);
  const box = image && image.getBoundingClientRect();
  return Boolean(image && image.complete && image.naturalWidth && box.top < innerHeight && box.bottom > 0);
}

// The most memory while someone goes through the whole scan, looking at every tenth page.
async function peak(reader) {
  const other = await member("daibieu1");
  await other.goto(office.address + "/account");
  const empty = Math.min(...await sizes());
  await other.close();
  let [tab, pictures] = [0, 0];
  for (let number = 1; number <= count; number += 10) {
    await reader.evaluate((one) => { location.hash = ""; document.querySelector(`[data-page="${one}"]`).scrollIntoView(); }, number);
    await reader.until(shown, number);
    await pause(100);
    pictures = Math.max(pictures, await reader.evaluate(() => document.querySelectorAll(".sheet-page img").length));
    tab = Math.max(tab, ...await sizes());
  }
  return { tab: Math.round(tab / 1e6), above: Math.round((tab - empty) / 1e6), pictures };
}

// What each tab holds of the machine's memory, bytes: shared pages are divided among those who share them.
async function sizes() {
  return (await tablets.renderers()).map((id) => {
    const line = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"));
    return Number(line[1]) * 1024;
  });
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

async function member(login) {
  const tab = await tablets.tab(tablet);
  await tab.goto(office.address + "/");
  await tab.until(() => document.querySelector("input[type=password]"));
  await tab.evaluate((name, password) => {
    document.querySelector("input[name=login]").value = name;
    const secret = document.querySelector("input[type=password]");
    secret.value = password;
    secret.form.submit();
  }, login, office.password);
  await tab.until(() => document.querySelector("h1") && !document.querySelector("input[type=password]"));
  return tab;
}

// The secretary works at a PC.
async function person(login) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(office.address + "/");
  await page.getByLabel("Tên đăng nhập").fill(login);
  await page.getByLabel("Mật khẩu").fill(office.password);
  await page.getByRole("button", { name: "Đăng nhập" }).click();
  await page.locator("h1").waitFor();
  return { context, page };
}

async function meetingUnderWay(page) {
  await page.goto(office.address + "/meetings");
  const links = await page.locator("main a[href^='/meetings/']").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  for (const link of links.filter((one) => /^\/meetings\/[0-9a-f]{32}$/.test(one))) {
    await page.goto(office.address + link);
    if (await page.locator(".state-strip .badge", { hasText: "Đang họp" }).count()) return link;
  }
  throw new Error("no meeting is under way");
}

async function upload({ context }, meeting, buffer) {
  const answer = await context.request.post(`${office.address}${meeting}/papers`, {
    headers: { origin: office.address }, maxRedirects: 0, timeout: 300_000,
    multipart: { file: { name: "Bản quét hồ sơ.pdf", mimeType: "application/pdf", buffer } },
  });
  if (answer.status() !== 303) throw new Error(`not taken: ${answer.status()} ${await answer.text()}`);
}

async function reader(page, meeting) {
  await page.goto(office.address + meeting);
  const path = await page.getByRole("link", { name: "Bản quét hồ sơ" }).first().getAttribute("href");
  const long = Date.now() + 600_000;
  while (Date.now() < long) {
    await page.goto(office.address + path);
    if (await page.locator(".reader").count()) return path;
    await page.waitForTimeout(1000);
  }
  throw new Error("the scan was never ready");
}

// Grey pages with lines of strokes and the noise of a scanner, as JPEG of about half a megabyte.
async function scans() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const made = [];
  for (let number = 1; number <= different; number += 1) {
    const base64 = await page.evaluate(async (one) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [1654, 2339];
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#f3f1ea";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.fillStyle = "#222";
      pen.font = "34px serif";
      for (let line = 0; line < 42; line += 1) pen.fillText(`Trang ${one}, dòng ${line + 1}: hồ sơ quét của Ủy ban nhân dân phường, bản lưu`, 150, 200 + line * 48);
      const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 0; at < picture.data.length; at += 4) {
        const noise = (Math.random() - 0.5) * 16;
        for (let part = 0; part < 3; part += 1) picture.data[at + part] += noise;
      }
      pen.putImageData(picture, 0, 0);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.72));
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (let from = 0; from < bytes.length; from += 8192) text += String.fromCharCode(...bytes.subarray(from, from + 8192));
      return btoa(text);
    }, number);
    made.push(Buffer.from(base64, "base64"));
  }
  await context.close();
  return made;
}

// One picture a page; each stream is a copy of its own, filled up to the same length behind the picture's end.
function pdf(pictures) {
  const parts = [Buffer.from("%PDF-1.7\n")];
  const offsets = [];
  let length = parts[0].length;
  const add = (...pieces) => {
    offsets.push(length);
    for (const piece of [Buffer.from(`${offsets.length} 0 obj\n`), ...pieces.map((one) => Buffer.from(one)), Buffer.from("\nendobj\n")]) {
      parts.push(piece);
      length += piece.length;
    }
  };
  const kids = Array.from({ length: count }, (_, index) => `${3 + index * 3} 0 R`).join(" ");
  add("<< /Type /Catalog /Pages 2 0 R >>");
  add(`<< /Type /Pages /Count ${count} /Kids [${kids}] >>`);
  const content = "q 595 0 0 842 0 0 cm /Im Do Q";
  for (let index = 0; index < count; index += 1) {
    const picture = pictures[index % pictures.length];
    const rest = Buffer.alloc(Math.max(0, pageBytes - picture.length));
    add(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${4 + index * 3} 0 R /Resources << /XObject << /Im ${5 + index * 3} 0 R >> >> >>`);
    add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
    add(`<< /Type /XObject /Subtype /Image /Width 1654 /Height 2339 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${picture.length + rest.length} >>\nstream\n`, picture, rest, "\nendstream");
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = offsets.length + 1;
  parts.push(Buffer.from(`xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`));
  return Buffer.concat(parts);
}

async function start() {
  const port = await new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => { const { port: free } = probe.address(); probe.close(() => resolve(free)); });
  });
  const child = spawn(program, ["demo"], { env: { ...process.env, ECABINET_LISTEN: `127.0.0.1:${port}` }, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (text) => { said += text; });
  const password = await until("the sample office", () => (/password: (\S+)/.exec(said) || [])[1]);
  return { process: child, address: `http://127.0.0.1:${port}`, password };
}
