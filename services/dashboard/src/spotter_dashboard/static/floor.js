// The floor: a tile per running set, kept up to date by server-sent events from /live.

import { ACTIONS } from "./actions.js";

const HEARTBEAT_MS_MAX = 5000; // a longer silence, or an older unfinished event, is "signal lost"
const RECONNECT_MS = 2000;
const IN_USE_MS = 300_000;
const ADVISED = Object.entries(ACTIONS).map(([action, { coach_word: word, shape }]) => [action, { word, shape }]);
const FACES = {
  ready: { word: "Ready", shape: "triangle" },
  ...Object.fromEntries(ADVISED),
  lost: { word: "Signal lost", shape: "none" },
  done: { word: "Done", shape: "circle" },
};
const ENDED_BY = { lifter: "Ended by the lifter", silence: "No more reps came", next_set: "The next set began", history: "" };

const element = (id) => document.getElementById(id);
const tiles = new Map(); // by set key: {data, node, bars, face}
let clockOffset = Date.now() - performance.now(); // of the server's clock
let heardAt = performance.now(); // the last heartbeat
let ageMs = 0;
let beating = false;
let lost = false;
let source = null;

const serverNow = () => performance.now() + clockOffset;
const heardServer = (at) => { clockOffset = at - performance.now(); };

// ---- the stream

function connect() {
  source = new EventSource("/live");
  on("snapshot", (snapshot) => {
    heardServer(snapshot.at);
    const keys = new Set(snapshot.tiles.map((tile) => tile.set_key));
    take(snapshot.tiles, [...tiles.keys()].filter((key) => !keys.has(key)));
  });
  on("tiles", (news) => {
    heardServer(news.at);
    take(news.tiles, news.gone);
  });
  on("heartbeat", (beat) => {
    heardServer(beat.at);
    heardAt = performance.now();
    ageMs = beat.age_ms;
    beating = true;
    tick();
  });
  on("signed_out", () => leave());
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) void retry(); // refused: the browser does not retry
  };
}

function on(name, handle) {
  source.addEventListener(name, (event) => handle(JSON.parse(event.data)));
}

async function retry() {
  try {
    const answer = await fetch("/session", { cache: "no-store" });
    if (answer.status === 401 || answer.status === 403) return leave();
  } catch {
    // not reachable: retry
  }
  setTimeout(connect, RECONNECT_MS);
}

function leave() {
  source.close();
  location.assign("/"); // the sign-in page, with the reason
}

// ---- tiles

function take(changed, gone) {
  for (const key of gone) {
    tiles.get(key)?.node.remove();
    tiles.delete(key);
  }
  for (const data of changed) {
    const tile = tiles.get(data.set_key) ?? build();
    tile.data = data;
    tiles.set(data.set_key, tile);
    draw(tile);
  }
  arrange();
  tick();
}

function build() {
  const node = element("tile").content.firstElementChild.cloneNode(true);
  const part = (name) => node.querySelector(`.${name}`);
  const chart = part("chart");
  const table = part("table");
  const show = (open) => {
    chart.hidden = open;
    table.hidden = !open;
    (open ? table : chart).focus();
  };
  chart.addEventListener("click", () => show(true));
  table.addEventListener("click", () => show(false));
  table.addEventListener("keydown", (event) => {
    if (["Enter", " ", "Escape"].includes(event.key)) {
      event.preventDefault();
      show(false);
    }
  });
  return { node, part, bars: [], face: null, data: null };
}

function arrange() {
  const list = element("tiles");
  const sorted = [...tiles.values()].sort((a, b) => (a.data.order < b.data.order ? -1 : 1));
  sorted.forEach((tile, index) => {
    if (list.children[index] !== tile.node) list.insertBefore(tile.node, list.children[index] ?? null);
  });
}

function draw(tile) {
  const { data, part } = tile;
  tile.node.dataset.set = data.set_key;
  part("rack").textContent = data.station_id ?? "";
  part("reps").textContent = data.reps === 0 ? "" : data.running ? `Rep ${data.reps}` : counted(data.reps);
  part("name").textContent = data.name;
  part("exercise").textContent = data.exercise ?? "Exercise not said";
  part("load").textContent = !data.load_kg ? "" : `${number(data.load_kg)} kg`;
  part("sentence").textContent = data.running ? spoken(data) : (ENDED_BY[data.ended_by] ?? "");
  drawBars(tile);
  drawTable(tile);
  drawLeft(tile);
}

function spoken({ advice, reps }) {
  if (advice === null || (advice.action === "continue" && reps > 0)) return ""; // "lifting" says it
  return advice.sentence;
}

function drawBars(tile) {
  const { data, part, bars } = tile;
  const box = part("bars");
  while (bars.length > data.bars.length) bars.pop().remove();
  while (bars.length < data.bars.length) {
    const bar = document.createElement("span");
    bar.className = "rep";
    box.append(bar);
    bars.push(bar);
  }
  data.bars.forEach((rep, index) => {
    const bar = bars[index];
    bar.style.setProperty("--height", String(rep.height ?? 0.12));
    bar.classList.toggle("hatched", rep.voided || rep.ghost || rep.height === null);
    bar.classList.toggle("newest", index === data.bars.length - 1);
  });
  const line = part("reference");
  line.hidden = data.reference_height === null;
  line.style.setProperty("--height", String(data.reference_height ?? 0));
  const reps = data.bars.map((rep) => `${rep.rep_number}: ${rep.label}${rep.voided ? ", void" : ""}`);
  part("chart").setAttribute("aria-label", `${reps.length === 0 ? "No rep yet" : `Reps ${reps.join("; ")}`}. Show as a table`);
}

