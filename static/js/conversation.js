// The open conversation as a whole: opened in place, its address kept, its state followed.
import { hear, live } from "./live.js";
import { show } from "./panes.js";
import { replaceParts } from "./parts.js";
import { toast } from "./toast.js";
import { say, sayCount } from "./words.js";

const pane = () => document.getElementById("conversation");
let byKey = false;
let caughtUp = 0;

document.addEventListener("keydown", (event) => {
  byKey = event.key === "Enter" && Boolean(event.target.closest?.("a.row, .offer")) || event.key === "F2";
}, true);
document.addEventListener("pointerdown", () => (byKey = false), true);

document.addEventListener("htmx:afterSwap", ({ detail: { target, xhr } }) => {
  if (target.id !== "conversation") return;
  const path = xhr.getResponseHeader("X-Path");
  if (path && path !== location.pathname) history.pushState({ desk: true }, "", path);
  opened();
});

// Back and forward: the same pane, another conversation.
addEventListener("popstate", () => window.htmx.ajax("GET", location.pathname, { target: "#conversation", swap: "outerHTML" }));

function opened() {
  document.dispatchEvent(new CustomEvent("desk:opened"));
  document.dispatchEvent(new CustomEvent("desk:count"));
  if (pane().dataset.title) show("conv");
  if (byKey) document.querySelector("#conversation h1")?.focus();
  byKey = false;
}

// Its state or its clocks have changed: header, wrap-up and notices are replaced, the composer never.
hear((stream) => stream.startsWith("c."), (frame) => {
  if (!["state", "clocks"].includes(frame.event) || pane()?.dataset.stream !== frame.stream) return;
  replaceParts(frame.html);
  if (frame.event === "state") settle();
});
document.addEventListener("htmx:afterSettle", ({ detail: { target } }) => target.id === "foot" && settle());

// The composer follows the state that the foot names: what can no longer be sent is locked, never taken away.
function settle() {
  const { state, words } = document.getElementById("foot").dataset;
  document.querySelector("msg-composer")?.follow(state, words);
}

hear((stream) => stream.startsWith("c."), ({ data }) => {
  if (data?.replay) caughtUp += data.replay;
});
hear("hello", () => setTimeout(() => {
  if (caughtUp) toast(sayCount("caught_up", caughtUp));
  caughtUp = 0;
}, 800));

// Ctrl+Enter finishes the wrap-up as it sends a message.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form.wrapup");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  event.preventDefault();
  form.requestSubmit();
});

// Parts of the top bar come whole.
hear("top", ({ html, data }) => {
  const before = document.querySelector(".presence")?.dataset.state;
  replaceParts(html);
  if (data?.state === "not_responding" && before !== data.state) toast(say("not_responding"), "warn");
});

// What was asked for and did not arrive, or was refused without words.
document.addEventListener("htmx:sendError", () => toast(say("not_done"), "bad"));
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  if (xhr.status >= 500 || xhr.status === 403) toast(say("not_done"), "bad");
});

live.addEventListener("state", ({ detail: { state, was } }) => {
  if (was !== "starting" && state === "offline") toast(say("offline_hint"), "warn");
});
