// [data-token]: signs the documents of [data-token-line] with the token of this machine. The agent here asks for the PIN on a page
// of its own; what passes through this page is hashes and signatures. Each signature goes to the office before the next is made.
import { behaviour } from "./behaviour.js";
import { wordsOf } from "./say.js";

const kept = "ecabinet-agent";

function pairing() {
  try {
    return JSON.parse(localStorage.getItem(kept)) || {};
  } catch {
    return {};
  }
}

// Without storage the pairing lasts as long as the page.
function keep(agent) {
  try {
    localStorage.setItem(kept, JSON.stringify(agent));
  } catch { /* said above */ }
}

async function post(path, fields) {
  const answer = await fetch(path, { method: "POST", body: fields, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

behaviour("[data-token]", (element) => {
  const find = (name) => element.querySelector(`[data-token-${name}]`);
  const words = wordsOf(element);
  const [start, form, pin, said] = ["start", "pairing", "pin", "said"].map(find);
  let agent = pairing();
  let work = null;

  const say = (key, values) => { said.textContent = words(key, values); };
  const line = (step) => document.querySelector(`[data-token-line="${step}"] [data-token-outcome]`);
  const mark = (step, text, good) => {
    const place = line(step);
    if (!place) return;
    place.hidden = false;
    place.textContent = text;
    place.setAttribute("data-outcome", good ? "signed" : "left");
  };

  function end(key, values) {
    if (!work) return;
    for (const act of work.acts.values()) if (!act.over) mark(act.step, words("rest"), false);
    const { done } = work;
    work.socket.close();
    work = null;
    pin.hidden = true;
    start.hidden = false;
    start.disabled = false;
    say(key, values);
    if (done > 0) element.dispatchEvent(new CustomEvent("signed", { bubbles: true }));
  }

  function ask(message) {
    work.socket.send(JSON.stringify(message));
  }

  function sign() {
    const documents = [...work.acts.values()].map(({ id, title, message, algorithm }) => ({ id, title, message, algorithm }));
    ask({ ask: "sign", secret: agent.secret || "", certificate: work.certificate, documents });
  }

  async function signed({ id, value }) {
    const own = work;
    const act = own.acts.get(id);
    if (!act) return;
    act.over = true;
    try {
      const outcome = await post(`${element.getAttribute("data-token")}/${id}/values`, new URLSearchParams({ value }));
      mark(act.step, outcome.words, outcome.is_signed);
      own.done += outcome.is_signed ? 1 : 0;
    } catch {
      act.over = false;
      if (work === own) end("server");
      return;
    }
    if (work !== own) return;
    say("progress", { done: own.done, count: own.acts.size });
    ask({ ask: "taken" });
  }

  function heard(told) {
    if (told.told === "paired") {
      agent = { ...agent, secret: told.secret };
      keep(agent);
      form.hidden = true;
      sign();
    } else if (told.told === "refused" && (told.why === "not-paired" || told.why === "code")) {
      form.hidden = false;
      say(told.why);
      form.elements.code.focus();
    } else if (told.told === "refused") {
      end("device");
    } else if (told.told === "pin") {
      // Only our own machine: a link of anyone else must not pass for the agent's page.
      if (!told.page.startsWith(`http://127.0.0.1:${agent.port}/sign/`)) return end("device");
      pin.querySelector("a").href = told.page;
      pin.hidden = false;
      say("pin", { count: work.acts.size });
      pin.querySelector("a").focus();
    } else if (told.told === "signed") {
      pin.hidden = true;
      signed(told);
    } else if (told.told === "failed") {
      const act = work.acts.get(told.id);
      if (act) mark(act.step, words("rest"), false);
      if (act) act.over = true;
      work.why = told.why;
    } else if (told.told === "done") {
      end(work.why || "done", { done: work.done, count: work.acts.size });
    }
  }

  function connect() {
    const socket = new WebSocket(`ws://127.0.0.1:${agent.port || 8989}/link`);
    work.socket = socket;
    let opened = false;
    socket.addEventListener("open", () => { opened = true; sign(); });
    socket.addEventListener("message", (event) => { if (work && work.socket === socket) heard(JSON.parse(event.data)); });
    socket.addEventListener("close", () => {
      if (!work || work.socket !== socket) return;
      if (!opened) form.hidden = false;
      end(opened ? "lost" : "absent");
    });
  }

  async function begin() {
    start.disabled = true;
    say("connecting");
    const fields = new URLSearchParams();
    for (const one of document.querySelectorAll("[data-token-line]")) {
      const outcome = one.querySelector("[data-token-outcome]");
      if (!outcome || outcome.getAttribute("data-outcome") !== "signed") fields.append("step", one.getAttribute("data-token-line"));
    }
    try {
      const batch = await post(element.getAttribute("data-token"), fields);
      for (const refused of batch.refused) mark(refused.step, refused.why, false);
      if (!batch.acts.length) {
        start.disabled = false;
        return say("rest");
      }
      agent.port = agent.port || Number(form.elements.port.value);
      work = { acts: new Map(batch.acts.map((act) => [act.id, act])), certificate: batch.certificate, done: 0, why: null };
      connect();
    } catch {
      start.disabled = false;
      say("server");
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const port = Number(form.elements.port.value);
    const code = form.elements.code.value.trim();
    if (work && agent.port === port) return ask({ ask: "pair", code });
    agent = { ...agent, port };
    keep(agent);
    begin();
  });
  start.addEventListener("click", begin);
  start.hidden = false;
});
