// When an advice sounds: within its sound_ms, counted from receipt, once for each alert_id.

import * as sounds from "./sounds.js";

const SOUNDED = "spotter.lift.sounded"; // per tab, so that a reloaded page does not repeat it
const QUIET = "spotter.lift.quiet";
const KEPT_MAX = 100;

export class Alerts {
  constructor() {
    this.sounded = JSON.parse(sessionStorage.getItem(SOUNDED) ?? "[]");
    this.waiting = null; // {advice, until}: blocked until a tap unlocks sound
  }

  get quiet() {
    return localStorage.getItem(QUIET) === "1";
  }

  set quiet(is) {
    localStorage.setItem(QUIET, is ? "1" : "0");
  }

  /** Sound an advice received at `receivedAt` (ms of performance.now), if it is still in time. */
  take(advice, receivedAt) {
    this.waiting = null;
    if (advice.late || advice.action === "continue" || this.sounded.includes(advice.alert_id)) return;
    this.sound(advice, receivedAt + advice.sound_ms);
  }

  /** Sound what was blocked until a tap, if it is still in time. */
  retry() {
    if (this.waiting !== null) this.sound(this.waiting.advice, this.waiting.until);
  }

  /** Drop what is still blocked: the set has moved on. */
  forget() {
    this.waiting = null;
  }

  /** End what sounds: its set never was. */
  end() {
    this.forget();
    sounds.hush();
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
