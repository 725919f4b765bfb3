// Signing with the desktop program of the Government's authority: the office's page, and a program of the tests that behaves as the
// real one is described (VGCA Sign Service): a WebSocket with a certificate of its own, a file fetched, a place and a PIN of its user,
// an upload, an answer. Run by tests/it/signing/desktop.rs, which starts the office and afterwards looks at what it has.
//   node desktop.mjs BASE PASSWORD OUT PORT ECABINET FOLDER
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import https from "node:https";
import { join } from "node:path";
import { Stage, ensure } from "./stage.mjs";

const [base, password, out, port, ecabinet, folder] = process.argv.slice(2);
const path = (name) => join(folder, name);
// The user of the real program has told the browser to trust its certificate.
const stage = new Stage({ base, password, out, flags: ["--ignore-certificate-errors"] });
let program;

async function main() {
  const secretary = await stage.signedIn("secretary");
  const { page } = secretary;
  await secretary.goto("/signing");
  await page.locator("a.sign-row__title").first().click();
  const sign = page.getByRole("button", { name: "Ký bằng VGCA Sign Service" });
  await stage.step("no program on this machine", async () => {
    await sign.click();
    await page.getByText("Không thấy VGCA Sign Service").waitFor();
    await secretary.look("desktop-absent");
  });
  program = await Program.start();
  await stage.step("its user closes the window", async () => {
    program.user = { cancels: true };
    await sign.click();
    await page.getByText("VGCA Sign Service báo chưa ký được: Người dùng đã hủy").waitFor();
  });
  await stage.step("another's token", async () => {
    program.user = { key: "other.p12", place: "1,50,90,190,85" };
    await sign.click();
    await page.getByText("Chữ ký không được tạo bằng chứng thư gắn với bạn.").first().waitFor();
    await secretary.look("desktop-refused");
  });
  await stage.step("signed, and the program tells the page nothing", async () => {
    program.user = { key: "own.p12", place: "1,50,90,190,85", isMute: true };
    await secretary.goto("/signing");
    await page.locator("a.sign-row__title").nth(1).click();
    await sign.click();
    await page.getByText("Bạn đã ký lúc").waitFor();
    await secretary.look("desktop-signed");
  });
  ensure("the program was asked to sign as a leader does", program.actions.every((action) => action === "/SignApproved"));
  await page.close();
  await stage.step("the administrator says who signs by which way", async () => {
    const admin = await stage.signedIn("admin");
    await admin.goto("/signing");
    await admin.page.getByRole("link", { name: "Cách ký của từng vai trò" }).click();
    await admin.page.getByRole("heading", { name: "Cách ký của từng vai trò" }).waitFor();
    await admin.look("desktop-policy");
    await admin.page.close();
  });
}

// The program; `user` is what the person at it does next.
class Program {
  static async start() {
    const subject = ["-subj", "/CN=127.0.0.1", "-days", "1", "-nodes", "-keyout", path("wss.key"), "-out", path("wss.pem")];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", ...subject], { stdio: "ignore" });
    const own = new Program();
    Object.assign(own, { actions: [], user: {} });
    own.server = https.createServer({ key: readFileSync(path("wss.key")), cert: readFileSync(path("wss.pem")) });
    own.server.on("upgrade", (request, socket) => own.meet(request, socket));
    await new Promise((resolve) => own.server.listen(Number(port), "127.0.0.1", resolve));
    return own;
  }

  meet(request, socket) {
    this.actions.push(request.url);
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    let received = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", async (bytes) => {
      received = Buffer.concat([received, bytes]);
      const text = textOf(received);
      if (text === null) return;
      received = Buffer.alloc(0);
      const told = await this.sign(JSON.parse(text)).catch((error) => ({ Status: 1, Message: error.message }));
      if (!this.user.isMute) socket.write(frameOf(JSON.stringify(told)));
      socket.end();
    });
  }

  async sign(asked) {
    if (this.user.cancels) return { Status: 1, Message: "Người dùng đã hủy", FileName: "", FileServer: "" };
    const file = await fetch(asked.FileName);
    writeFileSync(path("in.pdf"), Buffer.from(await file.arrayBuffer()));
    const key = ["--pkcs12", path(this.user.key), "--passphrase-env", "PASS"];
    execFileSync(ecabinet, ["sign", path("in.pdf"), "-o", path("out.pdf"), ...key, "--visible", this.user.place], { env: { ...process.env, PASS: "1234" } });
    const form = new FormData();
    form.append("uploadfile", new Blob([readFileSync(path("out.pdf"))], { type: "application/pdf" }), "van-ban.pdf");
    const taken = await (await fetch(asked.FileUploadHandler, { method: "POST", body: form })).json();
    const { Message, FileName, FileServer } = taken;
    return { Status: taken.Status ? 0 : 1, Message, FileName, FileServer, DocumentNumber: "", DocumentDate: "" };
  }
}

// The text of one whole frame from a browser (RFC 6455 §5.2): masked, below 64 KiB; null while it is not all there.
function textOf(bytes) {
  if (bytes.length < 6 || (bytes[0] & 15) !== 1) return null;
  const short = bytes[1] & 127;
  const head = short === 126 ? 4 : 2;
  const length = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < head + 4 + length) return null;
  const mask = bytes.subarray(head, head + 4);
  return Buffer.from(bytes.subarray(head + 4, head + 4 + length).map((byte, index) => byte ^ mask[index % 4])).toString();
}

function frameOf(text) {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, body]);
}

// Before the program is started, nobody answers at its port.
await stage.play(main, [`wss://127.0.0.1:${port}/`]);
if (program) program.server.close();
