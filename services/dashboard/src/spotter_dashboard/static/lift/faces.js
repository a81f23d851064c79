// The states of the page: each has a word and a shape, and a fill in the style sheet. Colour is never alone.

import { ACTIONS } from "../actions.js";

export const FACES = {
  connecting: { word: "Connecting", shape: "none" },
  waiting: { word: "Waiting", shape: "ring" },
  plan: { word: "Ready", shape: "hollow" },
  ...ACTIONS,
  lost: { word: "Signal lost", shape: "none" },
  done: { word: "Set done", shape: "circle" },
};
export const LOUD = Object.keys(ACTIONS).filter((action) => ACTIONS[action].loud);

/** Return the state: a lost signal comes before all but a set that is over. */
export function faceOf(story, signal) {
  const { set } = story;
  if (signal.state === "lost" && !set?.ended) return "lost";
  if (set === null) return signal.state === "connecting" ? "connecting" : "waiting";
  if (set.ended) return "done";
  if (set.advice.after_rep === 0 && set.advice.action === "continue") return "plan";
  return set.advice.action;
}
