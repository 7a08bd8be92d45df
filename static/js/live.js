// The desk's one socket: comes back by itself, says how it is, names the last number of each stream when it
// returns. It only listens: commands are POSTs. Frames: {stream, seq?, html?, event?, data?, now}; see docs/realtime.md.
import { syncClock } from "./clock.js";

const LATE = 2000; // not live for so long: "Reconnecting"
const LOST = 10000; // for so long: "Offline since"
const FIRST = 500;
const MOST = 15000;
const SPREAD = 10000; // after a restart of the server everybody comes back, not all at once
const PULSE = 20000;
const ANSWER = 8000; // what is asked is answered within
const RESTART = 1012;
const REFUSED = 4400; // from here on the server does not want this page back

class Live extends EventTarget {
  state = "starting"; // starting | live | reconnecting | offline | refused
  since = Date.now(); // when the socket was last known to work
  #url = "";
  #socket = null;
  #greeted = false;
  #deaf = false;
  #tries = 0;
  #timers = {};
  #streams = new Map();

  start(url) {
    this.#url = url;
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => this.#cut());
    addEventListener("pageshow", (event) => event.persisted && this.wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.wake());
    this.#worry();
    this.#open();
  }

  // Keep a stream: `last()` is the highest number without a hole below it. Returns the way to let it go.
  follow(stream, last) {
    this.#streams.set(stream, last);
    this.ask({ op: "watch", stream, seq: last() });
    return () => {
      if (this.#streams.get(stream) !== last) return;
      this.#streams.delete(stream);
      this.ask({ op: "leave", stream });
    };
  }

  get isLive() {
    return this.state === "live";
  }

  // A frame from the socket, or from the state poll: the same to everybody who listens.
  take(frame) {
    if (frame.now) syncClock(frame.now);
    if (frame.stream === "hello") this.#welcomed();
    if (frame.stream === "link") this.#linked(frame.event === "up");
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  ask(message) {
    if (!this.#greeted || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
  }

  // Somebody looks again, or the network is back: find out at once.
  wake() {
    if (this.state === "refused") return;
    if (!this.#socket) return this.#open();
    this.#ping();
  }

  #open() {
    clearTimeout(this.#timers.retry);
    if (this.#socket || this.state === "refused") return;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ op: "hello", resume: this.#resume() }));
    socket.onmessage = ({ data }) => {
      this.#answered();
      this.take(JSON.parse(data));
    };
    socket.onclose = ({ code }) => this.#closed(code);
    this.#owed();
  }

  #resume() {
    return Object.fromEntries([...this.#streams].map(([stream, last]) => [stream, last()]));
  }

  #welcomed() {
    this.#greeted = true;
    this.#deaf = false;
    this.#tries = 0;
    clearInterval(this.#timers.pulse);
    this.#timers.pulse = setInterval(() => this.#ping(), PULSE);
    this.#calm();
  }

  // The server may be there and hear nothing itself (its message broker is away): pages ask until it does.
  #linked(up) {
    this.#deaf = !up;
    if (up) this.#calm();
    else this.#worry();
  }

  #calm() {
    if (this.#deaf || !this.#greeted) return;
    for (const name of ["late", "lost"]) {
      clearTimeout(this.#timers[name]);
      delete this.#timers[name];
    }
    this.since = Date.now();
    this.#turn("live");
  }

  #worry() {
    if (!navigator.onLine) return this.#turn("offline");
    this.#timers.late ??= setTimeout(() => this.state !== "offline" && this.#turn("reconnecting"), LATE);
    this.#timers.lost ??= setTimeout(() => !this.#deaf && this.#turn("offline"), LOST);
  }

  #turn(state) {
    if (this.state === state) return;
    const was = this.state;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, was, since: this.since } }));
  }

  #closed(code) {
    if (!this.#socket) return;
    this.#drop();
    if (code >= REFUSED) return this.#turn("refused");
    this.#worry();
    const wait = Math.min(MOST, FIRST * 2 ** this.#tries++) * (0.5 + Math.random() / 2);
    this.#timers.retry = setTimeout(() => this.#open(), code === RESTART ? Math.random() * SPREAD : wait);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#greeted = false;
    socket.onopen = socket.onmessage = socket.onclose = null;
    clearInterval(this.#timers.pulse);
    this.#answered();
    socket.close();
  }

  #cut() {
    if (this.#socket) {
      this.#drop();
      this.#timers.retry = setTimeout(() => this.#open(), MOST);
    }
    this.#worry();
  }

  // A dead network closes nothing: when no answer comes to what was asked, the socket is given up.
  #ping() {
    this.ask({ op: "ping" });
    this.#owed();
  }

  #owed() {
    this.#timers.answer ??= setTimeout(() => {
      delete this.#timers.answer;
      this.#closed(1006);
    }, ANSWER);
  }

  #answered() {
    clearTimeout(this.#timers.answer);
    delete this.#timers.answer;
  }
}

export const live = new Live();

// Call `take` with each frame of the stream (or of those a test function names). Returns the way to stop.
export function hear(stream, take) {
  const wanted = typeof stream === "function" ? stream : (name) => name === stream;
  const listener = ({ detail }) => wanted(detail.stream) && take(detail);
  live.addEventListener("frame", listener);
  return () => live.removeEventListener("frame", listener);
}
