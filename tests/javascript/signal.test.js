import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, page } from "./support.js";

const { Signal } = await page("signal.js");

test("a page that was just opened connects, and is live from the first heartbeat on", (t) => {
  clock(t);
  const signal = new Signal();

  assert.equal("connecting", signal.state);
  signal.beat({ age_ms: 0 });
  assert.equal("live", signal.state);
});

test("the signal is lost after more than five seconds without a heartbeat, and back with the next", (t) => {
  const hand = clock(t);
  const signal = new Signal();
  signal.beat({ age_ms: 0 });

  hand.ms = 5000;
  assert.equal("live", signal.state);
  hand.ms = 7400;
  assert.equal("lost", signal.state);
  assert.equal("Nothing heard for 7 s.", signal.why);
  signal.beat({ age_ms: 0 });
  assert.equal("live", signal.state);
});

test("the signal is lost where the host is more than five seconds behind, although it beats", (t) => {
  clock(t);
  const signal = new Signal();
  signal.beat({ age_ms: 6200 });

  assert.equal("lost", signal.state);
  assert.equal("Advice is 6 s behind.", signal.why);
});
