import assert from "node:assert/strict";
import { test } from "node:test";

import { browser, page } from "./support.js";

const { offer } = await page("choices.js");

test("each choice is a button with its label, its spoken words where there are some, and its value on a tap", (t) => {
  const created = () => ({ attributes: {}, setAttribute(name, value) { this.attributes[name] = value; }, addEventListener(name, act) { this[`on ${name}`] = act; } });
  browser(t, { document: { createElement: created } });
  const box = { replaceChildren(...buttons) { this.buttons = buttons; } };
  const taken = [];
  offer(box, [["0", 0, "no more reps"], ["fine", { fine: true }]], (value) => taken.push(value));
  box.buttons.forEach((button) => button["on click"]());

  assert.deepEqual(["0", "fine"], box.buttons.map((button) => button.textContent));
  assert.deepEqual([{ "aria-label": "no more reps" }, {}], box.buttons.map((button) => button.attributes));
  assert.deepEqual([0, { fine: true }], taken);
});
