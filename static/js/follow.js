// <a data-follow href="#item-…">: the way back to the item being discussed. While that item is on the screen its reader
// follows the meeting: the link is out of the way, and the page moves along when the chair goes on. Whoever looks
// elsewhere stays there and has the link.
import { behaviour } from "./behaviour.js";

behaviour("[data-follow]", (link) => {
  let shown = link.getAttribute("href");
  let follows = true;
  const present = () => document.querySelector(link.getAttribute("href"));
  const mark = () => {
    const item = present();
    if (!item) return;
    const { top, bottom } = item.getBoundingClientRect();
    follows = bottom > 0 && top < window.innerHeight;
    link.classList.toggle("follow--idle", follows);
  };
  const moved = new MutationObserver(() => {
    // A page drawn anew brings its own classes.
    if (link.getAttribute("href") === shown) { mark(); return; }
    shown = link.getAttribute("href");
    const item = present();
    if (follows && item) item.scrollIntoView({ block: "center" });
    mark();
  });
  moved.observe(link, { attributes: true, attributeFilter: ["href", "class"] });
  window.addEventListener("scroll", mark, { passive: true });
  mark();
});
