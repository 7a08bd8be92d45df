// Sounds made of sines: an offer rings until it is answered, a message is one soft note. "Go available" unlocks them.
// One tab plays: the one that holds the lock.
const LOCK = "desk-sound";
const EVERY = 1600;
const OFFER = [[659.26, 0], [987.77, 0.16]];
const NOTE = [[783.99, 0]];

let context = null;
let leading = false;
let ringing = null;
let wanted = false;

export async function unlock() {
  context ??= "AudioContext" in window ? new AudioContext() : null;
  if (context?.state === "suspended") await context.resume();
  lead();
}

export const canPlay = () => context?.state === "running";

function lead() {
  if (leading || !canPlay()) return;
  if (!navigator.locks) return begin();
  navigator.locks.request(LOCK, () => {
    begin();
    return new Promise(() => {}); // held as long as this tab lives
  });
}

function begin() {
  leading = true;
  if (wanted) ring(true);
}

export const isLeader = () => leading;

function play(tones, volume) {
  if (!leading || !canPlay()) return;
  for (const [frequency, after] of tones) {
    const [tone, gain] = [context.createOscillator(), context.createGain()];
    const start = context.currentTime + after;
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(volume, start + 0.015);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.45);
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.5);
  }
}

export function ring(on) {
  wanted = on;
  clearInterval(ringing);
  if (!on) return;
  play(OFFER, 0.22);
  ringing = setInterval(() => play(OFFER, 0.22), EVERY);
}

export const note = () => play(NOTE, 0.09);

// After a reload the browser wants a gesture before it lets a page sound: the first one will do.
for (const gesture of ["pointerdown", "keydown"]) {
  addEventListener(gesture, () => document.body.dataset.sound === "on" && unlock(), { capture: true });
}
