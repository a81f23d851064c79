// Whether the signal is live: a heartbeat within 5 s, and no unfinished event older than 5 s.

const MS_MAX = 5000;

export class Signal {
  constructor() {
    this.beatAt = performance.now();
    this.ageMs = 0;
    this.beating = false; // since the page was opened
  }

  beat(heartbeat) {
    this.beatAt = performance.now();
    this.ageMs = heartbeat.age_ms;
    this.beating = true;
  }

  get silentMs() {
    return performance.now() - this.beatAt;
  }

  get state() {
    if (this.silentMs > MS_MAX || this.ageMs > MS_MAX) return "lost";
    return this.beating ? "live" : "connecting";
  }

  /** Return why the signal is lost. */
  get why() {
    return this.silentMs > MS_MAX
      ? `Nothing heard for ${Math.floor(this.silentMs / 1000)} s.`
      : `Advice is ${Math.floor(this.ageMs / 1000)} s behind.`;
  }
}
