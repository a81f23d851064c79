// The lifter's page: receives frames, draws, sounds and acknowledges the state, sends answers.

import { Alerts } from "./alerts.js";
import { stayAwake } from "./awake.js";
import { Checkin } from "./checkin.js";
import { choose } from "./choose.js";
import { LOUD, faceOf } from "./faces.js";
import { Felt } from "./felt.js";
import { menu } from "./menu.js";
import { Outbox } from "./outbox.js";
import { Rejected } from "./rejected.js";
import { draw, drawSignal } from "./screen.js";
import { askSession, chosen, leave, read, remember, remembered, signOut } from "./session.js";
import { Signal } from "./signal.js";
import { AdviceSocket } from "./socket.js";
import * as sounds from "./sounds.js";
import { Story, named } from "./story.js";

const ADVICE = "spotter.advice.given.v1";
const ESTIMATE = "spotter.effort.estimated.v1";
const ACKNOWLEDGED = "spotter.advice.acknowledged.v1";
const LOUD_MS = 10_000; // after a stop nothing else is asked for this long
const RESTING_MS = 20_000; // this long after a rep the set is probably over: ask, but keep the state
const LOOK_MS = 3000; // interval of asking the history whether the set has ended, while no rep comes
const LOOK_FIRST_MS = 700; // the history may lag behind the first rep
const SESSION_RETRY_MS = 3000;
const NOTE_MS = 4000;
const element = (id) => document.getElementById(id);

class Page {
  constructor(gym, athlete, several) {
    this.athlete = athlete;
    this.token = null;
    this.story = new Story();
    this.signal = new Signal();
    this.alerts = new Alerts();
    this.socket = null;
    this.repAt = performance.now(); // when the last advice came
    this.lookedAt = 0;
    this.unseen = null; // an alert that came while the page was hidden
    this.outbox = new Outbox(gym, athlete, null, {
      kept: (count) => this.note(`Kept on this phone: ${count === 1 ? "1 answer" : `${count} answers`}, sent as soon as Spotter hears it.`, true),
      accepted: () => this.kept && this.note("Sent."),
      refused: (_, detail) => this.note(`Not taken: ${detail}`),
      signedOut: () => leave(),
    });
    this.felt = new Felt((data, words) => this.say("spotter.effort.reported.v1", data, words));
    this.rejected = new Rejected(athlete);
    this.checkin = new Checkin(athlete, (data, words) => this.say("spotter.wellness.reported.v1", data, words), () => this.draw());
    menu(this.alerts, {
      unused: () => void this.rejected.open(this.token),
      checkin: () => this.checkin.open(false),
      pain: () => this.checkin.open(true),
      choose: () => location.assign("/lift?athlete_id="),
      out: () => void signOut(),
    }, several);
    element("who").textContent = athlete;
    element("done").addEventListener("click", () => this.finish());
    document.addEventListener("visibilitychange", () => this.seen());
    for (const tap of ["pointerup", "keyup"]) addEventListener(tap, () => void this.tapped());
    setInterval(() => this.tick(), 250);
    this.draw();
  }

  /** Connect with the token, and send what was kept. */
  begin(token) {
    this.token = token;
    this.outbox.token = token;
    void this.outbox.flush();
    void this.name();
    this.socket = new AdviceSocket(this.athlete, token, {
      frame: (frame) => this.hear(frame, performance.now()),
      up: () => {
        void this.outbox.flush();
        void this.look();
      },
      refused: () => void this.check(),
    });
    this.socket.connect();
  }

  hear(frame, at) {
    if (frame.heartbeat !== undefined) this.signal.beat(frame.heartbeat);
    else if (frame.type === ADVICE) this.advised(frame, at);
    else if (frame.type === ESTIMATE) this.story.estimated(frame.data);
    else if (frame.problem !== undefined) console.info("Spotter did not take an acknowledgement:", frame.problem.detail);
    this.draw();
  }

  advised(event, at) {
    const before = this.story.set?.key;
    const what = this.story.advised(event);
    if (what === "withdrawn") this.alerts.end();
    if (what === "past" || what === "withdrawn") return;
    const { set } = this.story;
    if (what === "new") {
      this.repAt = at;
      if (set.key !== before || set.exercise === null) this.lookedAt = 0;
    }
    if (LOUD.includes(event.data.action) && !event.data.late) element("menu").close(); // it must not cover the alert
    this.alerts.take(event.data, at);
    this.acknowledge(event.data.alert_id);
  }

