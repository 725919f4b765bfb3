// Brings what happens on the server to a page: by a stream of events, or, where no stream comes through, by asking.
// Tells `heard({ kind, id, data })` of each event, `reached()` when the server answers and `lost()` when it does not.
const patience = 4000;   // ms a stream may be silent at its start; some proxies hold it back for ever
const pace = 1500;       // ms between two questions, plus up to a third, so that many do not ask at once
const slowest = 30000;
const kinds = ["changed", "pieces", "anew", "over"];

export function openChannel(address, since, tell) {
  let stream = null;
  let silence = null;    // runs until the stream has said its first word
  let asking = null;
  let comeBack = null;
  let wait = 1000;
  let through = false;   // the stream has spoken and is not broken
  let closed = false;

  function listen() {
    stop();
    stream = new EventSource(address() + "&since=" + encodeURIComponent(since()));
    silence = setTimeout(ask, patience);
    stream.addEventListener("here", () => {
      through = true;
      clearTimeout(silence);
      clearTimeout(asking);
      asking = null;
      wait = 1000;
      tell.reached();
    });
    for (const kind of kinds) {
      stream.addEventListener(kind, (event) => tell.heard({ kind, id: event.lastEventId, data: event.data }));
    }
    stream.onerror = () => {
      through = false;
      tell.lost();
      clearTimeout(silence);
      if (!asking) silence = setTimeout(ask, patience);
      // After an answer that is not a stream the browser gives up; we do not.
      if (stream && stream.readyState === EventSource.CLOSED) {
        clearTimeout(comeBack);
        comeBack = setTimeout(listen, wait * (1 + Math.random()));
        wait = Math.min(wait * 2, slowest);
      }
    };
  }

  // A stream that comes through ends the asking.
  async function ask() {
    if (closed || through) return;
    try {
      const path = address().split("?")[0] + "/since/" + encodeURIComponent(since());
      const answer = await fetch(path, { credentials: "same-origin", cache: "no-store" });
      if (closed) return;
      if (answer.status === 204) {
        tell.reached();
      } else if (answer.ok && !answer.redirected) {
        tell.reached();
        for (const { id, event, within } of await answer.json()) tell.heard({ kind: event, id, data: within });
      } else {
        tell.heard({ kind: "over", id: "", data: "" });
      }
    } catch {
      tell.lost();
    }
    if (!closed && !through) asking = setTimeout(ask, pace * (1 + Math.random() / 3));
  }

  function stop() {
    if (stream) stream.close();
    for (const timer of [silence, asking, comeBack]) clearTimeout(timer);
    stream = null;
    asking = null;
    through = false;
  }

  listen();
  return { close() { closed = true; stop(); } };
}
