// The voter's side of blind signatures, against the published example and against other code.
//   node tests/browser/blind-signature.mjs
// With a modulus and a text: prints what to have signed, reads the blind signature from its input, prints the signature.
import assert from "node:assert/strict";
import { createHash, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { blind, freshCode, fromHex, sha384, toHex, unblind } from "../../static/js/blind-signature.js";

if (!globalThis.crypto) globalThis.crypto = webcrypto;
const [modulus, text] = process.argv.slice(2);
if (modulus) vote();
else example();

function example() {
  for (const length of [0, 1, 3, 111, 112, 127, 128, 129, 240, 1000]) {
    const message = Uint8Array.from({ length }, (_, at) => (at * 7) & 255);
    assert.equal(toHex(sha384(message)), createHash("sha384").update(message).digest("hex"), `SHA-384 of ${length} bytes`);
  }
  const rfc = JSON.parse(readFileSync(new URL("../fixtures/rfc9474.json", import.meta.url)));
  const n = (BigInt("0x" + rfc.p) * BigInt("0x" + rfc.q)).toString(16);
  const made = blind(n, fromHex(rfc.message), rfc);
  assert.equal(made.blinded, rfc.blinded, "the blinded message of RFC 9474");
  const unblinded = (value) => unblind(n, made, value);
  const factor = BigInt("0x" + rfc.signature) * inverseOf(BigInt("0x" + rfc.unblinder), BigInt("0x" + n)) % BigInt("0x" + n);
  assert.equal(unblinded(factor.toString(16)), rfc.signature, "the signature of RFC 9474");
  assert.equal(unblinded("02"), null, "a number that is no signature");
  assert.match(freshCode(), /^[0-9A-HJKMNP-TV-Z]{20}$/);
  assert.notEqual(freshCode(), freshCode());
}

function inverseOf(value, modulus) {
  let [a, b, x, y] = [modulus, value, 0n, 1n];
  while (b) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return (x + modulus) % modulus;
}

function vote() {
  const made = blind(modulus, new TextEncoder().encode(text));
  console.log(made.blinded);
  const signature = unblind(modulus, made, readFileSync(0, "utf8").trim());
  assert.ok(signature, "what came back is no signature over what was sent");
  console.log(signature);
}
