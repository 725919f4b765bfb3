// Makes the pictures of the installed application from mark.svg: a rounded square under strokes of straight lines.
// Nothing else of SVG is understood here; the mark needs no more.
import { readFileSync, writeFileSync } from "node:fs";
import zlib from "node:zlib";

const svg = readFileSync("mark.svg", "utf8");
const ground = colour(/<rect[^>]*fill="(#[0-9a-f]{6})"/.exec(svg)[1]);
const corner = Number(/rx="([\d.]+)"/.exec(svg)[1]);
const half = Number(/stroke-width="([\d.]+)"/.exec(svg)[1]) / 2;
const lines = [...svg.matchAll(/ d="([^"]+)"/g)].flatMap(([, path]) => segments(path));
const samples = 4; // a side; the edge of a stroke is that smooth
const unit = 32;

function colour(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function segments(path) {
  const found = [];
  let [x, y] = [0, 0];
  let first = null;
  for (const [, command, rest] of path.matchAll(/([MmLlHhVvz])([^MmLlHhVvz]*)/g)) {
    const numbers = (rest.match(/-?\d*\.?\d+/g) || []).map(Number);
    const go = (nx, ny) => { found.push([x, y, nx, ny]); [x, y] = [nx, ny]; };
    if (command === "M") { [x, y] = numbers; first = [x, y]; }
    else if (command === "z") go(...first);
    else if (/[Hh]/.test(command)) go(command === "h" ? x + numbers[0] : numbers[0], y);
    else if (/[Vv]/.test(command)) go(x, command === "v" ? y + numbers[0] : numbers[0]);
    else for (let at = 0; at + 1 < numbers.length; at += 2) go(command === "l" ? x + numbers[at] : numbers[at], command === "l" ? y + numbers[at + 1] : numbers[at + 1]);
  }
  return found;
}

function isStroke(x, y) {
  return lines.some(([ax, ay, bx, by]) => {
    const long = (bx - ax) ** 2 + (by - ay) ** 2;
    const along = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long));
    return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) <= half;
  });
}

function isGround(x, y) {
  const [dx, dy] = [x, y].map((one) => Math.max(corner - one, one - (unit - corner), 0));
  return Math.hypot(dx, dy) <= corner;
}

// `full`: without round corners and with more room, for systems that cut their own shape out.
function pixels(size, full) {
  const bytes = Buffer.alloc(size * (size * 4 + 1));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      let [ink, paper] = [0, 0];
      for (let at = 0; at < samples * samples; at += 1) {
        let x = ((column + ((at % samples) + 0.5) / samples) / size) * unit;
        let y = ((row + (Math.floor(at / samples) + 0.5) / samples) / size) * unit;
        if (full) [x, y] = [x, y].map((one) => (one - unit / 2) * 1.3 + unit / 2);
        if (isStroke(x, y)) ink += 1;
        else if (full || isGround(x, y)) paper += 1;
      }
      const all = ink + paper;
      const place = row * (size * 4 + 1) + 1 + column * 4;
      ground.forEach((part, index) => { bytes[place + index] = all ? Math.round((part * paper + 255 * ink) / all) : 0; });
      bytes[place + 3] = Math.round((255 * all) / samples ** 2);
    }
  }
  return bytes;
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc(named));
  return Buffer.concat([length, named, check]);
}

// Node before 22.2 has no crc32.
function crc(bytes) {
  if (zlib.crc32) return zlib.crc32(bytes);
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}

function png(size, full) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(pixels(size, full))), chunk("IEND", Buffer.alloc(0))]);
}

for (const [name, size, full] of [["icon-180", 180, true], ["icon-192", 192, false], ["icon-512", 512, false], ["icon-512-full", 512, true]]) {
  writeFileSync(`dist/${name}.png`, png(size, full));
}
