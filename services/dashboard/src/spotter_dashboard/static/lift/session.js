// Who is signed in: the page's token, handed over from the cookie and kept in memory, and whose sets it shows.

const WHO = "spotter.lift.who"; // what is remembered for a start without a network: no token

/** Ask who is signed in: {state: "in", token, gym_id, athletes}, or "out", or "away" where nobody answers. */
export async function askSession() {
  try {
    const answer = await fetch("/lift/session", { cache: "no-store" });
    if (answer.status === 401 || answer.status === 403) return { state: "out" };
    if (!answer.ok) return { state: "away" };
    return { state: "in", ...(await answer.json()) };
  } catch {
    return { state: "away" };
  }
}

/** Leave for the door, which says why. */
export function leave() {
  location.assign("/lift");
}

export async function signOut() {
  await fetch("/lift/session", { method: "DELETE" });
  localStorage.removeItem(WHO);
  leave();
}

export const remembered = () => JSON.parse(localStorage.getItem(WHO) ?? "null");
export const remember = (who) => localStorage.setItem(WHO, JSON.stringify(who));

/** Which lifter the page is about: the token's only one, or of several the one asked for, or chosen last; else null. */
export function chosen(session) {
  const { athletes } = session;
  if (athletes.length === 1) return athletes[0];
  const asked = new URLSearchParams(location.search).get("athlete_id");
  const last = remembered();
  const wanted = asked ?? (last?.gym_id === session.gym_id ? last.athlete_id : "");
  return wanted !== "" && (athletes.length === 0 || athletes.includes(wanted)) ? wanted : null;
}

/** Ask the history, with the page's token; null where it doesn't answer. */
export async function read(token, path) {
  try {
    const answer = await fetch(path, { cache: "no-store", headers: { Authorization: `Bearer ${token}` } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
