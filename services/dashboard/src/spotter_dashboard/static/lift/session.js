// The session: the page's token, fetched with the cookie and kept in memory, and the lifter whose sets are shown.

const WHO = "spotter.lift.who"; // remembered for a start without a network; not the token

/** Return the session: {state: "in", token, gym_id, athletes}, or "out", or "away" without an answer. */
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

/** Go to the sign-in page, which shows the reason. */
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

/** Return the lifter of the page: the token's only one, or of several the one in the address, or the last one; else null. */
export function chosen(session) {
  const { athletes } = session;
  if (athletes.length === 1) return athletes[0];
  const asked = new URLSearchParams(location.search).get("athlete_id");
  const last = remembered();
  const wanted = asked ?? (last?.gym_id === session.gym_id ? last.athlete_id : "");
  return wanted !== "" && (athletes.length === 0 || athletes.includes(wanted)) ? wanted : null;
}

/** Read from the history with the page's token; null without an answer. */
export async function read(token, path) {
  try {
    const answer = await fetch(path, { cache: "no-store", headers: { Authorization: `Bearer ${token}` } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
