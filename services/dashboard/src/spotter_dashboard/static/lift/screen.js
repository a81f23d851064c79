// Draws the one big state, the reps left with their band, the last rep, and the plan.

import { ACTIONS } from "../actions.js";
import { FACES, LOUD } from "./faces.js";
import { band, lastRep, named, number, units, whole } from "./words.js";

const SCALE_REPS = 8; // the scale ends at as many reps left
const element = (id) => document.getElementById(id);
const put = (id, text) => {
  const node = element(id);
  if (node.textContent !== text) node.textContent = text;
};

let face = null;
let announced = null; // the alert that was read out last

/** Draw the current set in the state `now`. */
export function draw(story, signal, now) {
  const stage = element("set");
  const { set } = story;
  stage.hidden = false;
  stage.dataset.face = now;
  stage.classList.toggle("emergency", now === "failing" && set.advice.emergency);
  put("word", FACES[now].word);
  element("shape").dataset.shape = FACES[now].shape;
  put("work", set === null || set.exercise === null ? "" : doing(set));
  put("sentence", sentence(story, signal, now));
  element("late").hidden = !(set?.advice.late && (now === "plan" || now in ACTIONS));
  drawNumbers(story, now);
  put("plan", set === null || now === "plan" || now === "done" ? "" : plan(set));
  announce(set, now);
  document.title = now === "waiting" ? "Spotter" : `${FACES[now].word} · Spotter`;
}

export function drawSignal(signal) {
  element("signal").dataset.state = signal.state;
  put("signal", { live: "Live", lost: "Signal lost", connecting: "Connecting" }[signal.state]);
}

function sentence({ set }, signal, now) {
  if (now === "lost") return `${signal.why} Count your own reps until it is back.`;
  if (now === "waiting") return "Your set shows here with its first rep.";
  if (now === "connecting") return "";
  if (now === "done") return "Rest well. The next set shows here by itself.";
  return set.advice.sentence;
}

const doing = ({ exercise, load_kg: load }) => [named(exercise), ...(load ? [`${number(load)} kg`] : [])].join(" · ");

function plan({ plan: text, advice }) {
  if (text) return `Plan: ${text}`;
  const goal = advice.target_rir === null ? [] : [`Stop at ${advice.target_rir} left`];
  return [...goal, units(advice.budget_left)].join(" · ");
}

const budget = ({ sentence: text, budget_left: left }) => (text.includes("left this week") ? "" : units(left)); // not twice

function drawNumbers(story, now) {
  const { set, estimate } = story;
  const goal = set?.advice.target_rir ?? null;
  const shown = now === "plan" ? goal !== null : !["waiting", "connecting", "failing"].includes(now) && set !== null && set.advice.after_rep > 0;
  element("numbers").hidden = !shown;
  if (!shown) return;
  const planned = now === "plan";
  const left = planned ? goal : estimate === null ? null : whole(estimate.rir);
  put("left", left === null ? "–" : String(left));
  put("what", planned ? (goal === 1 ? "rep to keep" : "reps to keep") : now === "done" ? "in reserve" : left === 1 ? "rep left" : "reps left");
  put("band", planned ? budget(set.advice) : estimate === null ? "not known yet" : band(estimate));
  put("last", planned ? "" : now === "lost" ? `Last heard: ${lastRep(set.advice, estimate)}` : lastRep(set.advice, estimate));
  const scale = element("scale");
  scale.hidden = planned || estimate === null;
  if (scale.hidden) return;
  const at = (reps) => 1 - Math.min(Math.max(reps, 0), SCALE_REPS) / SCALE_REPS;
  scale.style.setProperty("--from", at(estimate.rir_high));
  scale.style.setProperty("--to", at(estimate.rir_low));
  scale.style.setProperty("--now", at(estimate.rir));
  scale.style.setProperty("--goal", at(goal ?? 0));
  scale.classList.toggle("aimless", goal === null);
}

/** Announce to screen readers: a stop at once, all else politely. */
function announce(set, now) {
  const loud = LOUD.includes(now) && !set.advice.late;
  if (loud && announced !== set.advice.alert_id) {
    announced = set.advice.alert_id;
    element("alarm").textContent = ""; // so that the same words are read again
    put("alarm", `${FACES[now].word}. ${set.advice.sentence}`);
  }
  if (now === face) return;
  if (!LOUD.includes(now)) put("alarm", "");
  if (face !== null && !loud && now !== "continue") put("news", FACES[now].word);
  face = now;
}
