// Keeps a page in step with the meeting: <main data-live="/meetings/…/events" data-moment="…">.
// An event either brings the elements that everybody sees alike, or only says that something changed; then the person's own
// page is fetched, with the person's own rights. data-live-pieces: this page holds the elements that may be brought.
import { behaviour } from "./behaviour.js";
import { openChannel } from "./channel.js";
import { refresh, showPieces } from "./morph.js";
import { hideOffline, showOffline } from "./reach.js";

const gather = 20;       // ms; events of one act arrive together and cost one fetch
const pause = 250;       // ms between two fetches, so that a burst of events costs a few
const patience = 3000;   // ms without the server before the person is told
const slowest = 30000;

behaviour("[data-live]", (element) => {
  let channel = null;
  let heardUpTo = "";    // the last event that this page has taken in, or will by the fetch under way
  let needed = "";       // the last signal: a page older than it is not what was asked for
  let lostTimer = null;
  let fetchTimer = null;
  let fetchAt = 0;
  let fetchedAt = 0;
  let failures = 0;

  const address = () => element.getAttribute("data-live") + "?" + (element.hasAttribute("data-live-pieces") ? "pieces=yes" : "");
  // The page itself may be newer than the last event: it was fetched since.
  const since = () => later(heardUpTo, element.getAttribute("data-moment") || "");

  function heard({ kind, id, data }) {
    if (kind === "over") return over();
    if (id && !isAfter(id, since())) return undefined;
    // A page that cannot take the elements in asks for itself.
    if (kind === "pieces" && showPieces(data)) {
      heardUpTo = id;
      return undefined;
    }
    heardUpTo = id;
    needed = id;
    return fetchSoon(Math.random() * (Number(data) || 0));
  }

  // The server states over what time all the screens spread their asking; each takes its own moment in it.
  function fetchSoon(wait) {
    const now = Date.now();
    const at = Math.max(now + Math.max(wait, gather), fetchedAt + pause);
    if (fetchTimer && fetchAt <= at) return;
    clearTimeout(fetchTimer);
    fetchAt = at;
    fetchTimer = setTimeout(fetchNow, at - now);
  }

  async function fetchNow() {
    fetchTimer = null;
    // Out of reach, a page kept on the device may have answered.
    const done = (await refresh()) && !isOlder(element.getAttribute("data-moment") || "", needed);
    fetchedAt = Date.now();
    failures = done ? 0 : failures + 1;
    // What was heard must not be lost because one fetch failed.
    if (!done && element.isConnected && !document.hidden) fetchSoon(Math.min(1000 * 2 ** failures, slowest) * (0.5 + Math.random()));
  }

  // The server ended the stream: signed out, or no longer invited. The page finds out which.
  function over() {
    close();
    refresh().then(() => setTimeout(() => { if (!document.hidden) open(); }, patience));
  }

  function reached() {
    clearTimeout(lostTimer);
    lostTimer = null;
    hideOffline();
    if (failures) fetchSoon(0);
  }

  function lost() {
    if (!lostTimer) lostTimer = setTimeout(showOffline, patience);
  }

  function open() {
    if (!channel && element.isConnected) channel = openChannel(address, since, { heard, reached, lost });
  }

  function close() {
    if (channel) channel.close();
    channel = null;
  }

  // A hidden page needs no stream, and tablets put it to sleep without telling. On waking it goes on where it was.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return close();
    if (failures) fetchSoon(0);
    return open();
  });
  window.addEventListener("offline", lost);
  window.addEventListener("online", () => { if (!document.hidden) { close(); open(); } });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  open();
});

// A moment is NODE-NUMBER. Of different nodes the server decides; here the event counts as new.
function isAfter(one, other) {
  const [node, number] = one.split("-");
  const [otherNode, otherNumber] = other.split("-");
  return node !== otherNode || Number(number) > Number(otherNumber);
}

const isOlder = (page, event) => page.split("-")[0] === event.split("-")[0] && isAfter(event, page);

function later(event, page) {
  if (!event) return page;
  return event.split("-")[0] === page.split("-")[0] && isAfter(event, page) ? event : page;
}
