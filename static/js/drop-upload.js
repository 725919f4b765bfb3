// [data-drop] with data-drop-url: files dropped on it, or chosen with the input inside it, are uploaded one by one as field
// `file`. A file let go over [data-drop-item="id"] attaches to that item (field `item`). The list [data-drop-list] shows
// how far each is and, if refused, why; it has data-keep so that a refresh does not wipe the reasons away.
import { behaviour } from "./behaviour.js";
import { refresh } from "./morph.js";
import { alarm, announce, words } from "./say.js";
import { upload } from "./upload.js";

const atOnce = 1; // the agenda has them in the order they were dropped, and more would only share the same weak line

behaviour("[data-drop]", (region) => {
  const list = region.querySelector("[data-drop-list]");
  const queue = [];
  let running = 0;
  let over = null;

  function add(files, item) {
    for (const file of files) queue.push({ file, item, row: row(file) });
    while (running < atOnce && queue.length) work();
  }

  async function work() {
    const { file, item, row: shown } = queue.shift();
    running += 1;
    const fields = [["file", file]];
    if (item) fields.unshift(["item", item]); // before the file: a server that streams knows where it goes
    const result = await upload(region.getAttribute("data-drop-url"), fields, (part) => shown.progress(part));
    shown.done(result.ok, result.sentence);
    running -= 1;
    if (queue.length) work();
    else if (!running) refresh();
  }

  function row(file) {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.className = "uploads__name";
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const said = document.createElement("span");
    said.className = "uploads__said";
    said.textContent = words("uploading");
    line.append(name, bar, said);
    if (list) list.appendChild(line);
    return {
      progress(part) { bar.value = part; },
      done(ok, sentence) {
        bar.remove();
        said.textContent = ok ? words("uploaded") : sentence || words("upload-failed");
        line.classList.add(ok ? "is-done" : "is-refused");
        (ok ? announce : alarm)(`${file.name}: ${said.textContent}`);
      },
    };
  }

  region.addEventListener("change", (event) => {
    if (event.target.type !== "file" || !event.target.hasAttribute("data-drop-input")) return;
    const holder = event.target.closest("[data-drop-item]");
    add([...event.target.files], holder && holder.getAttribute("data-drop-item"));
    event.target.value = "";
  });

  function mark(target) {
    if (over && over !== target) over.classList.remove("is-over");
    over = target;
    if (over) over.classList.add("is-over");
  }
  const carriesFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  const under = (event) => event.target.closest("[data-drop-item]") || region.querySelector("[data-drop-zone]") || region;

  region.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    mark(under(event));
  });
  region.addEventListener("dragleave", (event) => { if (!region.contains(event.relatedTarget)) mark(null); });
  region.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const target = under(event);
    mark(null);
    add([...event.dataTransfer.files], target.getAttribute("data-drop-item"));
  });
});

// A file let go beside the region must not make the browser leave the page for it.
for (const name of ["dragover", "drop"]) {
  window.addEventListener(name, (event) => { if (document.querySelector("[data-drop], [data-verify-drop]")) event.preventDefault(); });
}
