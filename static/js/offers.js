// Offers: the server says which are open, until when; here they ring down, are taken or declined, and say what became
// of them. A late press is answered with words, never with nothing.
import { hear } from "./live.js";
import { parse } from "./parts.js";
import { serverNow } from "./tick.js";
import { say } from "./words.js";

const LINGER = 5000; // how long a card that is over still says why
const SOON = 5;

class OfferList extends HTMLElement {
  connectedCallback() {
    this.announced = new Map();
    this.stop = hear("offers", ({ html, data }) => (html === undefined ? this.end(data.gone) : this.take(parse(html))));
    this.addEventListener("tick:end", ({ target }) => this.late(target.closest(".offer")));
    this.timer = setInterval(() => this.speakSoon(), 1000);
    this.addEventListener("click", ({ target }) => target.closest("[data-dismiss-offer]")?.closest(".offer").remove());
    this.addEventListener("htmx:load", ({ target }) => this.answered(target));
    this.addEventListener("htmx:beforeRequest", ({ target }) => target.closest(".offer")?.setAttribute("data-answered", ""));
    this.addEventListener("htmx:afterRequest", ({ target, detail }) => this.settled(target.closest(".offer"), detail.xhr?.status));
    for (const card of this.cards) this.begin(card);
    this.tell();
  }

  disconnectedCallback() {
    this.stop();
    clearInterval(this.timer);
  }

  // Cards that can still be taken, the one that ends first before the others.
  get cards() {
    return [...this.querySelectorAll(".offer:not(.over, [data-answered])")].sort((one, other) => (one.dataset.until < other.dataset.until ? -1 : 1));
  }

  // All that are open; what is missing without a word is over.
  take(fresh) {
    const ids = new Set(fresh.map((card) => card.id));
    for (const card of this.cards) if (!ids.has(card.id)) this.over(card, say("offer_gone"));
    for (const card of fresh) if (!document.getElementById(card.id)) this.begin(this.appendChild(card));
    this.tell();
  }

  // Those that are over, each with what became of it.
  end(gone) {
    for (const card of this.cards) if (card.dataset.offer in gone) this.over(card, gone[card.dataset.offer] || say("offer_gone"));
    this.tell();
  }

  begin(card) {
    window.htmx?.process(card);
    this.say(card, "offer_new");
    this.announced.set(card.id, false);
  }

  // The time is over here: the server says the same, now or in a moment.
  late(card) {
    if (card && !card.classList.contains("over")) this.over(card, say("offer_late"));
    this.tell();
  }

  // An answer is there: the card has done its work. None came: it can be answered again while it is open.
  settled(card, status) {
    if (card?.matches(".over")) return;
    if (status) card?.remove();
    else card?.removeAttribute("data-answered");
    this.tell();
  }

  over(card, words) {
    card.classList.add("over");
    card.querySelector(".go")?.remove();
    const line = card.querySelector(".gone");
    line.textContent = words;
    line.hidden = false;
    setTimeout(() => card.remove(), LINGER);
  }

  // The server answered in the card's place: too late, or "why not?". Either goes by itself.
  answered(card) {
    if (!card.matches?.(".offer.over")) return;
    setTimeout(() => card.matches(":hover, :focus-within") ? this.answered(card) : card.remove(), "asks" in card.dataset ? 3 * LINGER : LINGER);
    this.tell();
  }

  accept() {
    this.cards[0]?.querySelector("[data-accept]")?.click();
  }

  decline() {
    this.cards[0]?.querySelector("[data-decline]")?.click();
  }

  // Once when it comes, once when it is about to end.
  say(card, key) {
    const place = document.getElementById("offer-said");
    const seconds = Math.round((Date.parse(card.dataset.until) - serverNow()) / 1000);
    if (place) place.textContent = say(key, { brand: card.dataset.brand, name: card.dataset.name, seconds });
  }

  speakSoon() {
    for (const card of this.cards) {
      const left = (Date.parse(card.dataset.until) - serverNow()) / 1000;
      if (left > SOON || this.announced.get(card.id)) continue;
      this.announced.set(card.id, true);
      this.say(card, "offer_soon");
    }
  }

  // Sound, title and notification listen to this.
  tell() {
    const open = this.cards.map(({ id, dataset }) => ({ id, brand: dataset.brand }));
    this.dispatchEvent(new CustomEvent("desk:offers", { bubbles: true, detail: open }));
  }
}

customElements.define("offer-list", OfferList);
