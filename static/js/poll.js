// The backstop: while the socket is down, the state of the page is asked for each 15 s and taken as frames.
import { live } from "./live.js";

const EVERY = 15000;
const from = document.body.dataset.stateUrl ?? "/desk/state/";
let timer = null;

live.addEventListener("state", ({ detail: { state } }) => {
  clearInterval(timer);
  timer = null;
  if (state !== "reconnecting" && state !== "offline") return;
  ask();
  timer = setInterval(ask, EVERY);
});

async function ask() {
  const stream = document.querySelector("msg-stream");
  const query = stream?.dataset.stream ? `?stream=${stream.dataset.stream}&brand=${stream.dataset.brand}&seq=${stream.last}` : "";
  try {
    const response = await fetch(`${from}${query}`, { headers: { Accept: "application/json" } });
    if (!response.ok || live.isLive) return;
    for (const frame of (await response.json()).frames) live.take(frame);
  } catch { /* not there either: the next try is near */ }
}
