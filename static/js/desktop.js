// [data-desktop]: signs the document of this page with the desktop program of the Government's authority (VGCA Sign Service) on this
// machine. The page only tells it where the file is and where it goes; the program fetches it, asks its user for the place and the PIN,
// and brings it to the office itself. So the office is asked how far it came, whatever the program says or does not say.
import { behaviour } from "./behaviour.js";
import { wordsOf } from "./say.js";

const pause = 2000;

behaviour("[data-desktop]", (element) => {
  const words = wordsOf(element);
  const start = element.querySelector("[data-desktop-start]");
  const said = element.querySelector("[data-desktop-said]");
  let work = null;

  const say = (key, values) => { said.textContent = words(key, values); };

  function end(key, values) {
    if (work) clearTimeout(work.timer);
    work = null;
    start.disabled = false;
    say(key, values);
  }

  // True while there is something to wait for.
  async function look(own) {
    const answer = await fetch(own.state, { credentials: "same-origin", headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const { state, refused } = await answer.json();
    if (work !== own) return false;
    if (state === "accepted") {
      end("accepted");
      location.reload();
    } else if (refused) {
      end("refused", { why: refused });
    } else if (state === "over") {
      end("over");
    } else {
      return true;
    }
    return false;
  }

  // A look that fails is made again: the network may be back at the next.
  async function watch(own) {
    const goesOn = await look(own).catch(() => true);
    if (!goesOn || work !== own) return;
    if (Date.now() > own.until) return end("over");
    own.timer = setTimeout(() => watch(own), pause);
  }

  // What the program tells is its own word: the office knows better, and is asked first.
  async function heard(own, text) {
    let told = {};
    try {
      told = JSON.parse(text) || {};
    } catch { /* it speaks of something else */ }
    const goesOn = await look(own).catch(() => true);
    if (!goesOn || work !== own) return;
    const failed = told.Status !== undefined && told.Status !== 0 && told.Status !== true;
    if (failed) end("told", { why: told.Message || "" });
  }

  function connect(own, request) {
    const socket = new WebSocket(`wss://127.0.0.1:${element.getAttribute("data-desktop-port")}/SignApproved`);
    let opened = false;
    socket.addEventListener("open", () => {
      opened = true;
      socket.send(JSON.stringify(request));
      if (work !== own) return;
      say("waiting");
      watch(own);
    });
    socket.addEventListener("message", (event) => { if (work === own) heard(own, event.data); });
    socket.addEventListener("close", () => { if (work === own && !opened) end("absent"); });
  }

  start.addEventListener("click", async () => {
    start.disabled = true;
    say("connecting");
    try {
      const answer = await fetch(element.getAttribute("data-desktop"), { method: "POST", credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { offer, why } = await answer.json();
      if (!offer) return end("refused", { why });
      work = { state: offer.state_url, until: Date.now() + offer.seconds * 1000, timer: null };
      connect(work, offer.request);
    } catch {
      end("server");
    }
  });
  start.hidden = false;
});
