import assert from "node:assert/strict";
import { test } from "node:test";

import { page } from "./support.js";

const { FACES, LOUD, faceOf } = await page("faces.js");

const running = (action, after_rep = 3) => ({ set: { ended: false, advice: { action, after_rep } } });
const over = { set: { ended: true, advice: { action: "stop", after_rep: 3 } } };

test("every face that can be named has a word and a shape, and none shares both with another", () => {
  assert.equal(Object.keys(FACES).length, new Set(Object.values(FACES).map(({ word, shape }) => `${word} ${shape}`)).size);
  assert.ok(LOUD.every((action) => action in FACES));
});

test("each action has the word and the shape of the table, and only a stop is loud", () => {
  assert.deepEqual([["Go on", "triangle"], ["One more", "diamond"], ["Stop", "square"], ["Failing now", "square"]],
    ["continue", "one_more", "stop", "failing"].map((action) => [FACES[action].word, FACES[action].shape]));
  assert.deepEqual(["stop", "failing"], LOUD);
});

test("not hearing comes before what was advised, but not before a set that is over", () => {
  assert.equal("lost", faceOf(running("stop"), { state: "lost" }));
  assert.equal("lost", faceOf({ set: null }, { state: "lost" }));
  assert.equal("done", faceOf(over, { state: "lost" }));
});

test("without a set the page waits, or still connects", () => {
  assert.equal("connecting", faceOf({ set: null }, { state: "connecting" }));
  assert.equal("waiting", faceOf({ set: null }, { state: "live" }));
});

test("advice before the first rep is the plan, unless it asks for more than going on", () => {
  assert.equal("plan", faceOf(running("continue", 0), { state: "live" }));
  assert.equal("stop", faceOf(running("stop", 0), { state: "live" }));
  assert.equal("continue", faceOf(running("continue"), { state: "live" }));
});
