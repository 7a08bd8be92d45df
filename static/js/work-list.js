// <work-list>: all my conversations over all brands. The server sends it whole, or one row of it; it is laid over what
// is shown, row by row, and nothing changes its place while the pointer is in the list.
import { hear } from "./live.js";
import { parse } from "./parts.js";
import { sayCount } from "./words.js";

const SAY = 10000; // the count is said aloud at most this often

class WorkList extends HTMLElement {
  connectedCallback() {
    this.stops = [
      hear("list", ({ html }) => this.take(parse(html)[0])),
      hear("row", ({ html }) => this.change(parse(html)[0])),
    ];
    this.addEventListener("pointerleave", () => this.settle());
    document.addEventListener("desk:opened", this.opened);
    document.addEventListener("desk:draft", this.drafted);
    this.opened();
  }

  disconnectedCallback() {
    for (const stop of this.stops) stop();
    document.removeEventListener("desk:opened", this.opened);
    document.removeEventListener("desk:draft", this.drafted);
  }

  // The whole list: what is not in it is gone.
  take(fresh) {
    const wanted = [...fresh.querySelectorAll("li[id]")];
    const ids = new Set(wanted.map((row) => row.id));
    for (const row of this.querySelectorAll("li[id]")) if (!ids.has(row.id)) row.remove();
    this.keepingFocus(() => wanted.forEach((row) => this.lay(row)));
    this.settle();
    this.speak();
  }

  change(row) {
    if (!row || Number(document.getElementById(row.id)?.dataset.seq ?? -1) > Number(row.dataset.seq)) return;
    this.keepingFocus(() => this.lay(row));
    this.settle();
    this.speak();
  }

  // Show the row: refreshed where it stands, or added to its group. It gets to its place when the list settles.
  lay(fresh) {
    const row = document.getElementById(fresh.id) ?? this.group(fresh.dataset.in).appendChild(fresh.cloneNode(false));
    if (row.innerHTML !== fresh.innerHTML) row.innerHTML = fresh.innerHTML;
    Object.assign(row.dataset, fresh.dataset);
    window.htmx?.process(row);
  }

  settle() {
    if (!this.matches(":hover")) this.keepingFocus(() => this.sort());
    for (const group of this.querySelectorAll("[data-group]")) {
      const count = group.querySelectorAll("li[id]").length;
      group.hidden = !count;
      group.querySelector("[data-count]").textContent = count;
    }
    const empty = this.querySelector("#list-empty");
    if (empty) empty.hidden = Boolean(this.querySelector('[data-group]:not([data-group="closed"]) li[id]'));
    this.opened();
    this.dispatchEvent(new CustomEvent("desk:count", { bubbles: true }));
  }

  sort() {
    for (const row of this.querySelectorAll("li[id]")) {
      const list = this.group(row.dataset.in);
      if (row.parentElement !== list) list.append(row);
    }
    for (const list of this.querySelectorAll("[data-group] ul")) {
      const rows = [...list.children];
      const ranked = [...rows].sort((one, other) => (one.dataset.key < other.dataset.key ? -1 : 1));
      if (ranked.some((row, index) => rows[index] !== row)) list.append(...ranked);
    }
  }

  group(name) {
    return this.querySelector(`[data-group="${name}"] ul`);
  }

  keepingFocus(work) {
    const id = this.contains(document.activeElement) && document.activeElement.closest("li[id]")?.id;
    work();
    if (id && !this.contains(document.activeElement)) document.getElementById(id)?.querySelector("a.row")?.focus();
  }

  opened = () => {
    for (const link of this.querySelectorAll("a.row")) {
      if (link.pathname === location.pathname) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    this.rove();
  };

  drafted = ({ detail: { ref, draft } }) => {
    const mark = document.querySelector(`#row-${ref} [data-draft]`);
    if (mark) mark.hidden = !draft;
  };

  // One stop for Tab: the row in front of the reader, else the open one, else the first.
  rove(to) {
    const links = this.rows;
    const current = to ?? links.find((link) => link === document.activeElement) ?? links.find((link) => link.ariaCurrent) ?? links[0];
    for (const link of links) link.tabIndex = link === current ? 0 : -1;
    return current;
  }

  get rows() {
    return [...this.querySelectorAll("[data-group]:not([hidden]) a.row")];
  }

  step(by) {
    const links = this.rows;
    const at = links.indexOf(document.activeElement.closest?.("a.row"));
    const from = at >= 0 ? at : links.findIndex((link) => link.ariaCurrent);
    const to = links[Math.min(links.length - 1, Math.max(0, from + by))];
    if (to) this.rove(to).focus();
  }

  get needing() {
    return this.querySelectorAll('[data-group="needs"] li[id]').length;
  }

  speak() {
    if (this.needing === this.spoken || Date.now() - (this.spokenAt ?? 0) < SAY) return;
    this.spoken = this.needing;
    this.spokenAt = Date.now();
    const place = document.getElementById("list-said");
    if (place) place.textContent = sayCount("needs", this.needing);
  }
}

customElements.define("work-list", WorkList);
