// Keeps the screen on while the page is visible; the browser releases the lock whenever the page is hidden.

let lock = null;

export async function stayAwake() {
  if (document.hidden || navigator.wakeLock === undefined || (lock !== null && !lock.released)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch {
    lock = null; // refused at low battery: the next tap asks again
  }
}

document.addEventListener("visibilitychange", () => void stayAwake());
