// The photograph on the page: grey and colour over each other, zoomed and moved, with its hints.

import { show } from "./api.js";
import { $, make } from "./dom.js";

const RADIUS = 0.003; // of a hint that says none, as in rehue.model.hints
const NEAR = 5; // px that a pointer may move and still click
const LARGEST_PART = 4096;

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

export class Stage {
  /** @param {{click, drop, radius, remove, pin}} acts what is done at a place or to a hint, by its number */
  constructor(acts) {
    this.acts = acts;
    this.view = { scale: 1, x: 0, y: 0 };
    this.cross = { x: 0.5, y: 0.5 };
    this.chosen = -1;
    this.hints = [];
    this.isGrey = false;
    this.pointers = new Map();
    const stage = $("stage");
    stage.onpointerdown = (event) => this.#down(event);
    stage.onpointermove = (event) => this.#move(event);
    stage.onpointerup = (event) => this.#up(event);
    stage.onpointercancel = (event) => this.pointers.delete(event.pointerId);
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    stage.onkeydown = (event) => this.#key(event);
    stage.onfocus = () => { $("cross").hidden = !stage.matches(":focus-visible"); };
    stage.onblur = () => { $("cross").hidden = true; };
    $("divide").oninput = () => this.draw();
    new ResizeObserver(() => this.fit()).observe(stage);
  }

  open(photo) {
    this.photo = photo;
    this.chosen = -1;
    for (const id of ["part-grey", "part-color", "sure"]) $(id).hidden = true;
    $("stage").setAttribute("aria-label", `${photo.name}, ${photo.width} by ${photo.height} pixels`);
    this.fit();
  }

  // Where it is shown

