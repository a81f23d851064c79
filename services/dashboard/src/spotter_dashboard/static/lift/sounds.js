// What the lifter hears and feels: tones by Web Audio, a few words by the browser's speech, vibration.

// [from s, for s, Hz, loudness 0–1]
const TONES = {
  one_more: [[0, 0.16, 587, 0.35], [0.18, 0.22, 784, 0.35]], // calm: two notes up
  stop: [[0, 0.22, 988, 0.9], [0.26, 0.22, 740, 0.9], [0.52, 0.4, 494, 0.9]], // loud: three notes down
  failing: [0, 0.4, 0.8, 1.2].flatMap((at) => [[at, 0.18, 1047, 1], [at + 0.2, 0.18, 698, 1]]),
};
const VIBRATIONS = { none: [], tick: [60], double: [250, 120, 250], long: [1200] };
const SPEECH_RATE = 1.1;

let context = null;
let spoken = false;

/** After a tap only: make sound possible. Resolves to whether it is. */
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

/** Play the tones of an action now. */
export function tones(action) {
  if (!unlocked()) return false;
  for (const [from, length, pitch, loudness] of TONES[action] ?? []) {
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
  return TONES[action] !== undefined;
}

export const vibrate = (haptic) => VIBRATIONS[haptic]?.length > 0 && (navigator.vibrate?.(VIBRATIONS[haptic]) ?? false);

/** Say a few words; given up where they have not begun within `msMax`. */
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
