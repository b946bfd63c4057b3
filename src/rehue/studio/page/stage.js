// The photograph on the page: grey and colour over each other, zoomed and moved, with its hints.

import { $, hex, make, named } from "./dom.js";
import { Pixels } from "./pixels.js";
import { listen } from "./pointers.js";

// As in rehue.model.hints: the radius of a hint that says none, and the colour of a pin.
const RADIUS = 0.003;
export const KEEP = "keep";

/** Return a hint in words. */
export function labelOf({ x, y, color }, number) {
  const what = color === KEEP ? `Pin ${number + 1}, keeps the automatic colour` : `Hint ${number + 1}, ${named(color)}`;
  return `${what}, at ${Math.round(100 * x)}, ${Math.round(100 * y)} percent`;
}

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

export class Stage {
  /** @param {{click, move, radius, remove, pin}} acts what is done at a place or to a hint, by its number */
  constructor(acts) {
    this.acts = acts;
    this.view = { scale: 1, x: 0, y: 0 };
    this.cross = { x: 0.5, y: 0.5 };
    this.chosen = -1;
    this.hints = [];
    this.isGrey = false;
    this.pixels = new Pixels(this);
    listen(this);
    $("divide").oninput = () => this.draw();
    new ResizeObserver(() => this.fit()).observe($("stage"));
  }

  /** @param {{width, height}} size of what is shown, in pixels */
  open(size, name) {
    this.size = size;
    this.chosen = -1;
    this.pixels.hide();
    $("sure").hidden = true;
    $("stage").setAttribute("aria-label", `${name}, ${size.width} by ${size.height} pixels`);
    this.fit();
  }

  // Where it is shown

  get room() {
    return $("stage").getBoundingClientRect();
  }

  fit() {
    if (!this.size) return;
    const { width, height } = this.room;
    if (!width || !height) return;
    this.fitted = Math.min(width / this.size.width, height / this.size.height);
    this.width = this.size.width * this.fitted;
    this.height = this.size.height * this.fitted;
    this.view = { scale: 1, x: (width - this.width) / 2, y: (height - this.height) / 2 };
    this.draw();
  }

  /** Show a pixel of the photograph as one of the screen, or all of it again. */
  toggleZoom(at = null) {
    const whole = 1 / (this.fitted * devicePixelRatio);
    if (Math.abs(this.view.scale - whole) < 1e-6 || whole <= 1) return this.fit();
    const { width, height } = this.room;
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
    if (!this.size) return;
    const room = this.room;
    const [wide, high] = [this.width * this.view.scale, this.height * this.view.scale];
    // What fits is in the middle; what does not leaves no gap.
    this.view.x = wide <= room.width ? (room.width - wide) / 2 : clamp(this.view.x, room.width - wide, 0);
    this.view.y = high <= room.height ? (room.height - high) / 2 : clamp(this.view.y, room.height - high, 0);
    const sheet = $("sheet");
    sheet.style.width = `${wide}px`;
    sheet.style.height = `${high}px`;
    sheet.style.transform = `translate(${this.view.x}px, ${this.view.y}px)`;
    const share = this.isGrey ? 100 : $("divide").valueAsNumber;
    const { left, right } = this.seen;
    const at = left + ((right - left) * share) / 100;
    $("after").style.clipPath = `inset(0 0 0 ${clamp((100 * (at - this.view.x)) / wide, 0, 100)}%)`;
    $("divider").hidden = this.isGrey;
    $("divider").style.left = `${at}px`;
    $("zoom").setAttribute("aria-pressed", String(this.view.scale > 1));
    $("cross").style.left = `${100 * this.cross.x}%`;
    $("cross").style.top = `${100 * this.cross.y}%`;
    this.#drawHints();
    clearTimeout(this.later);
    this.later = setTimeout(() => this.pixels.fetch().catch(() => {}), 180);
  }

  pan(right, lower) {
    this.view.x += right;
    this.view.y += lower;
    this.draw();
  }

  /** Show the cross at a place. */
  point({ x, y }) {
    this.cross = { x, y };
    $("cross").hidden = false;
    this.draw();
  }

  /** Bring a place into sight. */
  reveal(place) {
    const { width, height } = this.room;
    const { x, y } = this.inRoom(place);
    const [right, lower] = [clamp(x, 0, width) - x, clamp(y, 0, height) - y];
    if (right || lower) this.pan(right + Math.sign(right) * (width / 4), lower + Math.sign(lower) * (height / 4));
  }

  setGrey(isGrey) {
    if (this.isGrey === isGrey) return;
    this.isGrey = isGrey;
    this.draw();
  }

  /** Return the place of an event, in shares of the photograph. */
  place({ clientX, clientY }) {
    const room = this.room;
    return {
      x: (clientX - room.left - this.view.x) / (this.width * this.view.scale),
      y: (clientY - room.top - this.view.y) / (this.height * this.view.scale),
    };
  }

  /** Return where the divider runs: over the picture, or over what is seen of it (px of the stage). */
  get seen() {
    const wide = this.width * this.view.scale;
    return { left: Math.max(0, this.view.x), right: Math.min(this.room.width, this.view.x + wide) };
  }

  /** Return where a place is on the stage. */
  inRoom({ x, y }) {
    return { x: this.view.x + x * this.width * this.view.scale, y: this.view.y + y * this.height * this.view.scale };
  }

  /** Return where a place is in the window. */
  at(place) {
    const [{ left, top }, { x, y }] = [this.room, this.inRoom(place)];
    return { left: left + x, top: top + y };
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
      const isPin = hint.color === KEEP;
      button.style.background = isPin ? "" : hint.color;
      button.classList.toggle("pin", isPin);
      button.classList.toggle("chosen", number === this.chosen);
      button.setAttribute("aria-label", labelOf(hint, number));
      if (number !== this.chosen) return;
      const across = 2 * (hint.radius ?? RADIUS) * Math.max(this.width, this.height) * this.view.scale;
      const ring = make("div", { className: "reach" });
      Object.assign(ring.style, { left: button.style.left, top: button.style.top, width: `${across}px`, height: `${across}px` });
      box.prepend(ring);
    });
  }

  /** The colours have changed: pixels of before are not shown over them. */
  outdated() {
    this.pixels.hide();
    this.draw();
  }
}
