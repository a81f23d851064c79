// After a set: how many more reps could have been done, as the lifter felt it. One tap.

import { offer } from "./choices.js";
import { named } from "./story.js";

const MOST = 5;
const SAID = "spotter.lift.felt";
const KEPT_MAX = 50;
const UNASKED = ["warmup", "technique"];

export class Felt {
  /** `say(data, words)` sends the answer as an event's data. */
  constructor(say) {
    this.box = document.getElementById("felt");
    this.about = null;
    const numbers = Array.from({ length: MOST + 1 }, (_, reps) => [
      reps === MOST ? `${reps}+` : `${reps}`, reps, reps === MOST ? `${reps} or more` : reps === 1 ? "1 more rep" : `${reps} more reps`,
    ]);
    const answer = (data, words) => {
      const { set, rep_number } = this.about;
      this.forget();
      say({ ...named(set), rep_number, ...data }, words);
    };
    offer(document.getElementById("felt-choices"), numbers, (rir) => answer({ rir }, rir === MOST ? `${rir} or more left` : `${rir} left`));
    document.getElementById("felt-failed").addEventListener("click", () => answer({ failed: true }, "a failed rep"));
    document.getElementById("felt-skip").addEventListener("click", () => this.forget());
  }

  get answered() {
    return JSON.parse(localStorage.getItem(SAID) ?? "[]");
  }

  /** Whether to ask the lifter about a set up to its last rep. */
  wants(set) {
    return set.advice.after_rep > 0 && !UNASKED.includes(set.intent) && !this.answered.includes(this.name(set));
  }

  show(set) {
    this.about = { name: this.name(set), set, rep_number: set.advice.after_rep };
    this.box.hidden = false;
  }

  hide() {
    this.box.hidden = true;
  }

  /** Ask no more about this set, unless it goes on. */
  forget() {
    localStorage.setItem(SAID, JSON.stringify([...this.answered, this.about.name].slice(-KEPT_MAX)));
    this.hide();
  }

  name(set) {
    return `${set.key} ${set.advice.after_rep}`;
  }
}
