// Clocks that run between two answers of the server.
//   <time data-counts-down="2026-11-23T09:45:00+07:00" data-now="…">   rest, then overtime with a minus
//   <time data-counts-up="…" data-now="…">                             time since
//   <time data-wall-clock data-now="…">                                hh:mm
// data-now is the server's time when it wrote the page: a tablet whose clock is wrong still counts right.
import { behaviour } from "./behaviour.js";

const two = (number) => String(number).padStart(2, "0");

function spell(seconds) {
  const whole = Math.abs(Math.trunc(seconds));
  const hours = Math.floor(whole / 3600);
  const rest = two(Math.floor(whole / 60) % 60) + ":" + two(whole % 60);
  return (seconds < 0 ? "−" : "") + (hours ? hours + ":" : "") + rest;
}

behaviour("[data-counts-down], [data-counts-up], [data-wall-clock]", (element) => {
  let heard = null;
  let ahead = 0;
  const tick = () => {
    if (!element.isConnected) return clearInterval(timer);
    const said = element.getAttribute("data-now");
    if (said !== heard) { heard = said; ahead = said ? Date.parse(said) - Date.now() : 0; }
    const now = Date.now() + ahead;
    const end = element.getAttribute("data-counts-down");
    const start = element.getAttribute("data-counts-up");
    let text;
    if (end) {
      const left = (Date.parse(end) - now) / 1000;
      text = spell(left);
      element.classList.toggle("clock--short", left >= 0 && left < 60);
      element.classList.toggle("clock--late", left < 0);
    } else if (start) {
      text = spell((now - Date.parse(start)) / 1000);
    } else {
      const time = new Date(now);
      text = two(time.getHours()) + ":" + two(time.getMinutes());
    }
    if (element.textContent !== text) element.textContent = text;
    return undefined;
  };
  const timer = setInterval(tick, 500);
  tick();
});
