// <details data-menu> closes when one presses elsewhere or Escape; opening and closing itself needs no script.
// The list of places opened by #menu closes by Escape too.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  }
  if (location.hash === "#menu") location.hash = "main";
});
