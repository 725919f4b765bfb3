// A message from the office to a person's own browser: asked for on the page, sealed by the service, opened with the device's keys
// by node's crypto and no code of ours, handed to the real service worker, shown, and clicked.
//
// Chromium's own push service is on the internet, so two things are stood in for: what `pushManager.subscribe` gives (an address
// of the small server below, and keys made here), and the way from the push service to the worker, which DevTools takes. A click
// on a notification cannot be made from outside either: the worker is told of one, and the window it would open is written down.
// ECABINET_PUSH_PORT names the port that the demo reaches as "push.example" (remote_hosts); without it the step is left out.
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { createServer } from "node:http";
import { ensure, phone, until } from "./stage.mjs";
import { giveTask } from "./tasks.mjs";

const title = "Kiểm tra phòng cháy chợ An Hải Đông";

export async function push(stage) {
  const port = Number(process.env.ECABINET_PUSH_PORT);
  if (!port) {
    console.log("left out: ECABINET_PUSH_PORT names no port for a push service of the test");
    return;
  }
  const service = new PushService();
  await service.listen(port);
  try {
    const device = new Device(`http://push.example/devices/${randomBytes(6).toString("hex")}`);
    const head = await stage.step("a person wants to be told on this device", () => subscribe(stage, device));
    const link = await stage.step("a task is given to the person's unit", () => giveTask(stage, title, 5));
    const message = await stage.step("the push service gets what only the device can read", () => received(service, device, link));
    await stage.step("the device shows it, once, and it leads to the task", () => shown(head, message, link));
    await head.context.close();
  } finally {
    service.close();
  }
}

// What stands between the office and the device: it keeps what is posted, and can read none of it.
class PushService {
  constructor() {
    this.posts = [];
    this.server = createServer((request, answer) => {
      const parts = [];
      request.on("data", (part) => parts.push(part));
      request.on("end", () => {
        this.posts.push({ path: request.url, headers: request.headers, body: Buffer.concat(parts) });
        answer.writeHead(201).end();
      });
    });
  }

  listen(port) {
    return new Promise((resolve, reject) => this.server.once("error", reject).listen(port, "127.0.0.1", resolve));
  }

  close() {
    this.server.close();
  }
}

// The keys of one device, and what they open (RFC 8291 over RFC 8188).
class Device {
  constructor(endpoint) {
    this.endpoint = endpoint;
    this.keys = createECDH("prime256v1");
    this.keys.generateKeys();
    this.secret = randomBytes(16);
  }

  subscription() {
    return { endpoint: this.endpoint, keys: { p256dh: this.keys.getPublicKey("base64url"), auth: this.secret.toString("base64url") } };
  }

  open(body) {
    const [salt, length] = [body.subarray(0, 16), body[20]];
    const [sender, sealed] = [body.subarray(21, 21 + length), body.subarray(21 + length)];
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), this.keys.getPublicKey(), sender]);
    const material = derive(this.keys.computeSecret(sender), this.secret, info, 32);
    const key = derive(material, salt, "Content-Encoding: aes128gcm\0", 16);
    const opening = createDecipheriv("aes-128-gcm", key, derive(material, salt, "Content-Encoding: nonce\0", 12));
    opening.setAuthTag(sealed.subarray(-16));
    const text = Buffer.concat([opening.update(sealed.subarray(0, -16)), opening.final()]);
    ensure("the record ends as the last one does", text.at(-1) === 2);
    return text.subarray(0, -1).toString();
  }
}

const derive = (material, salt, info, length) => Buffer.from(hkdfSync("sha256", material, salt, info, length));

