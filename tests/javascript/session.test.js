import assert from "node:assert/strict";
import { test } from "node:test";

import { browser, page, storage } from "./support.js";

const { askSession, chosen, read, remember } = await page("session.js");

const answering = (status, body = {}) => ({ fetch: async () => ({ status, ok: status < 400, json: async () => body }) });

test("who is signed in comes with the answer; without a session the page is out, without an answer away", async (t) => {
  browser(t, answering(200, { token: "t", gym_id: "gym", athletes: ["ada"] }));
  assert.deepEqual({ state: "in", token: "t", gym_id: "gym", athletes: ["ada"] }, await askSession());

  for (const [status, state] of [[401, "out"], [403, "out"], [503, "away"]]) {
    browser(t, answering(status));
    assert.deepEqual({ state }, await askSession());
  }
  browser(t, { fetch: async () => { throw new TypeError("no network"); } });
  assert.deepEqual({ state: "away" }, await askSession());
});

test("the history answers null where it can't be read", async (t) => {
  browser(t, answering(200, { sets: [] }));
  assert.deepEqual({ sets: [] }, await read("t", "/v1/sets"));
  browser(t, answering(404));
  assert.equal(null, await read("t", "/v1/sets"));
});

test("a token for one lifter shows that lifter, whatever the address asks for", (t) => {
  browser(t, { location: { search: "?athlete_id=bob" }, localStorage: storage() });

  assert.equal("ada", chosen({ gym_id: "gym", athletes: ["ada"] }));
});

test("of several lifters the one asked for is shown, else the one of last time in this gym, and no other", (t) => {
  const several = { gym_id: "gym", athletes: ["ada", "bob"] };
  browser(t, { location: { search: "" }, localStorage: storage() });
  assert.equal(null, chosen(several));
  remember({ gym_id: "gym", athlete_id: "bob" });
  assert.equal("bob", chosen(several));
  assert.equal(null, chosen({ ...several, gym_id: "another" }));

  browser(t, { location: { search: "?athlete_id=ada" } });
  assert.equal("ada", chosen(several));
  browser(t, { location: { search: "?athlete_id=eve" } });
  assert.equal(null, chosen(several));
  assert.equal("eve", chosen({ gym_id: "gym", athletes: [] })); // a token for the whole gym
});
