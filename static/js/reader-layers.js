// What lies over a page's image: the words, invisible but selectable and read aloud, and the marks of what was found.
// Both are SVG in the page's own measure, so zooming costs nothing and no style attribute is needed.
const namespace = "http://www.w3.org/2000/svg";
const remembered = 40; // pages of words kept in memory

function make(name, attributes) {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export function pageLayers(reader) {
  const textUrl = reader.getAttribute("data-text-url");
  const texts = new Map();
  const marks = new Map(); // page number → boxes
  let here = null;         // [page number, index of the box one stands at]
  const present = new Set();

  async function textOf(number) {
    if (!texts.has(number)) {
      if (texts.size >= remembered) texts.delete(texts.keys().next().value);
      const url = new URL(textUrl, location.href);
      url.searchParams.set("page", number);
      texts.set(number, fetch(url.href, { credentials: "same-origin" }).then((response) => (response.ok ? response.json() : { words: [] })).catch(() => {
        texts.delete(number); // asked again when the page comes back
        return { words: [] };
      }));
    }
    return texts.get(number);
  }

  async function drawWords(page) {
    if (!textUrl || page.querySelector(".sheet-page__words")) return;
    const width = Number(page.getAttribute("data-width"));
    const height = Number(page.getAttribute("data-height"));
    const text = await textOf(page.getAttribute("data-page"));
    if (!present.has(page) || page.querySelector(".sheet-page__words") || !text.words.length) return;
    const svg = make("svg", { class: "sheet-page__words", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" });
    for (const word of text.words) {
      const line = make("text", {
        x: (word.x * width).toFixed(1),
        y: ((word.y + word.h * 0.8) * height).toFixed(1),
        "font-size": (word.h * height).toFixed(1),
        textLength: (word.w * width).toFixed(1),
        lengthAdjust: "spacingAndGlyphs",
      });
      line.textContent = word.t + " ";
      svg.appendChild(line);
    }
    page.appendChild(svg);
  }

  function drawMarks(page) {
    const old = page.querySelector(".sheet-page__hits");
    if (old) old.remove();
    const number = Number(page.getAttribute("data-page"));
    const boxes = marks.get(number);
    if (!boxes) return;
    const svg = make("svg", { class: "sheet-page__hits", viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" });
    for (const { box: [x, y, width, height], hit } of boxes) {
      const rect = make("rect", { x, y, width, height });
      if (here === hit) rect.setAttribute("class", "is-here");
      svg.appendChild(rect);
    }
    page.appendChild(svg);
  }

  return {
    wordsOf: textOf,
    show(page) {
      present.add(page);
      drawMarks(page);
      drawWords(page);
    },
    hide(page) {
      present.delete(page);
      for (const svg of page.querySelectorAll("svg")) svg.remove();
    },
    // hits: [{page, boxes}]
    mark(hits) {
      marks.clear();
      here = null;
      hits.forEach((hit) => {
        const list = marks.get(hit.page) || [];
        for (const box of hit.boxes || []) list.push({ box, hit });
        marks.set(hit.page, list);
      });
      present.forEach(drawMarks);
    },
    standAt(hit) {
      here = hit;
      present.forEach(drawMarks);
    },
  };
}
