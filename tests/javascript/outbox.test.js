import assert from "node:assert/strict";
import { test } from "node:test";

import { browser, page, settled, storage } from "./support.js";

const { Outbox } = await page("outbox.js");

/** An outbox with a server that answers each request with the next of `answers`: a status by event, or an error. */
function outbox(t, answers, { token = "t", kept = storage() } = {}) {
  const calls = { sent: [], kept: [], accepted: [], refused: [], signedOut: 0 };
  t.mock.timers.enable({ apis: ["setTimeout"] });
  browser(t, {
    localStorage: kept,
    addEventListener: () => undefined,
    fetch: async (address, request) => {
      const events = JSON.parse(request.body);
      calls.sent.push(events);
      const answer = answers.shift() ?? 202;
      if (answer instanceof Error) throw answer;
      const result = answer < 400 ? { status: "accepted" } : { status: "refused", problem: { status: answer, detail: `no: ${answer}` } };
      return { status: answer === 401 ? 401 : 200, json: async () => (answer === 401 ? {} : { results: events.map(() => result) }) };
    },
  });
  const box = new Outbox("gym", "ada", token, {
    kept: (count) => calls.kept.push(count),
    accepted: (event) => calls.accepted.push(event.type),
    refused: (event, detail) => calls.refused.push(detail),
    signedOut: () => (calls.signedOut += 1),
  });
  return [box, calls];
}

test("what is accepted is gone; it went with the athlete, an id and the time of sending", async (t) => {
  const [box, calls] = outbox(t, [202]);
  const event = box.put("effort.reported", { rir: 2 });
  await settled();

  assert.deepEqual([], box.events);
  assert.deepEqual(["effort.reported"], calls.accepted);
  assert.deepEqual({ athlete_id: "ada", rir: 2 }, calls.sent[0][0].data);
  assert.equal(event.id, calls.sent[0][0].id);
  assert.match(calls.sent[0][0].senttime, /^\d{4}-.*Z$/);
});

test("where nobody answers the event is kept, and sent again with the same id after a wait that doubles", async (t) => {
  const [box, calls] = outbox(t, [new TypeError("no network"), new TypeError("no network"), 202]);
  const { id, source, time } = box.put("effort.reported", { rir: 2 });
  await settled();
  assert.deepEqual([1], calls.kept);

  t.mock.timers.tick(1999);
  await settled();
  assert.equal(1, calls.sent.length);
  t.mock.timers.tick(1);
  await settled();
  assert.equal(2, calls.sent.length);
  t.mock.timers.tick(4000);
  await settled();

  assert.equal(3, calls.sent.length);
  assert.ok(calls.sent.every(([event]) => event.id === id && event.source === source && event.time === time));
  assert.deepEqual([], box.events);
});

for (const status of [408, 425, 429, 500, 503]) {
  test(`an event that is refused with ${status} for now is kept`, async (t) => {
    const [box, calls] = outbox(t, [status]);
    box.put("effort.reported", { rir: 2 });
    await settled();

    assert.equal(1, box.events.length);
    assert.deepEqual([], calls.refused);
  });
}

test("an event that is refused for good is gone, with the server's reason", async (t) => {
  const [box, calls] = outbox(t, [422]);
  box.put("effort.reported", { rir: 99 });
  await settled();

  assert.deepEqual([], box.events);
  assert.deepEqual(["no: 422"], calls.refused);
});

test("a token that is no longer good signs the page out, and keeps the event", async (t) => {
  const [box, calls] = outbox(t, [401]);
  box.put("effort.reported", { rir: 2 });
  await settled();

  assert.equal(1, calls.signedOut);
  assert.equal(1, box.events.length);
});

test("without a token nothing is sent; after a restart with one, what was kept goes", async (t) => {
  const kept = storage();
  const [before, unsent] = outbox(t, [], { token: null, kept });
  before.put("effort.reported", { rir: 2 });
  await settled();
  assert.deepEqual([[], [1]], [unsent.sent, unsent.kept]);

  t.mock.timers.reset();
  const [after, calls] = outbox(t, [202], { kept });
  await after.flush();

  assert.deepEqual(["effort.reported"], calls.accepted);
});

test("what is said while a request runs goes with the next", async (t) => {
  const [box, calls] = outbox(t, [202, 202]);
  box.put("effort.reported", { rir: 2 });
  box.put("wellness.reported", { sleep: 3 });
  await settled();

  assert.deepEqual(["effort.reported", "wellness.reported"], calls.accepted);
  assert.deepEqual([1, 1], calls.sent.map((events) => events.length));
});

test("the newest 200 events are kept", async (t) => {
  const [box] = outbox(t, [], { token: null });
  for (let rir = 0; rir < 203; rir += 1) box.put("effort.reported", { rir });

  assert.deepEqual([200, 3, 202], [box.events.length, box.events[0].data.rir, box.events.at(-1).data.rir]);
});
