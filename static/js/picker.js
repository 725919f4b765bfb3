// <input data-filters="#tree">: hides the rows of a tree that do not hold the words typed. "dien ban" finds "Điện Bàn".
// Rows are [data-filter-row]; their branches are <details>, opened while something is looked for.
import { behaviour } from "./behaviour.js";

const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();

behaviour("[data-filters]", (input) => {
  input.addEventListener("input", () => {
    const tree = document.querySelector(input.getAttribute("data-filters"));
    if (!tree) return;
    const sought = plain(input.value).split(/\s+/).filter(Boolean);
    for (const row of tree.querySelectorAll("[data-filter-row]")) {
      const text = plain(row.textContent);
      row.hidden = !sought.every((word) => text.includes(word));
    }
    for (const branch of [...tree.querySelectorAll("details")].reverse()) {
      branch.hidden = sought.length > 0 && !branch.querySelector("[data-filter-row]:not([hidden])");
      if (sought.length) branch.open = true;
    }
  });
});
