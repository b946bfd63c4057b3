// The strip of photographs: those of the opened folder, and those that were dropped on the page.

import { ask, show, table } from "./api.js";
import { $, make, told } from "./dom.js";

const SAID = { new: "new", touched: "touched", saved: "saved", failed: "failed", in_color: "in colour" };

export class Strip {
  constructor(open) {
    this.open = open;
    this.dropped = [];
    this.items = [];
    this.current = null;
    // Thumbnails are made when they come into sight.
    this.seen = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        this.seen.unobserve(target);
        show(target, ask(target.dataset.path)).catch(() => {});
      }
    }, { root: $("strip"), rootMargin: "300px" });
  }

  async refresh() {
    const { folder, photos } = await table("folder");
    $("folder").hidden = !folder;
    this.items = [
      ...photos.map((one) => ({ ...one, key: `name:${one.name}`, path: `folder/thumbnail?name=${encodeURIComponent(one.name)}` })),
      ...this.dropped.map((one) => ({ name: one.name, id: one.id, file: one.file, state: null, key: `id:${one.id}`, path: `photos/${one.id}/grey?longest=480` })),
    ];
    $("strip").hidden = this.items.length < 2 && !folder;
    const list = $("strip").firstElementChild;
    const before = new Map([...list.children].map((element) => [element.dataset.key, element]));
    list.replaceChildren(...this.items.map((item) => this.#drawn(item, before.get(item.key))));
  }

  #drawn(item, before) {
    const row = before ?? this.#made(item);
    const button = row.firstElementChild;
    button.querySelector(".state").textContent = SAID[item.state] ?? "dropped";
    button.setAttribute("aria-current", String(item.key === this.current));
    return row;
  }

  #made(item) {
    const image = make("img", { alt: "", "data-path": item.path });
    this.seen.observe(image);
    const button = make("button", { type: "button", title: item.name, onclick: () => told(() => this.open(item)) },
      image, make("span", {}, item.name), make("span", { className: "state" }));
    return make("li", { "data-key": item.key }, button);
  }

  #keyOf(photo) {
    return photo.can_save ? `name:${photo.name}` : `id:${photo.id}`;
  }

  /** Its wishes have changed; what was saved of it is not of now. */
  touch(photo) {
    const item = this.items.find((one) => one.key === this.#keyOf(photo));
    if (!item?.state || item.state === "touched") return;
    item.state = "touched";
    for (const row of $("strip").firstElementChild.children) if (row.dataset.key === item.key) this.#drawn(item, row);
  }

  /** One that was dropped has another number now. */
  moved(photo) {
    const one = this.dropped.find(({ file }) => file && file === photo.file);
    if (!one) return;
    one.id = photo.id;
    told(() => this.refresh());
    this.mark(photo);
  }

  mark(photo) {
    this.current = this.#keyOf(photo);
    for (const row of $("strip").firstElementChild.children) {
      const isCurrent = row.dataset.key === this.current;
      row.firstElementChild.setAttribute("aria-current", String(isCurrent));
      if (isCurrent) row.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  step(by) {
    const at = this.items.findIndex((item) => item.key === this.current);
    const next = this.items[at + by];
    if (next) told(() => this.open(next));
  }
}
