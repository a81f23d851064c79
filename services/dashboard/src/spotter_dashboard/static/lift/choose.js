// A token for several lifters: whose sets the page shows.

import { read } from "./session.js";

/** Show the lifters that the token speaks for, each a link. */
export async function choose({ token, athletes }) {
  const answer = await read(token, "/v1/athletes?limit=200");
  const listed = answer?.athletes ?? [];
  const names = new Map(listed.map((athlete) => [athlete.athlete_id, athlete.name]));
  const ids = athletes.length > 0 ? athletes : [...names.keys()];
  document.getElementById("choose").hidden = false;
  document.getElementById("choose-list").replaceChildren(...ids.map((id) => {
    const link = document.createElement("a");
    link.href = `/lift?athlete_id=${encodeURIComponent(id)}`;
    link.textContent = names.get(id) ?? id;
    const item = document.createElement("li");
    item.append(link);
    return item;
  }));
  if (ids.length === 0) {
    document.getElementById("choose-title").textContent = answer === null
      ? "Nobody answers: try again in a moment." : "Nobody is known yet: send a first set, or open /lift?athlete_id=NAME.";
  }
}