async function subscribe(stage, device) {
  const head = await stage.signedIn("truongphong", { size: phone, touch: true });
  const { context, page } = head;
  await context.grantPermissions(["notifications"], { origin: stage.base });
  await context.addInitScript((made) => {
    PushManager.prototype.subscribe = async (options) => {
      const asked = { visible: options.userVisibleOnly, key: Array.from(options.applicationServerKey) };
      sessionStorage.setItem("push-asked", JSON.stringify(asked));
      return { endpoint: made.endpoint, toJSON: () => made };
    };
  }, device.subscription());
  await head.goto("/notices/wishes");
  await page.locator("[data-push-on]").click();
  await page.getByText(/đang nhận thông báo: .?1/).waitFor();
  await head.look("push-device");
  const asked = await page.evaluate(() => JSON.parse(sessionStorage.getItem("push-asked")));
  ensure("the page asks for messages that are shown, from the office alone", asked.visible && asked.key.length === 65 && asked.key[0] === 4);
  device.sender = Buffer.from(asked.key);
  return head;
}

async function received(service, device, link) {
  const ours = ({ path }) => device.endpoint.endsWith(path);
  const messages = () => service.posts.filter(ours).map(({ body }) => device.open(body));
  const text = await until("the message arrives", async () => messages().find((one) => JSON.parse(one).link === link));
  const post = service.posts.filter(ours).find(({ body }) => device.open(body) === text);
  ensure("nothing of it can be read on the way", !post.body.includes("An Hải") && !post.body.includes(link));
  vouched(post.headers.authorization, device.sender);
  ensure("the message names the task", JSON.parse(text).title.includes(title));
  ensure("one that is sent again takes the place of the first", post.headers.topic === JSON.parse(text).id);
  return text;
}

// The word that it comes from the office whose key the page gave the browser (RFC 8292).
function vouched(authorization, sender) {
  const [, token, key] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization);
  ensure("it is the key that the browser was given", Buffer.from(key, "base64url").equals(sender));
  const point = { kty: "EC", crv: "P-256", x: sender.subarray(1, 33).toString("base64url"), y: sender.subarray(33).toString("base64url") };
  const [head, claims, signature] = token.split(".");
  const signed = verify("sha256", Buffer.from(`${head}.${claims}`), { key: createPublicKey({ key: point, format: "jwk" }), dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
  ensure("the office's word holds", signed);
  ensure("it is for this push service", JSON.parse(Buffer.from(claims, "base64url")).aud === "http://push.example");
}

async function shown(head, message, link) {
  const { context, page } = head;
  const tools = await context.newCDPSession(page);
  const registrations = new Map();
  tools.on("ServiceWorker.workerRegistrationUpdated", (told) => {
    for (const { registrationId, scopeURL, isDeleted } of told.registrations) if (!isDeleted) registrations.set(scopeURL, registrationId);
  });
  await tools.send("ServiceWorker.enable");
  const origin = new URL(page.url()).origin;
  const registrationId = await until("the worker is known", async () => registrations.get(`${origin}/`));
  const notices = () => page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/");
    return (await registration.getNotifications()).map(({ title, tag, data }) => ({ title, tag, link: data.link }));
  });
  for (let times = 0; times < 2; times += 1) await tools.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data: message });
  await until("it is shown", async () => (await notices()).length > 0);
  const [first, ...more] = await notices();
  ensure("what comes twice is shown once", more.length === 0 && first.tag === JSON.parse(message).id);
  ensure("it says what the office said", first.title === JSON.parse(message).title && first.link === link);
  const worker = await until("the worker runs", async () => context.serviceWorkers().find((one) => one.url().startsWith(origin)));
  const opened = await worker.evaluate(async () => {
    const windows = [];
    self.clients.openWindow = async (address) => windows.push(address);
    const [notification] = await self.registration.getNotifications();
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
    return windows;
  });
  ensure("a click opens the task, here", opened.length === 1 && opened[0] === `${origin}${link}`);
  await until("what was clicked is gone", async () => (await notices()).length === 0);
  await page.goto(opened[0]);
  await page.getByRole("heading", { name: title }).waitFor();
  await head.look("push-opened");
}
