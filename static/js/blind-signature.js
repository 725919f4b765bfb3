// Blind signatures: the voter's side of RFC 9474, variant RSABSSA-SHA384-PSS-Deterministic.
// The server signs a number it cannot read; taken out of its blinding, it is a signature nobody can trace to the asking.
// BigInt(…) and no literals, and nothing at load: a browser without BigInt must still run the rest of the script.
// SHA-384 is written out, since browsers lend theirs to pages over TLS only.

const hashBytes = 48;
const big = (value) => BigInt(value);

export const canBlind = () => typeof BigInt === "function" && !!(window.crypto && window.crypto.getRandomValues);

export const toHex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
export const fromHex = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));

function random(length) {
  const bytes = new Uint8Array(length);
  crypto.getRandomValues(bytes);
  return bytes;
}

// Characters of a receipt code: none that is read as another. 256 is a multiple of 32, so each is equally likely.
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
export const freshCode = () => [...random(20)].map((byte) => letters[byte & 31]).join("");

const number = (bytes) => big("0x" + (toHex(bytes) || "0"));
const bytes = (value, length) => fromHex(value.toString(16).padStart(2 * length, "0"));
const joined = (...parts) => Uint8Array.from(parts.reduce((all, part) => all.concat([...part]), []));

function power(base, exponent, modulus) {
  let [result, square] = [big(1), base % modulus];
  for (let left = exponent; left > 0; left >>= 1) {
    if (left & 1) result = result * square % modulus;
    square = square * square % modulus;
  }
  return result;
}

// Euclid's algorithm; null when there is no inverse.
function inverse(value, modulus) {
  let [a, b, x, y] = [modulus, value % modulus, big(0), big(1)];
  while (b > big(0)) {
    const times = a / b;
    [a, b] = [b, a - times * b];
    [x, y] = [y, x - times * y];
  }
  if (a !== big(1)) return null;
  return x < big(0) ? x + modulus : x;
}

// 64 bits after the point of the square or cube root of a prime: what the constants of SHA-2 are.
function rootBits(prime, degree) {
  const wanted = big(prime) << big(64 * degree);
  let root = big(0);
  for (let bit = 67; bit >= 0; bit -= 1) {
    const tried = root | (big(1) << big(bit));
    if ((degree === 2 ? tried * tried : tried * tried * tried) <= wanted) root = tried;
  }
  return BigInt.asUintN(64, root);
}

let tables = null;

function constants() {
  if (tables) return tables;
  const primes = [];
  for (let next = 2; primes.length < 80; next += 1) {
    if (primes.every((prime) => next % prime)) primes.push(next);
  }
  tables = { rounds: primes.map((prime) => rootBits(prime, 3)), start: primes.slice(8, 16).map((prime) => rootBits(prime, 2)) };
  return tables;
}

const word = (value) => BigInt.asUintN(64, value);
const turned = (value, by) => word((value >> big(by)) | (value << big(64 - by)));
const mixed = (value, one, two, three) => turned(value, one) ^ turned(value, two) ^ three;

function compress(state, block) {
  const schedule = [];
  for (let at = 0; at < 16; at += 1) schedule.push(number(block.subarray(8 * at, 8 * at + 8)));
  for (let at = 16; at < 80; at += 1) {
    const [old, late] = [schedule[at - 15], schedule[at - 2]];
    const small = mixed(old, 1, 8, old >> big(7)) + mixed(late, 19, 61, late >> big(6));
    schedule.push(word(schedule[at - 16] + schedule[at - 7] + small));
  }
  let [a, b, c, d, e, f, g, h] = state;
  constants().rounds.forEach((constant, at) => {
    const choice = (e & f) ^ (word(~e) & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const first = h + mixed(e, 14, 18, turned(e, 41)) + choice + constant + schedule[at];
    const second = mixed(a, 28, 34, turned(a, 39)) + majority;
    [h, g, f, e, d, c, b, a] = [g, f, e, word(d + first), c, b, a, word(first + second)];
  });
  return [a, b, c, d, e, f, g, h].map((value, at) => word(value + state[at]));
}

export function sha384(message) {
  const zeros = (256 - (message.length + 17) % 128) % 128;
  const padded = joined(message, [0x80], new Uint8Array(zeros), bytes(big(8 * message.length), 16));
  let state = constants().start;
  for (let at = 0; at < padded.length; at += 128) state = compress(state, padded.subarray(at, at + 128));
  return joined(...state.slice(0, 6).map((value) => bytes(value, 8)));
}

// EMSA-PSS (RFC 8017, 9.1.1) with MGF1, both over SHA-384.
function encoded(message, salt, modulus) {
  const bits = modulus.toString(2).length - 1;
  const length = Math.ceil(bits / 8);
  const digest = sha384(joined(new Uint8Array(8), sha384(message), salt));
  const data = joined(new Uint8Array(length - salt.length - hashBytes - 2), [1], salt);
  let mask = [];
  for (let count = 0; mask.length < data.length; count += 1) mask = mask.concat([...sha384(joined(digest, [0, 0, 0, count]))]);
  const masked = data.map((byte, at) => byte ^ mask[at]);
  masked[0] &= 0xff >> (8 * length - bits);
  return number(joined(masked, digest, [0xbc]));
}

const exponent = 65537;
const sizeOf = (modulus) => modulus.toString(16).length / 2;

// Blinds a message. `fixed` replaces the random parts by those of a published example.
export function blind(modulusHex, message, fixed = {}) {
  const modulus = big("0x" + modulusHex);
  let factor = fixed.unblinder ? inverse(big("0x" + fixed.unblinder), modulus) : null;
  let unblinder = factor && big("0x" + fixed.unblinder);
  while (!unblinder) {
    // 64 bits more than the modulus: what the remainder favours cannot be noticed.
    factor = number(random(sizeOf(modulus) + 8)) % modulus;
    unblinder = inverse(factor, modulus);
  }
  const wanted = encoded(message, fixed.salt ? fromHex(fixed.salt) : random(hashBytes), modulus);
  const blinded = wanted * power(factor, exponent, modulus) % modulus;
  const hex = (value) => toHex(bytes(value, sizeOf(modulus)));
  return { blinded: hex(blinded), unblinder: hex(unblinder), wanted: hex(wanted) };
}

// Takes the signature out of its blinding; null when it is not one over what was blinded.
export function unblind(modulusHex, { unblinder, wanted }, blindSignature) {
  const modulus = big("0x" + modulusHex);
  const signature = big("0x" + blindSignature) * big("0x" + unblinder) % modulus;
  if (power(signature, exponent, modulus) !== big("0x" + wanted)) return null;
  return toHex(bytes(signature, sizeOf(modulus)));
}
