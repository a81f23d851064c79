// The lifter's answers, kept until they are accepted: resent with the same id, source and time, also after a restart.

const KEPT_MAX = 200;
const FIRST_RETRY_MS = 2000;
const RETRY_MS_MAX = 60_000;
const SEND_AGAIN = [408, 425, 429];

export class Outbox {
  /** `on` is {kept(count), accepted(event), refused(event, detail), signedOut()}. */
  constructor(gym, athlete, token, on) {
    this.box = `spotter.lift.kept.${gym}/${athlete}`;
    this.athlete = athlete;
    this.token = token; // null until the session is known
    this.on = on;
    this.waitMs = FIRST_RETRY_MS;
    this.timer = null;
    this.sending = false;
    addEventListener("online", () => this.flush());
  }

  get events() {
    return JSON.parse(localStorage.getItem(this.box) ?? "[]");
  }

  set events(list) {
    localStorage.setItem(this.box, JSON.stringify(list.slice(-KEPT_MAX)));
  }

  /** Keep an event and send it. */
  put(type, data) {
    const event = {
      specversion: "1.0", id: randomId(), source: source(), type, time: new Date().toISOString(),
      data: { athlete_id: this.athlete, ...data },
    };
    this.events = [...this.events, event];
    void this.flush();
    return event;
  }

  async flush() {
    const events = this.events;
    if (events.length === 0 || this.sending) return;
    if (this.token === null) return this.on.kept(events.length);
    this.sending = true;
    clearTimeout(this.timer);
    try {
      this.settle(events, await this.post(events));
    } catch {
      this.later(); // no answer: keep the events
    } finally {
      this.sending = false;
    }
    if (this.events.length > 0 && this.timer === null) void this.flush(); // added meanwhile
  }

  async post(events) {
    this.timer = null;
    const senttime = new Date().toISOString();
    const answer = await fetch("/v1/events", {
      method: "POST",
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
      body: JSON.stringify(events.map((event) => ({ ...event, senttime }))),
    });
    if (answer.status === 401) this.on.signedOut();
    return (await answer.json()).results ?? [];
  }

  settle(events, results) {
    const gone = new Set();
    events.forEach((event, index) => {
      const result = results[index];
      if (result === undefined) return;
      const again = result.problem?.status >= 500 || SEND_AGAIN.includes(result.problem?.status);
      if (result.status === "refused" && again) return;
      gone.add(event.id);
      if (result.status === "refused") this.on.refused(event, result.problem.detail);
      else this.on.accepted(event);
    });
    this.events = this.events.filter((event) => !gone.has(event.id));
    if (gone.size === events.length) this.waitMs = FIRST_RETRY_MS;
    else this.later();
  }

  later() {
    this.on.kept(this.events.length);
    this.timer = setTimeout(() => void this.flush(), this.waitMs);
    this.waitMs = Math.min(2 * this.waitMs, RETRY_MS_MAX);
  }
}

/** The name of this installation: an event keeps its source whatever token it is sent with. */
function source() {
  const box = "spotter.lift.source";
  const name = localStorage.getItem(box) ?? `lift:${randomId()}`;
  localStorage.setItem(box, name);
  return name;
}

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID needs https
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
