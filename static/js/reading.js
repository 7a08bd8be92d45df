// What has stood in front of the agent for a second, in a window that has the focus, has been read; their time
// is counted for it too, so the first look at each conversation is told even if nothing in it is new.
import { hear } from "./live.js";
import { post } from "./http.js";

const LOOKED = 1000;
let told = "";
let timer = null;

function look() {
  clearTimeout(timer);
  timer = setTimeout(tell, LOOKED);
}

function tell() {
  const stream = document.querySelector("msg-stream");
  const ref = stream?.dataset.stream?.slice(2);
  const row = ref && document.getElementById(`row-${ref}`);
  if (!row || document.hidden || !document.hasFocus() || !stream.pinned || !stream.offsetParent) return;
  const badge = row.querySelector(".badge");
  const mark = `${ref} ${stream.last}`;
  if (mark === told || (!badge && told.startsWith(ref))) return;
  told = mark;
  badge?.remove();
  row.querySelector(".row").classList.remove("unread");
  post(`${stream.dataset.url}reading/`, { seq: stream.last }, { headers: { Accept: "application/json", "X-By-Itself": "1" } }).catch(() => (told = ""));
}

hear((name) => name === "row" || name === "list" || name.startsWith("c."), look);
document.addEventListener("desk:opened", look);
document.addEventListener("visibilitychange", look);
addEventListener("focus", look);
document.addEventListener("scroll", look, { capture: true, passive: true });
look();
