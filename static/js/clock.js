// The server's clock: read once with the page (tick.js), corrected by each frame that carries the server's time.
import { serverNow } from "./tick.js";

export const syncClock = (milliseconds) => document.dispatchEvent(new CustomEvent("clock:sync", { detail: milliseconds }));

// 14:05, in the agent's own zone, as the server writes it.
export function clockTime(instant = serverNow()) {
  const zone = document.documentElement.dataset.zone;
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(zone ? { timeZone: zone } : {}) };
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, options).format(new Date(instant));
}
