// The set that is shown, with its newest advice and estimates, from the frames. Pure: no page, no clock.

import { LOUD } from "./faces.js";

const SETS_KEPT = 4;

/** How an event names a set: by its key, which is never used twice, and by its id, where it was sent with one. */
export const named = ({ key, id }) => ({ set_key: key, ...(id === null || id === undefined ? {} : { set_id: id }) });

export class Story {
  constructor() {
    this.set = null; // {key, id, at, advice, reps, ended, plan, intent, exercise, load_kg}
    this.before = null; // the set that was shown before it: it is back where the shown one never was
    this.estimates = new Map(); // set key → Map(rep number → estimate)
  }

  /** Add an advice; returns "new", "again" (a repeat), "past" (not in force now) or "withdrawn" (the shown set never was). */
  advised(event) {
    const advice = event.data;
    if (advice.withdrawn === true) return this.withdrawn(advice.set_key);
    const at = Date.parse(event.time);
    const set = this.set;
    if (advice.after_rep === 0 && set?.key === advice.set_key) set.plan = advice.sentence;
    if (set === null || set.key !== advice.set_key) {
      if (set !== null && advice.late && at <= set.at) return "past"; // a correction of an old set
      this.before = set;
      this.set = { key: advice.set_key, id: advice.set_id, at, advice, reps: new Set([advice.after_rep]), ended: false, plan: advice.after_rep === 0 ? advice.sentence : null, intent: null, exercise: null, load_kg: null };
      return "new";
    }
    if (advice.alert_id === set.advice.alert_id) return "again";
    const last = Math.max(...set.reps);
    const corrected = advice.after_rep > 0 && set.reps.has(advice.after_rep);
    if (advice.after_rep < set.advice.after_rep && !corrected) return "past"; // a rep that came late, an amended plan
    const latched = LOUD.includes(set.advice.action) && !LOUD.includes(advice.action);
    if (advice.late && !corrected && (latched || at < set.at)) return "past"; // only a correction takes a stop back
    if (advice.after_rep === set.advice.after_rep && advice.revision < set.advice.revision) return "past";
    if (advice.after_rep > last || !advice.late) set.ended = false; // the set goes on
    set.reps.add(advice.after_rep);
    set.advice = advice;
    set.at = Math.max(set.at, at);
    return "new";
  }

  /** Add an estimate: the highest revision of each rep counts, under the number that the rep has now. */
  estimated(estimate) {
    const reps = this.estimates.get(estimate.set_key) ?? new Map();
    const existing = reps.get(estimate.rep_number);
    for (const [number, other] of reps) {
      const renumbered = other.rep_event_id !== undefined && other.rep_event_id === estimate.rep_event_id && number !== estimate.rep_number;
      if (renumbered && other.revision <= estimate.revision) reps.delete(number);
    }
    const ofAnother = existing !== undefined && existing.rep_event_id !== estimate.rep_event_id; // revisions count for each rep
    if (existing === undefined || ofAnother || existing.revision <= estimate.revision) reps.set(estimate.rep_number, estimate);
    this.estimates.delete(estimate.set_key);
    this.estimates.set(estimate.set_key, reps);
    if (this.estimates.size > SETS_KEPT) this.estimates.delete(this.estimates.keys().next().value);
  }

  /** Forget a set that was voided, or is a second recording of another one. */
  withdrawn(key) {
    this.estimates.delete(key);
    if (this.before?.key === key) this.before = null;
    if (this.set?.key !== key) return "past";
    this.set = this.before;
    this.before = null;
    return "withdrawn";
  }

  /** Add what the history knows of the set: its context, and whether it has ended. */
  listed(listing) {
    if (this.set === null || listing.set_key !== this.set.key) return;
    this.set.intent = listing.intent;
    this.set.exercise = listing.exercise;
    this.set.load_kg = listing.load_kg;
    if (listing.state === "ended") this.set.ended = true;
  }

  /** Mark the set as ended by the lifter. */
  finished() {
    if (this.set !== null) this.set.ended = true;
  }

  /** The estimate after the rep that the advice is about, else the newest before it; null where there is none. */
  get estimate() {
    if (this.set === null) return null;
    const upTo = this.set.advice.after_rep;
    let newest = null;
    for (const estimate of this.estimates.get(this.set.key)?.values() ?? []) {
      const fits = estimate.rep_number <= upTo;
      if (fits && (newest === null || estimate.rep_number > newest.rep_number)) newest = estimate;
    }
    return newest;
  }
}
