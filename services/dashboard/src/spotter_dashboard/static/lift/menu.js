// The menu: mute, test of the sound, check-in, pain, what was not used, another lifter, signing out.

import * as sounds from "./sounds.js";

const element = (id) => document.getElementById(id);

/** Wire the menu; `on` is {checkin(), pain(), unused(), choose(), out()}. */
export function menu(alerts, on, several) {
  const dialog = element("menu");
  const wire = (id, act) => element(id).addEventListener("click", () => {
    dialog.close();
    act();
  });
  const label = () => {
    element("menu-sound").textContent = `Sound and speech: ${alerts.quiet ? "off" : "on"}`;
    element("menu-sound").setAttribute("aria-pressed", String(!alerts.quiet));
  };
  element("more").addEventListener("click", () => dialog.showModal());
  element("menu-sound").addEventListener("click", () => {
    alerts.quiet = !alerts.quiet;
    label();
  });
  element("menu-try").addEventListener("click", async () => {
    await sounds.unlock();
    sounds.tones("stop");
    sounds.vibrate("double");
    sounds.speak("Stop", 1000);
  });
  wire("menu-checkin", on.checkin);
  wire("menu-pain", on.pain);
  wire("menu-unused", on.unused);
  wire("menu-choose", on.choose);
  wire("menu-out", on.out);
  wire("menu-close", () => undefined);
  element("menu-choose").hidden = !several;
  label();
}
