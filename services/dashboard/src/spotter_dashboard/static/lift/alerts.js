// When an advice sounds: within its sound_ms, counted from receipt, once for each alert_id.

import * as sounds from "./sounds.js";

const SOUNDED = "spotter.lift.sounded"; // in this tab, so that a page that is loaded again doesn't say it again
const QUIET = "spotter.lift.quiet";
const KEPT_MAX = 100;

export class Alerts {
  constructor() {
    this.sounded = JSON.parse(sessionStorage.getItem(SOUNDED) ?? "[]");
    this.waiting = null; // {advice, until}: it could not sound yet, no tap has unlocked it
  }

  get quiet() {
    return localStorage.getItem(QUIET) === "1";
  }

  set quiet(is) {
    localStorage.setItem(QUIET, is ? "1" : "0");
  }

  /** Sound an advice that came at `receivedAt` (ms of performance.now), if it still may. */
  take(advice, receivedAt) {
    this.waiting = null;
    if (advice.late || advice.action === "continue" || this.sounded.includes(advice.alert_id)) return;
    this.sound(advice, receivedAt + advice.sound_ms);
  }

  /** A tap has made sound possible: what could not be heard until now may be in time. */
  retry() {
    if (this.waiting !== null) this.sound(this.waiting.advice, this.waiting.until);
  }

  /** The set goes another way: nothing waits any more. */
  forget() {
    this.waiting = null;
  }

  sound(advice, until) {
    this.waiting = null;
    const leftMs = until - performance.now();
    if (leftMs <= 0) return;
    const felt = sounds.vibrate(advice.haptic);
    if (this.quiet) return this.remember(advice);
    if (!sounds.unlocked()) {
      this.waiting = { advice: felt ? { ...advice, haptic: "none" } : advice, until };
      return;
    }
    sounds.tones(advice.action);
    sounds.speak(advice.speech, leftMs);
    this.remember(advice);
  }

  remember({ alert_id }) {
    this.sounded = [...this.sounded, alert_id].slice(-KEPT_MAX);
    sessionStorage.setItem(SOUNDED, JSON.stringify(this.sounded));
  }
}
