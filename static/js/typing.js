// Typing, both ways: ours is told at most every 3 s, theirs is shown for 6 s.
import { post } from "./http.js";
import { hear, live } from "./live.js";

const TELL = 3000;
const SHOW = 6000;

export function tellTyping(url) {
  let last = 0;
  return () => {
    if (!live.isLive || Date.now() - last < TELL) return;
    last = Date.now();
    post(url, {}).catch(() => {});
  };
}

export function showTyping(stream, element) {
  let timer = null;
  const hide = () => (element.hidden = true);
  return hear(stream, (frame) => {
    clearTimeout(timer);
    if (frame.event === "typing") {
      element.hidden = false;
      timer = setTimeout(hide, SHOW);
    } else if (frame.html) hide();
  });
}
