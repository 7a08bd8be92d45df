// <msg-stream>: the messages of the open conversation, in the order of their numbers, each once.
// Follows its stream on the live socket; says aloud what others write; never scrolls under the reader.
import { clockTime } from "./clock.js";
import { hear, live } from "./live.js";
import { parse } from "./parts.js";
import { say, sayCount } from "./words.js";

const NEAR = 48; // this close to the end, the end is kept in view

class MsgStream extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.stream) return;
    this.last = Number(this.dataset.last);
    this.ahead = new Set();
    this.unseen = 0;
    this.pill = document.getElementById("newpill");
    this.said = document.getElementById("said");
    this.addEventListener("scroll", this.scrolled, { passive: true });
    this.addEventListener("click", this.clicked);
    this.pill?.addEventListener("click", () => this.toEnd());
    this.watch = new ResizeObserver(() => this.pinned && this.toEnd());
    this.watch.observe(this);
    this.pinned = true;
    this.toEnd();
    this.stopHearing = hear(this.dataset.stream, (frame) => this.take(frame));
    this.unfollow = live.follow(this.dataset.stream, () => this.last);
  }

  disconnectedCallback() {
    this.stopHearing?.();
    this.unfollow?.();
    this.watch?.disconnect();
  }

  take(frame) {
    if (frame.event === "reload") return this.reload();
    if (!frame.html) return;
    if (frame.data?.replay) this.mark();
    this.add(frame.html);
  }

  // Put the messages of `html` where their numbers belong; those that stand here already are left alone.
  add(html) {
    const fresh = parse(html).filter((node) => !node.id || !document.getElementById(node.id));
    for (const node of fresh) this.place(node);
    const others = fresh.filter((node) => "voice" in node.dataset);
    this.announce(others);
    if (this.pinned || fresh.some((node) => node.classList.contains("out"))) this.toEnd();
    else this.count(others.length);
  }

  place(node) {
    const number = Number(node.dataset.seq);
    const sent = node.dataset.clientId && this.querySelector(`[data-client-id="${node.dataset.clientId}"]:not([data-seq])`);
    sent?.remove();
    this.insertBefore(node, this.after(number));
    this.reached(number);
  }

  // The first element that comes behind message `number`: a later message, or one that has no number yet.
  after(number) {
    let place = null;
    for (let node = this.lastElementChild; node; node = node.previousElementSibling) {
      if ("seq" in node.dataset && Number(node.dataset.seq) <= number) return place;
      if (node.tagName !== "TEMPLATE" && !node.hasAttribute("data-first")) place = node;
    }
    return place;
  }

  reached(number) {
    if (number > this.last) this.ahead.add(number);
    while (this.ahead.delete(this.last + 1)) this.last += 1;
  }

  // What came while the line was cut begins here.
  mark() {
    if (this.querySelector(".day.new")) return;
    const line = document.createElement("div");
    line.className = "day new";
    line.textContent = say("new_since", { time: clockTime(live.since) });
    line.dataset.seq = this.last;
    this.insertBefore(line, this.after(this.last));
  }

  async reload() {
    this.setAttribute("aria-busy", "true");
    const response = await fetch(`${this.dataset.url}messages/`, { headers: { Accept: "text/html" } });
    if (response.ok) {
      for (const node of this.querySelectorAll("[data-seq]")) node.remove();
      this.last = Number(response.headers.get("X-First") ?? 1) - 1;
      this.ahead.clear();
      this.add(await response.text());
    }
    this.removeAttribute("aria-busy");
  }

  async older(button) {
    button.setAttribute("aria-busy", "true");
    const first = this.querySelector("[data-seq]")?.dataset.seq ?? 0;
    const response = await fetch(`${this.dataset.url}messages/?before=${first}`, { headers: { Accept: "text/html" } });
    if (!response.ok) return button.removeAttribute("aria-busy");
    const fromEnd = this.scrollHeight - this.scrollTop;
    for (const node of parse(await response.text())) this.insertBefore(node, this.querySelector(`[data-seq="${first}"]`));
    if (Number(response.headers.get("X-First")) <= 1) button.closest("[data-first]").remove();
    else button.removeAttribute("aria-busy");
    this.scrollTop = this.scrollHeight - fromEnd;
  }

  clicked(event) {
    const button = event.target.closest("[data-older]");
    if (!button) return;
    event.preventDefault();
    this.older(button);
  }

  announce(nodes) {
    if (this.said && nodes.length) this.said.textContent = nodes.map((node) => node.dataset.voice).join(". ");
  }

  count(added) {
    this.unseen += added;
    if (!this.pill || !this.unseen) return;
    this.pill.hidden = false;
    this.pill.querySelector("span").textContent = sayCount("new", this.unseen);
  }

  scrolled() {
    this.pinned = this.scrollHeight - this.scrollTop - this.clientHeight <= NEAR;
    if (this.pinned) this.seen();
  }

  toEnd() {
    this.scrollTop = this.scrollHeight;
    this.pinned = true;
    this.seen();
  }

  seen() {
    this.unseen = 0;
    if (this.pill) this.pill.hidden = true;
  }
}

customElements.define("msg-stream", MsgStream);
