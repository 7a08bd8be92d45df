// <chart-tip data-label="…" data-open="…">: a chart whose intervals are walked. It is one stop of Tab: a slider that
// says the interval it is at; arrow keys, Home and End move, Enter opens the rows, Escape hides. A pointer does the same.
const MOVES = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -Infinity, End: Infinity };

class ChartTip extends HTMLElement {
  connectedCallback() {
    if (this.hand) return;
    this.slots = [...this.querySelectorAll(".at")].map((slot) => {
      const title = slot.querySelector("title");
      title?.remove(); // the browser would show it over ours
      return { slot, words: title?.textContent ?? "", x: Number(slot.dataset.x), rows: slot.dataset.rows };
    });
    if (!this.slots.length) return;
    this.wide = this.querySelector("svg").viewBox.baseVal.width;
    this.now = this.slots.findLastIndex(({ slot }) => !slot.classList.contains("ahead"));
    if (this.now < 0) this.now = 0;
    this.tip = this.make("div", { class: "tip", hidden: "" });
    this.hand = this.make("span", {
      class: "hand", role: "slider", tabindex: "0", "aria-label": this.dataset.label,
      "aria-valuemin": "1", "aria-valuemax": String(this.slots.length),
    });
    this.closest("[tabindex]")?.removeAttribute("tabindex");
    this.tell();
    this.hand.addEventListener("keydown", (event) => this.key(event));
    this.hand.addEventListener("focus", () => this.hand.matches(":focus-visible") && this.show(this.now));
    this.hand.addEventListener("blur", () => this.hide());
    this.addEventListener("pointermove", (event) => this.show(this.near(event)));
    this.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.hide());
    this.addEventListener("click", (event) => this.press(event));
  }

  make(name, attributes) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return this.appendChild(made);
  }

  key(event) {
    if (event.key === "Escape") this.hide();
    if (event.key === "Enter") this.open();
    if (!(event.key in MOVES) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.show(Math.min(Math.max(this.now + MOVES[event.key], 0), this.slots.length - 1));
    this.slots[this.now].slot.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  press(event) {
    if (event.target.closest("a")) return;
    this.show(this.near(event));
    if (event.pointerType !== "touch") this.open(); // a finger reads first, then follows the link
  }

  near(event) {
    const box = this.querySelector("svg").getBoundingClientRect();
    const x = ((event.clientX - box.x) / box.width) * this.wide;
    return this.slots.reduce((best, slot, n) => (Math.abs(slot.x - x) < Math.abs(this.slots[best].x - x) ? n : best), 0);
  }

  show(n) {
    if (n === this.now && !this.tip.hidden) return;
    this.slots[this.now].slot.classList.remove("on");
    this.now = n;
    const { slot, words, x, rows } = this.slots[n];
    slot.classList.add("on");
    this.tip.replaceChildren(words);
    if (rows) {
      const link = document.createElement("a");
      Object.assign(link, { href: rows, textContent: this.dataset.open, tabIndex: -1 });
      this.tip.append(" ", link);
    }
    this.tip.hidden = false;
    this.tip.classList.toggle("before", x > this.wide / 2);
    this.tip.style.setProperty("--x", `${(100 * x) / this.wide}%`);
    this.tell();
  }

  tell() {
    this.hand.setAttribute("aria-valuenow", String(this.now + 1));
    this.hand.setAttribute("aria-valuetext", this.slots[this.now].words);
  }

  hide() {
    this.tip.hidden = true;
    this.slots[this.now].slot.classList.remove("on");
  }

  open() {
    const { rows } = this.slots[this.now];
    if (rows) location.assign(rows);
  }
}

customElements.define("chart-tip", ChartTip);
