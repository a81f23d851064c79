// How the lifter is today: four taps, once a day, and where it hurts, whenever it does. 1 is bad and 5 is good.

import { offer } from "./choices.js";

const QUESTIONS = [
  ["sleep", "How did you sleep?", "Badly", "Very well"],
  ["soreness", "How sore are you?", "Very sore", "Not at all"],
  ["fatigue", "How tired are you?", "Worn out", "Fresh"],
  ["motivation", "Do you want to train?", "Not at all", "Very much"],
];
const JOINTS = ["shoulder", "elbow", "wrist", "neck", "lower_back", "hip", "knee", "ankle"];
const WORST = 10;
const element = (id) => document.getElementById(id);
const today = () => new Date().toLocaleDateString("sv"); // 2026-11-23, by this phone's days
const spelled = (joint) => joint.replace("_", " ");

export class Checkin {
  /** `say(data, words)` sends an answer as an event's data; `drawn()` is called after a change of what is shown. */
  constructor(lifter, say, drawn) {
    this.day = `spotter.lift.checkin.${lifter}`;
    this.aches = `spotter.lift.pain.${lifter}`;
    this.say = say;
    this.drawn = drawn;
    this.scores = {};
    this.asked = false; // from the menu: shown although today's is done, or a set runs
    this.painOnly = false;
    element("checkin-skip").addEventListener("click", () => this.end());
    this.question(0);
  }

  /** Whether today's check-in is still due. */
  get due() {
    return localStorage.getItem(this.day) !== today();
  }

  get hurting() {
    return JSON.parse(localStorage.getItem(this.aches) ?? "[]");
  }

  set hurting(joints) {
    localStorage.setItem(this.aches, JSON.stringify(joints));
  }

  open(painOnly) {
    this.asked = true;
    this.painOnly = painOnly;
    if (painOnly) this.pain();
    else this.question(0);
    this.drawn();
    element("checkin-title").focus();
  }

  show(is) {
    element("checkin").hidden = !is;
  }

  question(index) {
    const [name, title, bad, good] = QUESTIONS[index];
    const scores = [1, 2, 3, 4, 5].map((score) => [`${score}`, score, score === 1 ? `1, ${bad}` : score === 5 ? `5, ${good}` : `${score}`]);
    this.ask(`How are you today? ${index + 1} of ${QUESTIONS.length}`, title, scores, [bad, good], (score) => {
      this.scores[name] = score;
      if (index + 1 < QUESTIONS.length) return this.question(index + 1);
      this.say(this.scores, "how you are today");
      this.scores = {};
      localStorage.setItem(this.day, today());
      this.asked = true; // pain may still be reported
      this.pain();
    });
  }

  pain() {
    const { hurting } = this;
    const better = hurting.map((joint) => [`${spelled(joint)}: fine again`, { joint, fine: true }]);
    const joints = JOINTS.filter((joint) => !hurting.includes(joint)).map((joint) => [spelled(joint), { joint, fine: false }]);
    this.ask("", "Does something hurt?", [["Nothing", null], ...better, ...joints], ["", ""], (choice) => {
      if (choice === null) return this.end();
      if (!choice.fine) return this.howMuch(choice.joint);
      this.hurting = hurting.filter((joint) => joint !== choice.joint);
      this.tell(choice.joint, 0);
    });
    element("checkin-choices").classList.add("names");
  }

  howMuch(joint) {
    const scores = Array.from({ length: WORST }, (_, index) => [`${index + 1}`, index + 1]);
    this.ask("", `How much does the ${spelled(joint)} hurt?`, scores, ["A little", "Very badly"], (score) => {
      this.hurting = [...this.hurting, joint];
      this.tell(joint, score);
    });
  }

  tell(joint, score) {
    this.say({ pain: { [joint]: score } }, score === 0 ? `${spelled(joint)} fine again` : `${spelled(joint)} hurts`);
    this.end();
  }

  /** Close the check-in; it counts as done for today, unless only pain was asked for. */
  end() {
    if (!this.painOnly) localStorage.setItem(this.day, today());
    this.asked = false;
    this.painOnly = false;
    this.scores = {};
    this.question(0);
    this.drawn();
  }

  ask(step, title, choices, [bad, good], take) {
    const within = element("checkin").contains(document.activeElement);
    element("checkin-step").textContent = step;
    element("checkin-title").textContent = title;
    element("checkin-choices").className = "choices";
    offer(element("checkin-choices"), choices, take);
    const [left, right] = element("checkin-ends").children;
    [left.textContent, right.textContent] = [bad, good];
    element("checkin-skip").textContent = this.painOnly || step === "" ? "Close" : "Not today";
    if (within) element("checkin-title").focus(); // the button that was pressed is gone
  }
}
