import assert from "node:assert/strict";
import { test } from "node:test";

import { page } from "./support.js";

const { Story, named } = await page("story.js");

let alerts = 0;

/** An advice as the gateway sends it: after a rep of the set "s", in time. */
const advice = (after_rep, changes = {}, time = `2026-03-01T10:00:${String(after_rep).padStart(2, "0")}Z`) => ({
  time,
  data: {
    set_key: "s", set_id: "id", after_rep, action: "continue", late: false, revision: 1, sentence: `After ${after_rep}.`,
    alert_id: `a${++alerts}`, ...changes,
  },
});

const shown = (...events) => {
  const story = new Story();
  return [story, ...events.map((event) => story.advised(event))];
};

test("advice after each rep is new, and the plan's sentence stays", () => {
  const [story, ...kinds] = shown(advice(0), advice(1), advice(2));

  assert.deepEqual(["new", "new", "new"], kinds);
  assert.equal(2, story.set.advice.after_rep);
  assert.equal("After 0.", story.set.plan);
});

test("the same alert sent once more is not new", () => {
  const stop = advice(3, { action: "stop" });
  const [, ...kinds] = shown(stop, stop);

  assert.deepEqual(["new", "again"], kinds);
});

test("advice after an earlier rep than what holds is past, unless it corrects a rep that had advice", () => {
  const [story, ...kinds] = shown(advice(1), advice(4), advice(2), advice(1, { revision: 2, action: "stop" }));

  assert.deepEqual(["new", "new", "past", "new"], kinds);
  assert.equal("stop", story.set.advice.action);
});

test("an older revision after the same rep is past", () => {
  const [story, ...kinds] = shown(advice(3, { revision: 2 }), advice(3, { revision: 1 }));

  assert.deepEqual(["new", "past"], kinds);
  assert.equal(2, story.set.advice.revision);
});

test("late advice takes a stop back only where it corrects the rep that the stop was about", () => {
  const [story, ...kinds] = shown(advice(3, { action: "stop" }), advice(4, { late: true }), advice(3, { late: true, revision: 2 }));

  assert.deepEqual(["new", "past", "new"], kinds);
  assert.equal("continue", story.set.advice.action);
});

test("another set takes the page over, but late advice about an older set does not", () => {
  const old = advice(9, { set_key: "old", late: true }, "2026-03-01T09:00:00Z");
  const [story, ...kinds] = shown(advice(1), old, advice(0, { set_key: "next" }, "2026-03-01T10:05:00Z"));

  assert.deepEqual(["new", "past", "new"], kinds);
  assert.equal("next", story.set.key);
});

test("a set that ended goes on with the next rep's advice", () => {
  const [story] = shown(advice(1));
  story.finished();
  assert.equal(true, story.set.ended);

  story.advised(advice(2));
  assert.equal(false, story.set.ended);
});

test("the history says what is lifted and whether the set ended, of the set that is shown alone", () => {
  const [story] = shown(advice(1));
  story.listed({ set_key: "other", intent: "test", exercise: "deadlift", load_kg: 1, state: "ended" });
  assert.equal(null, story.set.exercise);

  story.listed({ set_key: "s", intent: "work", exercise: "back_squat", load_kg: 100, state: "ended" });
  assert.deepEqual(["work", "back_squat", 100, true], [story.set.intent, story.set.exercise, story.set.load_kg, story.set.ended]);
});

test("the estimate is that of the rep of the advice, else of the newest rep before it, by its highest revision", () => {
  const [story] = shown(advice(3));
  assert.equal(null, story.estimate);
  for (const [rep_number, revision, rir] of [[2, 1, 4], [2, 2, 3.5], [2, 1, 9], [4, 1, 1]]) {
    story.estimated({ set_key: "s", rep_number, revision, rir });
  }

  assert.equal(3.5, story.estimate.rir);
  story.estimated({ set_key: "s", rep_number: 3, revision: 1, rir: 2 });
  assert.equal(2, story.estimate.rir);
});

test("estimates of the four newest sets are kept", () => {
  const story = new Story();
  for (const set_key of ["a", "b", "c", "d", "a", "e"]) story.estimated({ set_key, rep_number: 1, revision: 1 });

  assert.deepEqual(["c", "d", "a", "e"], [...story.estimates.keys()]);
});

test("a set that never was gives way to the one that was shown before it", () => {
  const [story, ...kinds] = shown(advice(3), advice(1, { set_key: "watch" }), advice(1, { set_key: "watch", withdrawn: true, late: true }));

  assert.deepEqual(["new", "new", "withdrawn"], kinds);
  assert.equal("s", story.set.key);
});

test("the only set that was shown is gone once it is withdrawn, with its estimates", () => {
  const [story] = shown(advice(3, { action: "stop" }));
  story.estimated({ set_key: "s", rep_number: 3, revision: 1, rir: 0 });

  assert.equal("withdrawn", story.advised(advice(3, { withdrawn: true, late: true })));
  assert.deepEqual([null, null], [story.set, story.estimate]);
});

test("an advice on another set that is withdrawn changes nothing, and never takes the page over", () => {
  const [story, ...kinds] = shown(advice(3), advice(1, { set_key: "old", withdrawn: true, late: true }));

  assert.deepEqual(["new", "past"], kinds);
  assert.equal("s", story.set.key);
  assert.equal("past", new Story().advised(advice(1, { withdrawn: true, late: true })));
});

test("an estimate counts under the number that its rep has now", () => {
  const [story] = shown(advice(2));
  story.estimated({ set_key: "s", rep_number: 2, rep_event_id: "a", revision: 5, rir: 6 });
  story.estimated({ set_key: "s", rep_number: 1, rep_event_id: "a", revision: 6, rir: 7 });
  story.estimated({ set_key: "s", rep_number: 2, rep_event_id: "b", revision: 1, rir: 3 });

  assert.equal(3, story.estimate.rir);
  assert.deepEqual([7, 3], [1, 2].map((number) => story.estimates.get("s").get(number).rir));
});

test("an event names its set by key, and by its id where it has one", () => {
  assert.deepEqual({ set_key: "s", set_id: "id" }, named({ key: "s", id: "id" }));
  assert.deepEqual({ set_key: "s" }, named({ key: "s", id: undefined }));
});
