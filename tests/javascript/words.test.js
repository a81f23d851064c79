import assert from "node:assert/strict";
import { test } from "node:test";

import { page } from "./support.js";

const { band, lastRep, named, number, plainly, units, whole } = await page("words.js");

test("reps in reserve are rounded with halves up, as the sentences of advice have them", () => {
  assert.deepEqual([1, 2, 3, 0], [0.5, 1.5, 2.6, 0.4].map(whole));
});

test("a number has two decimals at most, and one unit is one unit", () => {
  assert.deepEqual(["82.5", "80", "1.33"], [82.5, 80, 4 / 3].map(number));
  assert.equal("1 unit left this week", units(1));
  assert.equal("0.5 units left this week", units(0.5));
});

test("an exercise is a name with its first letter in upper case", () => {
  assert.equal("Single leg romanian deadlift", named("single_leg_romanian_deadlift"));
});

test("an interval whose ends round to the same number is one number; low confidence is said", () => {
  assert.equal("1–3 likely", band({ rir_low: 1.2, rir_high: 2.9, confidence: "high" }));
  assert.equal("2 likely", band({ rir_low: 1.6, rir_high: 2.4, confidence: "medium" }));
  assert.equal("0–4 roughly", band({ rir_low: 0.1, rir_high: 4.2, confidence: "low" }));
});

test("the last rep has its speed and its loss where the estimate is about that rep", () => {
  const estimate = { rep_number: 5, velocity_loss: 0.25, reference_velocity_mps: 0.6 };

  assert.equal("Rep 5 · 0.45 m/s · 25 % slower", lastRep({ after_rep: 5 }, estimate));
  assert.equal("Rep 6", lastRep({ after_rep: 6 }, estimate));
  assert.equal("Rep 6", lastRep({ after_rep: 6 }, null));
});

test("a rep without a velocity has none on the page, and the fastest rep is not slower", () => {
  const timed = { rep_number: 2, velocity_loss: null, reference_velocity_mps: null };
  const fastest = { rep_number: 2, velocity_loss: 0, reference_velocity_mps: 0.6 };

  assert.equal("Rep 2", lastRep({ after_rep: 2 }, timed));
  assert.equal("Rep 2 · 0.60 m/s", lastRep({ after_rep: 2 }, fastest));
});

test("what was not used is said in plain words, whatever it was", () => {
  assert.deepEqual(
    { what: "A rep taken back", why: "The set has no rep 9.", mend: "Send the rep first." },
    plainly({ type: "spotter.rep.voided.v1", detail: "the set has no rep 9", mend: "Send the `rep` first." }),
  );
  const [detail, mend] = ["set s1 has no rep 9: send the rep first", "Send the rep first."];
  assert.equal(null, plainly({ type: "spotter.rep.voided.v1", detail, mend }).mend);
  assert.equal("Something else", plainly({ type: "spotter.to.come.v1", detail: "x", mend: "y" }).what);
  assert.equal("Something else", plainly({ type: null, detail: "x", mend: "y" }).what);
});
