// Numbers and names as a lifter reads them.

export const whole = (rir) => Math.floor(rir + 0.5); // halves go up, as in the sentences of advice

export const number = (value) => String(Math.round(value * 100) / 100);

export const units = (value) => `${number(value)} ${value === 1 ? "unit" : "units"} left this week`;

export function named(exercise) {
  const words = exercise.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function band({ rir_low, rir_high, confidence }) {
  const [from, to] = [whole(rir_low), whole(rir_high)];
  return `${from === to ? from : `${from}–${to}`} ${confidence === "low" ? "roughly" : "likely"}`;
}

/** Describe the last rep: its number, its speed where known, how much slower than the fastest. */
export function lastRep(advice, estimate) {
  const parts = [`Rep ${advice.after_rep}`];
  if (estimate?.rep_number === advice.after_rep) {
    const { velocity_loss: loss, reference_velocity_mps: reference } = estimate;
    if (loss !== null && loss !== undefined && reference) parts.push(`${(reference * (1 - loss)).toFixed(2)} m/s`);
    if (loss > 0.005) parts.push(`${Math.round(100 * loss)} % slower`);
  }
  return parts.join(" · ");
}

const SENT = {
  "set.started": "The start of a set", "set.ended": "The end of a set", "set.amended": "A correction of a set",
  "set.voided": "A set taken back", "set.moved": "A set moved to somebody else", "rep.started": "The start of a rep",
  "rep.completed": "A rep", "rep.amended": "A correction of a rep", "rep.voided": "A rep taken back",
  "motion.sampled": "Motion of the bar", "effort.reported": "How hard a set was", "wellness.reported": "A check-in",
  "session.started": "The start of a session", "budget.granted": "More units for a week",
};

/** Describe an event that changed nothing: what it was, why it was not used, and what to do; null where that is said. */
export function plainly({ type, detail, mend }) {
  const kind = (type ?? "").replace(/^spotter\./, "").replace(/\.v\d+$/, "");
  const [why, remedy] = [sentence(detail), sentence(mend.replaceAll("`", ""))];
  return { what: SENT[kind] ?? "Something else", why, mend: why.toLowerCase().endsWith(remedy.toLowerCase()) ? null : remedy };
}

function sentence(text) {
  const trimmed = text.trim();
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? "" : "."}`;
}
