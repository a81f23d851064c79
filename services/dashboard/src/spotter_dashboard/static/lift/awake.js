// Keeps the screen on while the page is seen; the browser takes the lock back whenever the page is hidden.

let lock = null;

export async function stayAwake() {
  if (document.hidden || navigator.wakeLock === undefined || (lock !== null && !lock.released)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch {
    lock = null; // an almost empty battery refuses: the next tap asks again
  }
}

document.addEventListener("visibilitychange", () => void stayAwake());
