/* A panel that only says that the chat is closed: it greets the page that holds it, and can be shut. */
const { origins } = JSON.parse(document.getElementById("frame").textContent);
const close = document.getElementById("close");
let page = null;

addEventListener("message", (event) => {
  if (event.source !== parent || event.data?.chat !== 1 || !origins.includes(event.origin) || page) return;
  if (event.data.op !== "hello") return;
  page = event.origin;
  close.hidden = false;
  parent.postMessage({ chat: 1, op: "ready" }, page);
});
close.addEventListener("click", () => page && parent.postMessage({ chat: 1, op: "close" }, page));
