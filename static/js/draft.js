// A text that is being written is a row on the server: saved 600 ms after a pause, after 3 s at the latest, and
// when the page is left. While the server is not there the text waits in this tab.
import { beacon, post } from "./http.js";

const PAUSE = 600;
const MOST = 3000;

export class Draft {
  #saved;
  #timers = {};
  #going = null;
  #dirty = false;

  // `text()` is what is to be kept; `saved` what the server has; `tell(state)` hears saving, saved, offline, or "" for
  // nothing to say. What was typed before this ran is kept too.
  constructor({ url, kind, text, saved, tell }) {
    Object.assign(this, { url, kind, text, tell });
    this.#saved = saved;
    if (text() !== saved) this.touch();
  }

  touch() {
    this.#dirty = true;
    clearTimeout(this.#timers.pause);
    this.#timers.pause = setTimeout(() => this.save(), PAUSE);
    this.#timers.most ??= setTimeout(() => this.save(), MOST);
  }

  // Save now if there is something new; resolves when nothing is under way any more.
  async save() {
    this.#rest();
    while (this.#going) await this.#going;
    const body = this.text();
    if (!this.#dirty || body === this.#saved) return;
    this.#going = this.#send(body).finally(() => (this.#going = null));
    await this.#going;
  }

  // The page is leaving: one last POST that outlives it.
  leave() {
    const body = this.text();
    if (!this.#dirty || body === this.#saved) return;
    this.#rest();
    if (beacon(this.url, { kind: this.kind, body })) this.#saved = body;
  }

  // The server has forgotten the draft, because the text was sent.
  forget() {
    this.#rest();
    this.#saved = "";
    this.#dirty = this.text() !== "";
    if (this.#dirty) this.touch();
    else this.tell("");
  }

  // Let what is under way arrive before the text itself is sent, or it would come back as a draft.
  async settle() {
    this.#rest();
    while (this.#going) await this.#going;
  }

  async #send(body) {
    this.tell("saving");
    try {
      await post(this.url, { kind: this.kind, body }, { keepalive: body.length < 30000 });
      this.#saved = body;
      this.tell(body ? "saved" : "");
    } catch {
      this.tell("offline");
      this.#timers.pause = setTimeout(() => this.save(), MOST);
    }
  }

  #rest() {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#timers = {};
  }
}
