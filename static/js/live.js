// Keeps a page in step with the meeting: <main data-live="/meetings/…/events">.
// The stream only says "something changed"; what changed is fetched as the person's own page, with the person's own rights.
import { behaviour } from "./behaviour.js";
import { refresh } from "./morph.js";
import { alarm, announce, icon, words } from "./say.js";

const gather = 20;       // ms; events of one transaction arrive together and cost one fetch
const patience = 3000;   // ms without a stream before the person is told
const slowest = 30000;

behaviour("[data-live]", (element) => {
  let stream = null;
  let wait = 1000;
  let soon = null;
  let lostTimer = null;
  let lost = false;

  const changed = () => {
    if (!soon) soon = setTimeout(() => { soon = null; refresh(); }, gather);
  };

  function open() {
    if (stream) stream.close();
    stream = new EventSource(element.getAttribute("data-live"));
    let first = true;
    stream.onopen = () => {
      wait = 1000;
      clearTimeout(lostTimer);
      lostTimer = null;
      if (lost) {
        lost = false;
        hideOffline();
        announce(words("online"));
        changed();
      } else if (!first) {
        changed(); // the browser reconnected by itself: something may have been missed
      }
      first = false;
    };
    stream.onmessage = changed;
    stream.onerror = () => {
      if (!lostTimer && !lost) lostTimer = setTimeout(() => { lost = true; showOffline(); }, patience);
      // After an answer that is not a stream the browser gives up; we do not.
      if (stream.readyState === EventSource.CLOSED) {
        setTimeout(() => { if (element.isConnected) open(); }, wait);
        wait = Math.min(wait * 2, slowest);
      }
    };
  }

  // Tablets put streams of hidden pages to sleep without telling.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !element.isConnected) return;
    changed();
    if (!stream || stream.readyState === EventSource.CLOSED) open();
  });
  window.addEventListener("pagehide", () => { if (stream) stream.close(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) { open(); changed(); } });
  open();
});

function showOffline() {
  if (document.getElementById("offline")) return;
  const banner = document.createElement("div");
  banner.id = "offline";
  banner.className = "banner banner--offline";
  const text = document.createElement("span");
  text.textContent = words("offline");
  banner.append(icon("warn"), text);
  document.body.insertBefore(banner, document.querySelector(".frame"));
  alarm(text.textContent);
}

function hideOffline() {
  const banner = document.getElementById("offline");
  if (banner) banner.remove();
}
