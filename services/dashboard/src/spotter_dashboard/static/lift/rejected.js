// What was sent and not used: read from the history when it is asked for, in plain words.

import { read } from "./session.js";
import { plainly } from "./words.js";

const SHOWN_MAX = 20;
const WHEN = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const element = (id) => document.getElementById(id);

export class Rejected {
  constructor(athlete) {
    this.path = `/v1/athletes/${encodeURIComponent(athlete)}/rejected?limit=${SHOWN_MAX}`;
    element("rejected-close").addEventListener("click", () => element("rejected").close());
  }

  async open(token) {
    this.show("Looking …", []);
    element("rejected").showModal();
    const answer = token === null ? null : await read(token, this.path);
    const items = answer?.rejected ?? [];
    if (answer === null) this.show("Spotter does not answer. Try again in a moment.", []);
    else if (items.length === 0) this.show("All that was sent for you has been used.", []);
    else this.show("This was sent for you and changed nothing. All else was used.", items);
  }

  show(text, items) {
    element("rejected-says").textContent = text;
    element("rejected-list").replaceChildren(...items.map(entry));
  }
}

function entry(item) {
  const { what, why, mend } = plainly(item);
  const node = document.createElement("li");
  const line = (tag, text) => {
    const child = document.createElement(tag);
    child.textContent = text;
    node.append(child);
  };
  line("strong", what);
  line("time", new Date(item.time).toLocaleString([], WHEN));
  line("p", why);
  if (mend !== null) line("p", `What to do: ${mend}`);
  return node;
}
