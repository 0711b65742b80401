// Waiting before another try: doubling, bounded, jittered, never sooner than asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pauseBefore } from "../../crates/http/assets/js/upload/backoff.js";
import { Rate } from "../../crates/http/assets/js/upload/rate.js";

test("pauses double up to half a minute and jitter over their upper half", () => {
  assert.equal(pauseBefore(0, 0, () => 1), 500);
  assert.equal(pauseBefore(3, 0, () => 1), 4000);
  assert.equal(pauseBefore(3, 0, () => 0), 2000);
  assert.equal(pauseBefore(40, 0, () => 1), 30_000);
  assert.equal(pauseBefore(0, 12, () => 1), 12_000);
});

test("the rate looks at the last seconds only", () => {
  const rate = new Rate();
  rate.note(0, 0);
  assert.equal(rate.perSecond, 0);
  rate.note(1000, 1000);
  assert.equal(rate.perSecond, 1000);
  for (let second = 2; second <= 12; second += 1) rate.note(1000 + (second - 1) * 5000, second * 1000);
  assert.equal(rate.perSecond, 5000);
});
