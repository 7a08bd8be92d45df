// A client's numbers of now and today: written by the server, patched by frames (portal/today.py) without moving anything.
import "./poll.js";
import { live, hear } from "./live.js";
import { serverNow, tick } from "./tick.js";
import { say } from "./words.js";

const { liveUrl } = document.body.dataset;
const STALE = 15000;
const CREDIT = 4; // frames between two words to the server that they were taken

const strips = [...document.querySelectorAll("[data-today]")];
const write = (element, text) => element && element.textContent !== text && (element.textContent = text);
let heardAt = serverNow();
let taken = 0;
let wasLive = true;

hear("today", (frame) => {
  heardAt = Math.max(heardAt, frame.now ?? serverNow());
  if (live.isLive && ++taken % CREDIT === 0) live.ask({ op: "taken", n: CREDIT });
  for (const strip of strips.filter((one) => one.dataset.today === frame.topic)) {
    if ("waiting" in frame) show(strip, frame);
    if (frame.event === "lost") clear(strip);
  }
  asOf();
});

function show(strip, { waiting, oldest, offered, answered, in_target: inTarget, abandoned, available }) {
  const longest = strip.querySelector("[data-oldest] > span");
  if (!longest) return; // its door was closed when the page was made
  const settled = answered + abandoned;
  write(strip.querySelector("[data-waiting]"), String(waiting));
  write(strip.querySelector("[data-offered]"), String(offered));
  write(strip.querySelector("[data-available]"), String(available));
  write(strip.querySelector("[data-level]"), settled ? say("share", { share: Math.round((100 * inTarget) / settled) }) : say("none"));
  write(strip.querySelector("[data-settled]"), settled ? say("of", { part: inTarget, whole: settled }) : say("nobody"));
  if (oldest === null) still(longest);
  else longest.dataset.since = new Date(oldest).toISOString();
  tick();
}

// It is not for this reader any more: the page says why when it is opened anew.
function clear(strip) {
  for (const name of ["waiting", "offered", "available", "level"]) write(strip.querySelector(`[data-${name}]`), say("none"));
  write(strip.querySelector("[data-settled]"), "");
  still(strip.querySelector("[data-oldest] > span"));
}

function still(longest) {
  delete longest?.dataset.since;
  write(longest, say("none"));
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

if (liveUrl) {
  setInterval(asOf, 1000);
  live.addEventListener("state", asOf);
  live.start(liveUrl);
}
