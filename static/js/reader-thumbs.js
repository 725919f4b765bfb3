// The strip of small pages. Built when first opened; only those in view hold a picture.
import { words } from "./say.js";

const width = 160;

export function thumbnails(reader, pages, go) {
  const strip = reader.querySelector("[data-reader-thumbs]");
  if (!strip) return { toggle() {}, mark() {}, flag() {}, onlyFlagged() {} };
  const opener = reader.querySelector("[data-reader-do=thumbs]");
  let buttons = null;
  let marked = null;
  let flagged = new Set();
  let only = false;

  function build() {
    const watch = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const image = target.querySelector("img");
        if (isIntersecting && !image.getAttribute("src")) image.src = target.getAttribute("data-thumb");
        if (!isIntersecting) image.removeAttribute("src");
      }
    }, { root: strip, rootMargin: "100% 0px" });
    buttons = pages.map((page, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "thumb";
      button.setAttribute("data-thumb", page.getAttribute("data-thumb") || page.getAttribute("data-src").replace("{w}", width));
      const image = document.createElement("img");
      image.alt = "";
      image.width = width;
      image.height = Math.round((width * page.getAttribute("data-height")) / page.getAttribute("data-width"));
      const number = document.createElement("span");
      number.textContent = String(index + 1);
      button.setAttribute("aria-label", words("page-of", { n: index + 1, all: pages.length }));
      button.append(image, number);
      button.addEventListener("click", () => {
        go(index);
        if (window.innerWidth < 768) toggle(); // on a phone the strip lies over the page
      });
      strip.appendChild(button);
      watch.observe(button);
      return button;
    });
  }

  // A ribbon on the pages that hold something of the person's own; the others may be hidden.
  function showFlags() {
    if (!buttons) return;
    buttons.forEach((button, index) => {
      const is = flagged.has(index + 1);
      button.classList.toggle("thumb--flagged", is);
      button.hidden = only && !is;
      button.setAttribute("aria-label", words("page-of", { n: index + 1, all: pages.length }) + (is ? ", " + words("page-flagged") : ""));
    });
  }

  function toggle() {
    strip.hidden = !strip.hidden;
    if (opener) opener.setAttribute("aria-expanded", String(!strip.hidden));
    if (!strip.hidden && !buttons) { build(); showFlags(); }
  }

  return {
    toggle,
    flag(numbers) { flagged = numbers; showFlags(); },
    onlyFlagged(is) { only = is; showFlags(); },
    mark(index) {
      if (!buttons || strip.hidden || buttons[index] === marked) return;
      if (marked) marked.removeAttribute("aria-current");
      marked = buttons[index];
      marked.setAttribute("aria-current", "true");
      const above = marked.offsetTop < strip.scrollTop;
      const below = marked.offsetTop + marked.offsetHeight > strip.scrollTop + strip.clientHeight;
      if (above || below) strip.scrollTop = marked.offsetTop - strip.clientHeight / 3;
    },
  };
}