  /** Acknowledge an alert once it is on the screen; no tap is needed. */
  acknowledge(alert_id) {
    const say = (state) => this.socket.send({ type: ACKNOWLEDGED, data: { alert_id, state } });
    if (document.hidden) {
      this.unseen = alert_id;
      say("delivered");
    } else {
      requestAnimationFrame(() => setTimeout(() => say("shown")));
    }
  }

  seen() {
    if (document.hidden || this.unseen === null) return;
    if (this.unseen === this.story.set?.advice.alert_id) this.acknowledge(this.unseen);
    this.unseen = null;
  }

  /** Ask the history what is lifted, and whether the set has ended. */
  async look() {
    if (this.token === null) return;
    this.lookedAt = performance.now();
    const answer = await read(this.token, `/v1/sets?athlete_id=${encodeURIComponent(this.athlete)}&limit=5`);
    for (const listing of answer?.sets ?? []) this.story.listed(listing);
    this.draw();
  }

  async name() {
    const answer = await read(this.token, "/v1/athletes?limit=200");
    const lifter = answer?.athletes.find((athlete) => athlete.athlete_id === this.athlete);
    if (lifter?.name) element("who").textContent = lifter.name;
  }

  finish() {
    this.outbox.put("spotter.set.ended.v1", { ...named(this.story.set), reason: "lifter" });
    this.story.finished();
    this.alerts.forget();
    this.draw();
    element("felt-title").focus();
  }

  say(type, data, words) {
    this.note(`Noted: ${words}.`);
    this.outbox.put(type, data); // which adds a note if the server does not answer
    this.draw();
  }

  note(text, stays = false) {
    const note = element("note");
    note.textContent = text;
    note.hidden = false;
    this.kept = stays;
    clearTimeout(this.noteTimer);
    if (!stays) this.noteTimer = setTimeout(() => { note.hidden = true; }, NOTE_MS);
  }

  async tapped() {
    void stayAwake();
    if (await sounds.unlock()) this.alerts.retry();
    this.draw();
  }

  /** A connection was refused: the session may have ended. */
  async check() {
    if ((await askSession()).state === "out") {
      this.socket.close();
      leave();
    }
  }

  tick() {
    const now = performance.now();
    const { set } = this.story;
    const unknown = set !== null && set.exercise === null;
    const pause = unknown ? LOOK_FIRST_MS : LOOK_MS;
    if (set !== null && !set.ended && (unknown || now - this.repAt > LOOK_MS) && now - this.lookedAt > pause) void this.look();
    this.draw();
  }

  draw() {
    const { story, signal } = this;
    const face = faceOf(story, signal);
    draw(story, signal, face);
    drawSignal(signal);
    this.ask(face);
    element("sound").hidden = sounds.unlocked() || this.alerts.quiet;
    element("done").hidden = story.set === null || story.set.ended || story.set.advice.after_rep === 0;
  }

  /** Ask when the lifter rests: about the set first, then how they are today. */
  ask(face) {
    const { set } = this.story;
    const over = set !== null && (set.ended || (set.advice.after_rep > 0 && performance.now() - this.repAt > RESTING_MS));
    const aboutSet = over && this.felt.wants(set);
    if (aboutSet) this.felt.show(set);
    else this.felt.hide();
    const idle = face === "waiting" || face === "done" || (face === "lost" && set === null);
    const urgent = LOUD.includes(face) && performance.now() - this.repAt < LOUD_MS;
    this.checkin.show(!urgent && (this.checkin.asked || (idle && !aboutSet && this.checkin.due)));
    document.body.classList.toggle("unswayed", aboutSet); // the lifter's own answer comes before the estimate
    document.body.classList.toggle("asking", !element("felt").hidden || !element("checkin").hidden);
  }
}

async function start() {
  let page = null;
  for (;;) {
    const session = await askSession();
    if (session.state === "out") return leave();
    if (session.state === "in") {
      const athlete = chosen(session);
      if (athlete === null) return choose(session);
      if (page !== null && page.athlete !== athlete) return location.reload(); // another lifter has signed in
      remember({ gym_id: session.gym_id, athlete_id: athlete });
      page ??= new Page(session.gym_id, athlete, session.athletes.length !== 1);
      return page.begin(session.token);
    }
    const last = remembered();
    if (last !== null) page ??= new Page(last.gym_id, last.athlete_id, false);
    await new Promise((done) => setTimeout(done, SESSION_RETRY_MS));
  }
}

if (navigator.serviceWorker !== undefined) {
  navigator.serviceWorker.register("/lift/worker.js", { scope: "/lift" }).catch((error) => console.info("No start without a network:", error.message));
}
void stayAwake();
void start();
