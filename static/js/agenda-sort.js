// <ol data-sortable data-sortable-url="…"> of <li data-sort-id="…"> each with <button data-sort-handle>.
// By pointer: drag the handle. By keyboard: space lifts, arrows move, space puts down, Escape puts back.
// The lifted item never leaves its place in the document; its neighbours move around it, so focus and pointer stay with it.
import { behaviour } from "./behaviour.js";
import { refresh } from "./morph.js";
import { announce, toast, words } from "./say.js";

behaviour("[data-sortable]", (list) => {
  let lifted = null;
  let before = [];
  const items = () => [...list.children].filter((one) => one.hasAttribute("data-sort-id"));
  const place = () => items().indexOf(lifted) + 1;

  function lift(item) {
    lifted = item;
    before = items();
    item.classList.add("is-lifted");
    announce(words("lifted", { n: place() }));
  }

  function step(direction) {
    const neighbour = direction < 0 ? lifted.previousElementSibling : lifted.nextElementSibling;
    if (!neighbour) return false;
    list.insertBefore(neighbour, direction < 0 ? lifted.nextElementSibling : lifted);
    number();
    announce(words("moved", { n: place(), all: items().length }));
    return true;
  }

  function number() {
    items().forEach((item, index) => {
      const shown = item.querySelector("[data-sort-number]");
      if (shown) shown.textContent = String(index + 1);
    });
  }

  function putDown() {
    const moved = items().some((item, index) => item !== before[index]);
    announce(words("dropped", { n: place() }));
    lifted.classList.remove("is-lifted");
    lifted = null;
    if (moved) save();
  }

  function putBack() {
    const item = lifted;
    item.classList.remove("is-lifted");
    lifted = null;
    const at = before.indexOf(item);
    before.slice(0, at).forEach((one) => list.insertBefore(one, item));
    before.slice(at + 1).forEach((one) => list.appendChild(one));
    number();
    announce(words("put-back"));
  }

  async function save() {
    const order = items().map((item) => item.getAttribute("data-sort-id")).join(",");
    try {
      const response = await fetch(list.getAttribute("data-sortable-url"), { method: "POST", body: new URLSearchParams({ order }), credentials: "same-origin" });
      if (!response.ok) throw new Error("refused");
    } catch {
      toast(words("failed"), "bad");
    }
    refresh(); // the numbers and times that follow from the order are the server's
  }

  list.addEventListener("keydown", (event) => {
    const handle = event.target.closest("[data-sort-handle]");
    if (!handle) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      if (lifted) putDown();
      else lift(handle.closest("[data-sort-id]"));
    } else if (lifted && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      step(event.key === "ArrowUp" ? -1 : 1);
      lifted.scrollIntoView({ block: "nearest" });
    } else if (lifted && event.key === "Escape") {
      event.preventDefault();
      putBack();
    }
  });
  // Going elsewhere by Tab or a click puts it down where it is.
  list.addEventListener("focusout", () => { if (lifted && !dragging) putDown(); });

  let dragging = false;
  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-sort-handle]");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    if (lifted) putDown();
    dragging = true;
    lift(handle.closest("[data-sort-id]"));
    document.addEventListener("pointermove", drag);
    document.addEventListener("pointerup", drop);
    document.addEventListener("pointercancel", cancel);
  });

  function drag(event) {
    const edge = 80;
    if (event.clientY < edge) window.scrollBy(0, -12);
    if (event.clientY > window.innerHeight - edge) window.scrollBy(0, 12);
    let going = true;
    while (going) {
      const up = lifted.previousElementSibling;
      const down = lifted.nextElementSibling;
      if (up && event.clientY < middle(up)) going = step(-1);
      else if (down && event.clientY > middle(down)) going = step(1);
      else going = false;
    }
  }
  function release() {
    dragging = false;
    document.removeEventListener("pointermove", drag);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", cancel);
  }
  function drop() { release(); putDown(); }
  function cancel() { release(); putBack(); }
});

function middle(element) {
  const box = element.getBoundingClientRect();
  return box.top + box.height / 2;
}
