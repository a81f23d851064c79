import assert from "node:assert/strict";
import { test } from "node:test";

import { browser, clock, page } from "./support.js";

const { AdviceSocket } = await page("socket.js");

/** A page's socket beside all connections that it made; timers and clock stand still until they are moved. */
function connected(t) {
  const made = [];
  class FakeWebSocket {
    static OPEN = 1;
    constructor(address, protocols) {
      Object.assign(this, { address, protocols, readyState: 0, sent: [] });
      made.push(this);
    }
    open() {
      this.readyState = 1;
      this.onopen();
    }
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.readyState = 3;
      this.onclose?.({ code: 1006 });
    }
  }
  const hand = clock(t);
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  t.mock.method(Math, "random", () => 0.5);
  browser(t, {
    WebSocket: FakeWebSocket, addEventListener: () => undefined, location: { origin: "https://gym.example" },
    document: { hidden: false, addEventListener: () => undefined },
  });
  const calls = { frames: [], up: 0, refused: 0 };
  const socket = new AdviceSocket("a b", "t", {
    frame: (frame) => calls.frames.push(frame), up: () => (calls.up += 1), refused: () => (calls.refused += 1),
  });
  socket.connect();
  const pass = (ms) => {
    hand.ms += ms;
    t.mock.timers.tick(ms);
  };
  return { socket, made, calls, pass };
}

test("it connects by wss with the athlete in the address and the token in the protocols", (t) => {
  const { made, calls } = connected(t);
  made[0].open();
  made[0].onmessage({ data: '{"type": "heartbeat"}' });

  assert.equal("wss://gym.example/v1/advice?athlete_id=a%20b&estimates=1", made[0].address);
  assert.deepEqual(["spotter.v1", "bearer.t"], made[0].protocols);
  assert.deepEqual([1, [{ type: "heartbeat" }]], [calls.up, calls.frames]);
});

test("a connection that ends is made again after half a second, then after twice that", (t) => {
  const { made, pass } = connected(t);
  made[0].open();
  made[0].close();
  pass(499);
  assert.equal(1, made.length);
  pass(1);
  assert.equal(2, made.length);

  made[1].close();
  pass(999);
  assert.equal(2, made.length);
  pass(1);
  assert.equal(3, made.length);
});

test("a connection on which nothing comes for eight seconds is given up", (t) => {
  const { made, calls, pass } = connected(t);
  made[0].open();
  for (let second = 0; second < 7; second += 1) pass(1000);
  assert.equal(1, made[0].readyState);

  pass(1000);
  assert.equal(3, made[0].readyState);
  assert.equal(0, calls.refused);
  pass(500);
  assert.equal(2, made.length);
});

test("a connection that never opened, or was closed as refused, asks whether the token is still good", (t) => {
  const { made, calls, pass } = connected(t);
  made[0].onclose({ code: 1006 });
  assert.equal(1, calls.refused);

  pass(500);
  made[1].open();
  made[1].onclose({ code: 1008 });
  assert.equal(2, calls.refused);
});

test("a message is sent on an open connection alone", (t) => {
  const { socket, made } = connected(t);
  assert.equal(false, socket.send({ type: "shown" }));
  made[0].open();

  assert.equal(true, socket.send({ type: "shown" }));
  assert.deepEqual([{ type: "shown" }], made[0].sent);
});

test("a socket that was closed by the page stays closed", (t) => {
  const { socket, made, pass } = connected(t);
  made[0].open();
  socket.close();
  pass(60_000);

  assert.equal(1, made.length);
});
