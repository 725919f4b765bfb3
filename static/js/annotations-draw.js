// Draws a page's annotations as SVG in the page's own measure, so that zooming costs nothing.
const namespace = "http://www.w3.org/2000/svg";
const joined = 0.03; // words closer than this on one line are one stripe

export function make(name, attributes, parent) {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (parent) parent.appendChild(element);
  return element;
}

const digits = (number) => number.toFixed(1);

export function measure(page) {
  return { width: Number(page.getAttribute("data-width")), height: Number(page.getAttribute("data-height")) };
}

// The two empty layers of a page, made anew: colour that lets the letters through, and over it ink and notes.
export function layer(page) {
  for (const old of page.querySelectorAll("svg.annotations")) old.remove();
  const { width, height } = measure(page);
  const sheet = (name) => make("svg", { class: name, viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" }, page);
  sheet("annotations annotations--under");
  return sheet("annotations annotations--over");
}

export const layerOf = (page) => page.querySelector(".annotations--over") || layer(page);

export function polyline(points, { width, height }) {
  const pairs = [];
  for (let at = 0; at + 1 < points.length; at += 2) pairs.push(digits(points[at] * width) + "," + digits(points[at + 1] * height));
  // A dot is a line of no length; its round ends show.
  if (pairs.length === 1) pairs.push(pairs[0]);
  return pairs.join(" ");
}

export function drawOne(svg, one, size) {
  const { width, height } = size;
  const home = one.kind === "highlight" ? svg.parentNode.querySelector(".annotations--under") : svg;
  const group = make("g", { "data-annotation": one.id }, home);
  if (one.kind === "ink") make("polyline", { class: "annotation--ink", points: polyline(one.shape.points, size) }, group);
  if (one.kind === "highlight") {
    for (const [x, y, w, h] of stripes(one.shape.boxes)) {
      make("rect", { class: "annotation--highlight", x: digits(x * width), y: digits(y * height), width: digits(w * width), height: digits(h * height) }, group);
    }
  }
  if (one.kind === "note") {
    const [x, y] = one.shape.points;
    const pin = make("g", { class: "annotation--pin", transform: `translate(${digits(x * width)} ${digits(y * height)})` }, group);
    make("circle", { class: "annotation--reach", r: 20 }, pin);
    make("path", { d: "M-11 -11H11V4L4 11H-11Z" }, pin);
    make("path", { class: "annotation--lines", d: "M-6 -5H6M-6 0H6M-6 5H1" }, pin);
  }
  return group;
}

function stripes(boxes) {
  const rows = [];
  for (const [x, y, w, h] of boxes) {
    const last = rows[rows.length - 1];
    const sameLine = last && Math.abs(last[1] - y) < h / 2 && x >= last[0] && x - (last[0] + last[2]) < joined;
    if (sameLine) last[2] = Math.max(last[2], x + w - last[0]);
    else rows.push([x, y, w, h]);
  }
  return rows;
}

// True when a spot of the page, in parts, lies on an annotation.
export function isAt(one, x, y) {
  const { points = [], boxes = [] } = one.shape || {};
  if (one.kind === "highlight") return boxes.some(([bx, by, w, h]) => x >= bx && x <= bx + w && y >= by && y <= by + h);
  const reach = one.kind === "note" ? 0.03 : 0.015;
  for (let at = 0; at + 1 < points.length; at += 2) {
    const [nextX, nextY] = at + 3 < points.length ? [points[at + 2], points[at + 3]] : [points[at], points[at + 1]];
    if (near(x, y, points[at], points[at + 1], nextX, nextY) < reach) return true;
  }
  return false;
}

// How far a spot is from the line between two others.
function near(x, y, ax, ay, bx, by) {
  const long = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = long ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long)) : 0;
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}
