// A client's numbers of now and today: written by the server, patched by frames (portal/today.py) without moving anything.
import { ask } from "./poll.js";
import { live, hear } from "./live.js";
import { serverNow, tick } from "./tick.js";
import { say } from "./words.js";

const { liveUrl, stateUrl } = document.body.dataset;
const EVERY = 15000; // how often a page without a socket asks
const STALE = liveUrl ? 15000 : 2.5 * EVERY;
const CREDIT = 4; // frames between two words to the server that they were taken

const strips = [...document.querySelectorAll("[data-today]")];
const write = (element, text) => element && element.textContent !== text && (element.textContent = text);
let heardAt = serverNow();
let taken = 0;
let wasLive = true;

hear("today", (frame) => {
  heardAt = frame.now ?? serverNow();
  if (live.isLive && ++taken % CREDIT === 0) live.ask({ op: "taken", n: CREDIT });
  if ("waiting" in frame) for (const strip of strips) if (strip.dataset.today === frame.topic) show(strip, frame);
  asOf();
});

function show(strip, { waiting, oldest, offered, answered, in_target: inTarget, abandoned, available }) {
  const settled = answered + abandoned;
  write(strip.querySelector("[data-waiting]"), String(waiting));
  write(strip.querySelector("[data-offered]"), String(offered));
  write(strip.querySelector("[data-available]"), String(available));
  write(strip.querySelector("[data-level]"), settled ? `${Math.round((100 * inTarget) / settled)} %` : say("none"));
  write(strip.querySelector("[data-settled]"), settled ? say("of", { part: inTarget, whole: settled }) : say("nobody"));
  const longest = strip.querySelector("[data-oldest] > span");
  if (oldest === null) {
    delete longest.dataset.since;
    write(longest, say("none"));
  } else longest.dataset.since = new Date(oldest).toISOString();
  tick();
}

function asOf() {
  const isFresh = ["live", "starting"].includes(live.state) && serverNow() - heardAt <= STALE;
  const key = isFresh ? "as_of" : ["refused", "offline"].includes(live.state) ? live.state : "reconnecting";
  for (const element of document.querySelectorAll("[data-as-of]")) write(element, say(key, { time: seconds(heardAt) }));
  for (const strip of strips) strip.classList.toggle("stale", key !== "as_of");
  if ((key === "as_of") === wasLive) return;
  wasLive = !wasLive;
  write(document.querySelector("[data-said]"), say(wasLive ? "back" : "lost"));
}

function seconds(instant) {
  const zone = document.documentElement.dataset.zone;
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", ...(zone ? { timeZone: zone } : {}) };
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, options).format(new Date(instant));
}

if (liveUrl || stateUrl) setInterval(asOf, 1000);
if (liveUrl) {
  live.addEventListener("state", asOf);
  live.start(liveUrl);
} else if (stateUrl) setInterval(ask, EVERY);
