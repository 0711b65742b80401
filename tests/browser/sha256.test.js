// The page's own SHA-256 against Node's, at every length around a block and in odd pieces.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { Sha256 } from "../../crates/http/assets/js/upload/sha256.js";

const expected = (bytes) => createHash("sha256").update(bytes).digest("hex");

test("every length from nothing to four blocks", () => {
  for (let length = 0; length <= 256; length += 1) {
    const bytes = randomBytes(length);
    assert.equal(new Sha256().update(bytes).hex(), expected(bytes), `${length} bytes`);
  }
});

test("the same whatever pieces it comes in", () => {
  const bytes = randomBytes(1_000_003);
  const sha256 = new Sha256();
  for (let from = 0, step = 1; from < bytes.length; from += step, step = (step * 7 + 3) % 5000) sha256.update(bytes.subarray(from, from + step));
  assert.equal(sha256.hex(), expected(bytes));
});
