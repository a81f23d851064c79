// The advice socket: reconnects with back-off, and detects silence.

const FIRST_RETRY_MS = 500;
const RETRY_MS_MAX = 8000;
const SILENT_MS_MAX = 8000; // a socket that is silent for longer counts as dead, whatever the browser reports
const REFUSED = 1008; // the token was revoked, or has expired

export class AdviceSocket {
  /** `on` is {frame(object), up(), refused()}; refused is called when the token may be the reason. */
  constructor(athlete, token, on) {
    this.address = `${location.origin.replace(/^http/, "ws")}/v1/advice?athlete_id=${encodeURIComponent(athlete)}&estimates=1`;
    this.token = token;
    this.on = on;
    this.waitMs = FIRST_RETRY_MS;
    this.heardAt = 0;
    this.timer = null;
    this.socket = null;
    this.over = false;
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
    setInterval(() => this.check(), 1000);
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.over) return;
    const socket = new WebSocket(this.address, ["spotter.v1", `bearer.${this.token}`]);
    this.socket = socket;
    this.heardAt = performance.now();
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.on.up();
    };
    socket.onmessage = ({ data }) => {
      if (socket !== this.socket) return;
      this.heardAt = performance.now();
      this.waitMs = FIRST_RETRY_MS;
      this.on.frame(JSON.parse(data));
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      this.socket = null;
      if (!opened || code === REFUSED) this.on.refused();
      this.later();
    };
  }

  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  close() {
    this.over = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  /** Reconnect after a delay that grows, with jitter. */
  later() {
    if (this.timer !== null || this.over) return;
    this.timer = setTimeout(() => this.connect(), this.waitMs * (0.8 + 0.4 * Math.random()));
    this.waitMs = Math.min(2 * this.waitMs, RETRY_MS_MAX);
  }

  /** Reconnect at once: the network, or the page, is back. */
  now() {
    if (this.socket === null && !this.over) {
      this.waitMs = FIRST_RETRY_MS;
      this.connect();
    }
  }

  check() {
    if (this.socket === null || performance.now() - this.heardAt < SILENT_MS_MAX) return;
    const dead = this.socket;
    this.socket = null;
    dead.onclose = null;
    dead.close();
    this.later();
  }
}
