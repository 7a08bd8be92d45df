// Keys of the desk. Single letters count outside fields only, inside fields nothing but F2, F8, F6 and what the composer
// takes; an act of the conversation has the key its button names (data-key); never Alt, never Ctrl+Alt (AltGr), nothing while a character is being composed.
import { show } from "./panes.js";

const element = (selector) => document.querySelector(selector);
const composer = () => element("msg-composer");
const REGIONS = ["#list a.row[tabindex='0']", ".stream", "msg-composer form:not([hidden]) textarea", "#customer", ".presence"];

const ANYWHERE = {
  F2: () => element("offer-list")?.accept(),
  F8: () => element("offer-list")?.decline(),
  F6: () => cycle(),
};
const OUTSIDE = {
  j: () => element("work-list")?.step(1),
  ArrowDown: () => element("work-list")?.step(1),
  k: () => element("work-list")?.step(-1),
  ArrowUp: () => element("work-list")?.step(-1),
  r: () => write("reply"),
  n: () => write("note"),
  "]": () => element("[data-side-toggle]")?.click(),
  "?": () => element("#keys")?.showModal(),
};

function write(kind) {
  show("conv");
  composer()?.turn(kind);
}

function cycle() {
  const stops = REGIONS.map(element).filter((stop) => stop?.offsetParent);
  const at = stops.findIndex((stop) => stop === document.activeElement || stop.contains(document.activeElement));
  stops[(at + 1) % stops.length]?.focus();
}

// In the menu or out of it: the button itself is pressed.
function pressed(key) {
  const button = /^[a-z]$/.test(key) && element(`:is(#acts, #foot) [data-key="${key}"]`);
  return button && (() => button.click());
}

const isField = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const takesArrows = (target) => target.closest?.(".stream, #customer, [role=menu], .menu, dialog");

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  if (key in ANYWHERE) return act(event, ANYWHERE[key]);
  const work = OUTSIDE[key] ?? pressed(key);
  if (!work || isField(target) || element("dialog[open]")) return;
  if (key.startsWith("Arrow") && (takesArrows(target) || event.shiftKey)) return;
  act(event, work);
});

function act(event, work) {
  event.preventDefault();
  work();
}
