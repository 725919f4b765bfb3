// <input type=checkbox data-select-all="papers"> ticks every box of that name; [data-selected-count="papers"] shows how many,
// and a button[data-needs-selection="papers"] waits for at least one.
import { behaviour } from "./behaviour.js";

const boxes = (name) => [...document.querySelectorAll(`input[type=checkbox][name="${name}"]:not([disabled])`)];

function update(name) {
  const all = boxes(name);
  const ticked = all.filter((box) => box.checked).length;
  for (const one of document.querySelectorAll(`[data-select-all="${name}"]`)) {
    one.checked = ticked > 0 && ticked === all.length;
    one.indeterminate = ticked > 0 && ticked < all.length;
  }
  for (const count of document.querySelectorAll(`[data-selected-count="${name}"]`)) count.textContent = String(ticked);
  for (const button of document.querySelectorAll(`[data-needs-selection="${name}"]`)) button.disabled = ticked === 0;
}

behaviour("[data-select-all]", (master) => {
  const name = master.getAttribute("data-select-all");
  master.addEventListener("change", () => {
    for (const box of boxes(name)) box.checked = master.checked;
    update(name);
  });
  document.addEventListener("change", (event) => { if (event.target.name === name) update(name); });
  update(name);
});
