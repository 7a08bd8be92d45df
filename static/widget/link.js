/* One socket to the live server: greets, comes back by itself, and says how it is: live, reconnecting, offline. */

const LATE = 2000; // not live for so long: "connecting again"
const LOST = 10000; // so long: "offline"
const PULSE = 25000;
const ANSWER = 10000; // the other side owes an answer within

export function connect({ url, greeting, onFrame, onState, onRefused }) {
  let socket = null;
  let tries = 0;
  let timers = {};
  let shut = false;

  function open() {
    if (shut || socket) return;
    clearTimeout(timers.retry);
    socket = new WebSocket(url);
    socket.onopen = () => socket.send(JSON.stringify(greeting()));
    socket.onmessage = ({ data }) => heard(JSON.parse(data));
    socket.onclose = ({ code }) => lost(code);
    owed();
  }

  function heard(frame) {
    answered();
    if (frame.op === "hello_ok") live();
    if (frame.op !== "pong") onFrame(frame);
  }

  function live() {
    tries = 0;
    clearTimeout(timers.late);
    clearTimeout(timers.lost);
    timers.late = timers.lost = null;
    clearInterval(timers.pulse);
    timers.pulse = setInterval(() => send({ op: "ping" }), PULSE);
    onState("live");
  }

  function lost(code) {
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket = null;
    answered();
    clearInterval(timers.pulse);
    if (code >= 4400 && code < 4500) return onRefused(code);
    worry();
    const wait = Math.min(15000, 500 * 2 ** tries++) * (0.5 + Math.random() / 2);
    timers.retry = setTimeout(open, code === 1012 ? Math.random() * 10000 : wait);
  }

  function worry() {
    if (!navigator.onLine) return onState("offline");
    timers.late ||= setTimeout(() => onState("reconnecting"), LATE);
    timers.lost ||= setTimeout(() => onState("offline"), LOST);
  }

  /* A dead network closes nothing: when an answer is owed and does not come, the socket is given up. */
  function owed() {
    timers.answer ||= setTimeout(() => {
      timers.answer = null;
      socket?.close();
      lost(1006);
    }, ANSWER);
  }

  function answered() {
    clearTimeout(timers.answer);
    timers.answer = null;
  }

  function send(frame) {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(frame));
    if (frame.op === "msg" || frame.op === "ping") owed();
    return true;
  }

  function wake() {
    if (document.visibilityState === "visible") socket ? send({ op: "ping" }) : open();
  }

  function cut() {
    socket?.close();
    lost(1006);
  }

  addEventListener("online", wake);
  addEventListener("offline", cut);
  addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", wake);
  worry();
  open();

  return {
    send,
    close() {
      shut = true;
      Object.values(timers).forEach(clearTimeout);
      socket?.close();
    },
  };
}
