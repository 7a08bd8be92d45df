// The agent's desk. One behaviour per module; here they are brought together and the socket is opened.
import "./panes.js";
import "./live-status.js";
import "./msg-stream.js";
import "./msg-composer.js";
import "./work-list.js";
import "./offers.js";
import "./attention.js";
import "./conversation.js";
import "./hot-keys.js";
import "./asked.js";
import "./picks.js";
import "./poll.js";
import "./reading.js";
import "./files.js";
import "./hands.js";
import { live } from "./live.js";

// Refusals come with words to show: they are put in place like any other answer.
window.htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "(404|409|410|422)", swap: true, error: true },
  { code: "[45]..", swap: false, error: true },
];

live.start(document.body.dataset.liveUrl);
