/* The field the visitor writes in: keys, limits, the draft, and files in words. It never loses a text. */

import { keepDraft } from "./outbox.js";

export class Composer {
  constructor({ form, field, send, count, key, limit, language, words, onSend, onTyping, onNotice, mayGo }) {
    Object.assign(this, { form, field, send, count, limit, language, words, onSend, onTyping, onNotice, mayGo });
    this.saveDraft = keepDraft(key, field);
    form.addEventListener("submit", (event) => this.submit(event));
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("input", () => this.changed(true));
    for (const kind of ["paste", "dragover", "dragleave", "drop"]) {
      document.addEventListener(kind, (event) => this.refuseFiles(event));
    }
    addEventListener("pagehide", this.saveDraft);
    this.changed();
    send.disabled = false; // before this, a click would have left with the page and taken the text along
  }

  get isFree() {
    return !this.field.value.trim();
  }

  focus() {
    this.field.focus();
  }

  /* Put a text back: before what is being written, if anything is. */
  restore(body) {
    this.field.value = [body, this.field.value].filter((part) => part.trim()).join("\n");
    this.changed();
  }

  submit(event) {
    event.preventDefault();
    const body = this.field.value.trim();
    if (!body) return;
    if (characters(body, this.limit) > this.limit) return this.onNotice(this.tooLong(body));
    if (!this.mayGo()) return;
    this.onNotice("");
    this.field.value = "";
    this.changed();
    this.onSend(body);
    this.focus();
  }

  key(event) {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.altKey) return;
    const touch = matchMedia("(pointer: coarse)").matches;
    if (touch && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  changed(byHand) {
    const left = this.limit - characters(this.field.value, this.limit);
    this.send.setAttribute("aria-disabled", String(this.isFree));
    this.count.hidden = left > 500;
    this.count.textContent = left;
    this.count.classList.toggle("beyond", left < 0);
    if (!CSS.supports("field-sizing", "content")) this.grow();
    clearTimeout(this.saving);
    this.saving = setTimeout(this.saveDraft, 300);
    if (!byHand) return;
    if (left >= 0) this.onNotice("");
    if (!this.isFree) this.onTyping();
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  tooLong(body) {
    const number = new Intl.NumberFormat(this.language);
    const size = number.format(characters(body, this.limit));
    return this.words.too_long.replace("{n}", size).replace("{max}", number.format(this.limit));
  }

  /* Pasted or dropped files: refused in words; what is written stays, and text beside a file is pasted. */
  refuseFiles(event) {
    const data = event.clipboardData || event.dataTransfer;
    this.form.classList.toggle("dropping", event.type === "dragover");
    const withText = event.type === "paste" && data.types.includes("text/plain");
    if (event.type === "dragleave" || withText || !data.types.includes("Files")) return;
    event.preventDefault();
    if (event.type !== "dragover") this.onNotice(this.words.files);
  }
}

/* Characters as the server counts them: code points, not UTF-16 units. */
function characters(text, limit) {
  return text.length > limit ? [...text].length : text.length;
}
