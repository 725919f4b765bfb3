// <button data-insert="text-7" data-text="…">: puts a sentence into the field of that id, where the cursor last stood.
document.addEventListener("click", (event) => {
  const button = event.target.closest ? event.target.closest("[data-insert]") : null;
  if (!button) return;
  const area = document.getElementById(button.getAttribute("data-insert"));
  if (!area) return;
  const text = button.getAttribute("data-text");
  const at = area.selectionEnd;
  const before = area.value.slice(0, at);
  const gap = before && !/\s$/.test(before) ? "\n" : "";
  area.value = before + gap + text + area.value.slice(at);
  area.selectionStart = area.selectionEnd = at + gap.length + text.length;
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
});
