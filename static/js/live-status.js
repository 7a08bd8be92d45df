// <live-status>: how the connection is, in words. Quiet while all is well.
import { live } from "./live.js";
import { clockTime } from "./clock.js";
import { say } from "./words.js";

class LiveStatus extends HTMLElement {
  connectedCallback() {
    live.addEventListener("state", this);
  }

  disconnectedCallback() {
    live.removeEventListener("state", this);
  }

  handleEvent({ detail: { state, since } }) {
    this.dataset.state = state === "refused" ? "offline" : state;
    this.textContent = this.words(state, since);
    if (state === "refused") this.append(" ", this.link());
  }

  words(state, since) {
    if (state === "reconnecting") return say("reconnecting");
    if (state === "offline") return say("offline", { time: clockTime(since) });
    return state === "refused" ? say("signed_out") : say("live");
  }

  link() {
    const link = document.createElement("a");
    link.href = location.href;
    link.className = "link";
    link.textContent = say("sign_in");
    return link;
  }
}

customElements.define("live-status", LiveStatus);