function drawTable({ data, part }) {
  const rows = data.bars.map((rep) => {
    const row = document.createElement("tr");
    const note = rep.voided ? " (void)" : rep.ghost ? " (not a rep)" : "";
    const share = rep.height === null || data.reference_height === null
      ? "–" : `${Math.round((100 * rep.height) / data.reference_height)} %`;
    for (const text of [`${rep.rep_number}`, `${rep.label}${note}`, share]) {
      const cell = document.createElement("td");
      cell.textContent = text;
      row.append(cell);
    }
    return row;
  });
  part("table").querySelector("tbody").replaceChildren(...rows);
}

function drawLeft({ data, part }) {
  const left = data.reps_left;
  part("number").textContent = left === null ? "–" : `${Math.round(left.median)}`;
  const single = left !== null && Math.round(left.median) === 1;
  part("what").textContent = data.running ? (single ? "rep left" : "reps left") : "in reserve";
  part("band").textContent = left === null ? "not known yet" : band(left);
  const loss = data.velocity_loss;
  part("loss").textContent = loss === null || Math.round(loss * 100) <= 0 ? "" : `${Math.round(loss * 100)} % slower`;
}

function band({ low, high, confidence }) {
  const [from, to] = [Math.round(low), Math.round(high)];
  return `${from === to ? from : `${from}–${to}`} ${confidence === "low" ? "roughly" : "likely"}`;
}

const counted = (count) => (count === 1 ? "1 rep" : `${count} reps`);
const number = (value) => String(Math.round(value * 100) / 100);

function ago(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 2) return "now";
  if (seconds < 90) return `${seconds} s ago`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds / 3600)} h ago`;
}

// ---- what changes with the clock

function faceOf(data) {
  if (!data.running) return "done";
  if (lost || data.signal_lost) return "lost";
  if (data.reps === 0 && (data.advice === null || data.advice.action === "continue")) return "ready";
  return data.advice?.action ?? "continue";
}

function tick() {
  const silentMs = performance.now() - heardAt;
  lost = silentMs > HEARTBEAT_MS_MAX || ageMs > HEARTBEAT_MS_MAX;
  const news = [];
  for (const tile of tiles.values()) {
    const { data, node, part } = tile;
    const face = faceOf(data);
    if (face !== tile.face) {
      const { word, shape } = FACES[face];
      node.dataset.face = face;
      part("shape").dataset.shape = shape;
      part("word").textContent = word;
      if (tile.face !== null && !lost && face !== "continue" && face !== "ready") {
        news.push(`${data.name}${data.station_id ? `, ${data.station_id}` : ""}: ${word}.`);
      }
      tile.face = face;
    }
    node.classList.toggle("late", data.running && data.advice?.late === true);
    node.classList.toggle("emergency", data.running && data.advice?.emergency === true);
    const since = data.running ? data.last_rep_at_ms : data.ended_at_ms;
    part("since").textContent = since === null ? "no rep yet" : ago(serverNow() - since);
  }
  if (news.length > 0) element("news").textContent = news.join(" ");
  drawSignal(silentMs);
  drawCount();
}

function drawSignal(silentMs) {
  const chip = element("signal");
  const state = lost ? "lost" : beating ? "live" : "connecting";
  chip.dataset.state = state;
  chip.textContent = { lost: "Signal lost", live: "Live", connecting: "Connecting" }[state];
  const banner = element("lost");
  if (lost) {
    const why = silentMs > HEARTBEAT_MS_MAX
      ? `nothing heard for ${Math.floor(silentMs / 1000)} s` : `advice is ${Math.floor(ageMs / 1000)} s behind`;
    banner.textContent = `Signal lost: ${why}. Watch the lifters, not this page.`;
  }
  banner.hidden = !lost;
}

function drawCount() {
  const running = [...tiles.values()].filter((tile) => tile.data.running);
  const stops = running.filter((tile) => ACTIONS[tile.face]?.loud).length;
  element("count").textContent = `${running.length} lifting${stops > 0 ? ` · ${stops} to stop` : ""}`;
  document.title = `${stops > 0 ? `${stops} to stop · ` : ""}Floor · Spotter`;
  element("empty").hidden = tiles.size > 0 || !beating;
}

// ---- the page

element("line").textContent = [
  `curl ${location.origin}/v1/events -H "Authorization: Bearer $SPOTTER_TOKEN" \\`,
  `  -d '{"type": "spotter.rep.completed.v1", "data": {"athlete_id": "ada",`,
  `       "exercise": "bench_press", "load_kg": 60, "mean_velocity_mps": 0.62}}'`,
].join("\n");
element("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(element("line").textContent);
    element("copy").textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(element("line")); // no clipboard without https: select it instead
    element("copy").textContent = "Selected";
  }
});
element("sign-out").addEventListener("click", async () => {
  await fetch("/session", { method: "DELETE" });
  leave();
});
setInterval(tick, 500);
setInterval(() => fetch("/session").catch(() => undefined), IN_USE_MS); // an open page is a session in use
connect();
