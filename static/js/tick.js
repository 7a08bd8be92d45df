// Times that move: [data-since] counts up (within [data-from, data-to) alone, where it has them), [data-until]
// counts down, by the server's clock, once a second; from [data-warns] on its .sla is a warning.
// With data-total (seconds) what remains is also --left, 1 to 0. At zero the element fires `tick:end` once.
const started = Date.parse(document.documentElement.dataset.now ?? "");
let offset = Number.isNaN(started) ? 0 : started - Date.now();
document.addEventListener("clock:sync", ({ detail }) => (offset = detail - Date.now()));

export const serverNow = () => Date.now() + offset;

export function mmss(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, String(whole % 60).padStart(2, "0")];
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** `0:47`, `12:05`, and past the hour `1 h 42`: nobody counts seconds then. */
function shown(seconds) {
  return seconds < 3600 ? mmss(seconds) : `${Math.floor(seconds / 3600)} h ${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}`;
}

function write(element, seconds) {
  const place = element.querySelector("[data-tick]") ?? element;
  const text = place.dataset.tick === "s" ? String(Math.max(0, Math.ceil(seconds))) : shown(seconds);
  if (place.textContent !== text) place.textContent = text;
}

function countUp(element) {
  const { since, from, to } = element.dataset;
  const counted = Math.max(Date.parse(from) || 0, Math.min(serverNow(), Date.parse(to) || Infinity));
  write(element, (counted - Date.parse(since)) / 1000);
}

function countDown(element) {
  const left = (Date.parse(element.dataset.until) - serverNow()) / 1000;
  write(element, left);
  if (Date.parse(element.dataset.warns) <= serverNow()) element.closest(".sla").classList.add("warn");
  if (element.dataset.total) element.style.setProperty("--left", Math.min(1, Math.max(0, (left - 1) / element.dataset.total)).toFixed(3));
  if (left <= 0 && element.dataset.ended !== element.dataset.until) {
    element.dataset.ended = element.dataset.until;
    element.dispatchEvent(new CustomEvent("tick:end", { bubbles: true }));
  }
}

export function tick() {
  for (const element of document.querySelectorAll("[data-since]")) countUp(element);
  for (const element of document.querySelectorAll("[data-until]")) countDown(element);
}

tick();
setInterval(tick, 1000);
