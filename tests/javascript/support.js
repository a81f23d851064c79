// What the tests of the lifter page's modules share: the modules themselves, and stand-ins for what a browser brings.

import { globSync, readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = join(import.meta.dirname, "..", "..");
const [LIFT] = globSync("services/dashboard/src/*/static/lift", { cwd: ROOT });

// The dashboard serves the table of actions as a module.
const TABLE = readFileSync(join(ROOT, "shared/src/spotter/domain/actions.json"), "utf8");
const ACTIONS_URL = `data:text/javascript,${encodeURIComponent(`export const ACTIONS = ${TABLE};`)}`;
registerHooks({
  resolve: (name, context, next) => (name === "../actions.js" ? { url: ACTIONS_URL, shortCircuit: true } : next(name, context)),
});

/** Import a module of the lifter page by its file name. */
export const page = (name) => import(pathToFileURL(join(ROOT, LIFT, name)));

/** Put a clock in place of performance.now, at 0 ms; `clock.ms` moves it. */
export function clock(t) {
  const hand = { ms: 0 };
  t.mock.method(performance, "now", () => hand.ms);
  return hand;
}

/** Put a browser's globals in place for one test. */
export function browser(t, globals) {
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    t.after(() => (before === undefined ? delete globalThis[name] : Object.defineProperty(globalThis, name, before)));
  }
}

/** A localStorage of its own. */
export function storage() {
  const items = new Map();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, String(value)),
    removeItem: (key) => void items.delete(key),
  };
}

/** Let everything that has been promised happen. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
