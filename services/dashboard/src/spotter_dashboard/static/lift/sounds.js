// What the lifter hears and feels: tones by Web Audio, a few words by the browser's speech, vibration.

import { ACTIONS } from "../actions.js";

const VIBRATIONS = Object.fromEntries(Object.values(ACTIONS).map(({ haptic, vibration_ms }) => [haptic, vibration_ms]));
const SPEECH_RATE = 1.1;

let context = null;
let spoken = false;

/** Unlock sound; works only in a tap. Resolves to whether it is unlocked. */
export async function unlock() {
  const Audio = globalThis.AudioContext ?? globalThis.webkitAudioContext;
  if (Audio === undefined) return false;
  context ??= new Audio({ latencyHint: "interactive" });
  if (context.state !== "running") await context.resume().catch(() => undefined);
  if (globalThis.speechSynthesis !== undefined && !spoken) {
    spoken = true;
    speechSynthesis.speak(new SpeechSynthesisUtterance("")); // iOS speaks later only after it spoke in a tap
  }
  return unlocked();
}

export const unlocked = () => context?.state === "running";

/** Play the tones of an action now; each is [from s, for s, Hz, loudness 0–1]. */
export function tones(action) {
  if (!unlocked()) return false;
  for (const [from, length, pitch, loudness] of ACTIONS[action]?.tones ?? []) {
    const start = context.currentTime + from;
    const oscillator = new OscillatorNode(context, { type: "triangle", frequency: pitch });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.linearRampToValueAtTime(loudness, start + 0.01);
    gain.gain.setValueAtTime(loudness, start + length - 0.04);
    gain.gain.linearRampToValueAtTime(0, start + length);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + length);
  }
  return ACTIONS[action]?.tones.length > 0;
}

export const vibrate = (haptic) => VIBRATIONS[haptic]?.length > 0 && (navigator.vibrate?.(VIBRATIONS[haptic]) ?? false);

/** Stop what is spoken and vibrates; tones are over by themselves within a second. */
export function hush() {
  globalThis.speechSynthesis?.cancel();
  navigator.vibrate?.(0);
}

/** Speak a few words; cancelled if they have not begun within `msMax`. */
export function speak(words, msMax) {
  if (words === "" || globalThis.speechSynthesis === undefined) return false;
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.lang = "en";
  utterance.rate = SPEECH_RATE;
  let begun = false;
  utterance.onstart = () => { begun = true; };
  speechSynthesis.cancel();
  speechSynthesis.speak(utterance);
  setTimeout(() => begun || speechSynthesis.cancel(), msMax);
  return true;
}