  get #room() {
    return $("stage").getBoundingClientRect();
  }

  fit() {
    if (!this.photo) return;
    const { width, height } = this.#room;
    if (!width || !height) return;
    this.fitted = Math.min(width / this.photo.width, height / this.photo.height);
    this.width = this.photo.width * this.fitted;
    this.height = this.photo.height * this.fitted;
    this.view = { scale: 1, x: (width - this.width) / 2, y: (height - this.height) / 2 };
    this.draw();
  }

  /** Show a pixel of the photograph as one of the screen, or all of it again. */
  toggleZoom(at = null) {
    const whole = 1 / (this.fitted * devicePixelRatio);
    if (Math.abs(this.view.scale - whole) < 1e-6 || whole <= 1) return this.fit();
    const { width, height } = this.#room;
    return this.zoom(whole / this.view.scale, at ?? { x: width / 2, y: height / 2 });
  }

  zoom(factor, at) {
    const most = Math.max(1, 4 / (this.fitted * devicePixelRatio));
    const scale = clamp(this.view.scale * factor, 1, most);
    const by = scale / this.view.scale;
    this.view = { scale, x: at.x - (at.x - this.view.x) * by, y: at.y - (at.y - this.view.y) * by };
    this.draw();
  }

  draw() {
    if (!this.photo) return;
    const room = this.#room;
    const [wide, high] = [this.width * this.view.scale, this.height * this.view.scale];
    // What fits is in the middle; what does not leaves no gap.
    this.view.x = wide <= room.width ? (room.width - wide) / 2 : clamp(this.view.x, room.width - wide, 0);
    this.view.y = high <= room.height ? (room.height - high) / 2 : clamp(this.view.y, room.height - high, 0);
    const sheet = $("sheet");
    sheet.style.width = `${wide}px`;
    sheet.style.height = `${high}px`;
    sheet.style.transform = `translate(${this.view.x}px, ${this.view.y}px)`;
    const share = this.isGrey ? 100 : $("divide").valueAsNumber;
    // The divider runs over the picture, or over what is seen of it.
    const left = Math.max(0, this.view.x);
    const right = Math.min(room.width, this.view.x + wide);
    const at = left + ((right - left) * share) / 100;
    $("after").style.clipPath = `inset(0 0 0 ${clamp((100 * (at - this.view.x)) / wide, 0, 100)}%)`;
    $("divider").hidden = this.isGrey;
    $("divider").style.left = `${at}px`;
    $("zoom").setAttribute("aria-pressed", String(this.view.scale > 1));
    $("cross").style.left = `${100 * this.cross.x}%`;
    $("cross").style.top = `${100 * this.cross.y}%`;
    this.#drawHints();
    clearTimeout(this.later);
    this.later = setTimeout(() => this.#fetchPart().catch(() => {}), 180);
  }

  setGrey(isGrey) {
    if (this.isGrey === isGrey) return;
    this.isGrey = isGrey;
    this.draw();
  }

  /** Return the place of an event, in shares of the photograph. */
  place({ clientX, clientY }) {
    const room = this.#room;
    return {
      x: (clientX - room.left - this.view.x) / (this.width * this.view.scale),
      y: (clientY - room.top - this.view.y) / (this.height * this.view.scale),
    };
  }

  /** Return where a place is in the window. */
  at({ x, y }) {
    const room = this.#room;
    return {
      left: room.left + this.view.x + x * this.width * this.view.scale,
      top: room.top + this.view.y + y * this.height * this.view.scale,
    };
  }

  /** Return the colour shown at a place. */
  colorAt({ x, y }) {
    const image = $("color");
    const canvas = make("canvas", { width: 1, height: 1 });
    const context = canvas.getContext("2d");
    const [column, row] = [Math.floor(x * (image.naturalWidth - 1)), Math.floor(y * (image.naturalHeight - 1))];
    context.drawImage(image, column, row, 1, 1, 0, 0, 1, 1);
    return hex(context.getImageData(0, 0, 1, 1).data);
  }

  // Hints

  setHints(hints) {
    this.hints = hints;
    if (this.chosen >= hints.length) this.chosen = -1;
    this.draw();
  }

  choose(number) {
    this.chosen = number;
    this.#drawHints();
  }

  #drawHints() {
    const box = $("hints");
    const buttons = [...box.querySelectorAll(".hint")];
    buttons.slice(this.hints.length).forEach((button) => button.remove());
    box.querySelectorAll(".reach").forEach((ring) => ring.remove());
    this.hints.forEach((hint, number) => {
      const button = buttons[number] ?? box.appendChild(make("button", { type: "button", className: "hint" }));
      button.dataset.number = number;
      button.style.left = `${100 * hint.x}%`;
      button.style.top = `${100 * hint.y}%`;
      button.style.background = hint.color;
      button.classList.toggle("chosen", number === this.chosen);
      button.setAttribute("aria-label", `Hint ${number + 1}, ${hint.color}, at ${Math.round(100 * hint.x)}, ${Math.round(100 * hint.y)} percent`);
      if (number !== this.chosen) return;
      const across = 2 * (hint.radius ?? RADIUS) * Math.max(this.width, this.height) * this.view.scale;
      const ring = make("div", { className: "reach" });
      Object.assign(ring.style, { left: button.style.left, top: button.style.top, width: `${across}px`, height: `${across}px` });
      box.prepend(ring);
    });
  }

  // Pointers and keys

  #down(event) {
    if (event.button > 0) return;
    const hint = event.target.closest(".hint");
    const kind = hint ? "hint" : event.target.id === "divider" ? "divider" : "sheet";
    if (hint) this.choose(Number(hint.dataset.number));
    $("stage").setPointerCapture(event.pointerId);
    const { clientX, clientY } = event;
    this.pointers.set(event.pointerId, { kind, clientX, clientY, startX: clientX, startY: clientY, hasMoved: false, hint: this.chosen });
  }

  #move(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return;
    const [dx, dy] = [event.clientX - pointer.clientX, event.clientY - pointer.clientY];
    pointer.hasMoved ||= Math.hypot(event.clientX - pointer.startX, event.clientY - pointer.startY) > NEAR;
    if (!pointer.hasMoved) return;
    const before = this.#spread();
    pointer.clientX = event.clientX;
    pointer.clientY = event.clientY;
    if (this.pointers.size === 2) return this.#pinch(before);
    if (pointer.kind === "divider") this.#divide(event);
    else if (pointer.kind === "hint") this.acts.move(pointer.hint, this.#inside(this.place(event)));
    else {
      this.view.x += dx;
      this.view.y += dy;
      this.draw();
    }
  }

  #up(event) {
    const pointer = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    if (!pointer || pointer.hasMoved) return;
    const place = this.place(event);
    if (pointer.kind === "hint") this.acts.click(this.hints[pointer.hint], pointer.hint);
    else if (pointer.kind === "sheet" && place.x >= 0 && place.x <= 1 && place.y >= 0 && place.y <= 1) this.acts.click(place, -1);
  }

  #spread() {
    const [one, two] = this.pointers.values();
    return two ? Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY) : 0;
  }

  #pinch(before) {
    const [one, two] = this.pointers.values();
    one.hasMoved = two.hasMoved = true;
    const room = this.#room;
    const at = { x: (one.clientX + two.clientX) / 2 - room.left, y: (one.clientY + two.clientY) / 2 - room.top };
    if (before) this.zoom(this.#spread() / before, at);
  }

  #divide({ clientX }) {
    const room = this.#room;
    const left = Math.max(0, this.view.x);
    const right = Math.min(room.width, this.view.x + this.width * this.view.scale);
    $("divide").value = (100 * (clientX - room.left - left)) / (right - left);
    this.draw();
  }

  #wheel(event) {
    event.preventDefault();
    const hint = event.target.closest(".hint");
    const up = event.deltaY < 0;
    if (hint) {
      this.choose(Number(hint.dataset.number));
      this.acts.radius(this.chosen, up ? 1.25 : 0.8);
      return;
    }
    const room = this.#room;
    this.zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - room.left, y: event.clientY - room.top });
  }

  #inside({ x, y }) {
    return { x: clamp(x, 0, 1), y: clamp(y, 0, 1) };
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const hint = event.target.closest(".hint");
    const number = hint ? Number(hint.dataset.number) : -1;
    const step = event.shiftKey ? 0.05 : 0.01;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (hint && number !== this.chosen) this.choose(number);
    if (by) {
      const from = hint ? this.hints[number] : this.cross;
      const to = this.#inside({ x: from.x + by[0], y: from.y + by[1] });
      if (hint) this.acts.move(number, to);
      else {
        this.cross = to;
        $("cross").hidden = false;
        this.draw();
      }
    } else if (event.key === "Enter" || event.key === " ") {
      if (hint) this.acts.click(this.hints[number], number);
      else this.acts.click(this.cross, -1);
    } else if (hint && (event.key === "Delete" || event.key === "Backspace")) this.acts.remove(number);
    else if (hint && "+=".includes(event.key)) this.acts.radius(number, 1.25);
    else if (hint && event.key === "-") this.acts.radius(number, 0.8);
    else if (event.key === "k") this.acts.pin(this.cross);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Real pixels

  async #fetchPart() {
    const shown = this.fitted * this.view.scale * devicePixelRatio; // pixels of the screen for one of the picture
    const preview = $("color").naturalWidth / this.photo.width;
    if (!preview) return; // the small picture comes first
    if (shown <= preview * 1.05 || preview >= 1) {
      $("part-grey").hidden = $("part-color").hidden = true;
      return;
    }
    const room = this.#room;
    if (!room.width) return; // the editor is not shown any more
    const scale = this.fitted * this.view.scale;
    const left = Math.max(0, Math.floor(-this.view.x / scale));
    const top = Math.max(0, Math.floor(-this.view.y / scale));
    const width = Math.min(this.photo.width - left, Math.ceil(room.width / scale), LARGEST_PART);
    const height = Math.min(this.photo.height - top, Math.ceil(room.height / scale), LARGEST_PART);
    const where = `photos/${this.photo.id}/crop?x=${left}&y=${top}&width=${width}&height=${height}`;
    const mark = `${where} ${this.photo.revision}`;
    if (mark === this.part && !$("part-color").hidden) return;
    this.partAsked?.abort();
    this.partAsked = new AbortController();
    const { signal } = this.partAsked;
    await show($("part-grey"), `${where}&grey=1`, { signal });
    await show($("part-color"), `${where}&revision=${this.photo.revision}`, { signal });
    if (signal.aborted) return;
    this.part = mark;
    for (const id of ["part-grey", "part-color"]) {
      Object.assign($(id).style, {
        left: `${(100 * left) / this.photo.width}%`, top: `${(100 * top) / this.photo.height}%`,
        width: `${(100 * width) / this.photo.width}%`, height: `${(100 * height) / this.photo.height}%`,
      });
      $(id).hidden = false;
    }
  }

  /** The colours have changed: pixels of before are not shown over them. */
  outdated() {
    $("part-color").hidden = true;
    this.draw();
  }
}

export function hex([red, green, blue]) {
  return `#${[red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
