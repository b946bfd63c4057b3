// The menu of a place: likely colours, those used in this picture, all that exist there, and a pin.

import { table } from "./api.js";
import { $, make, swatch, told } from "./dom.js";

let asked = null;

/**
 * Open the menu beside a point of the window.
 * @param {{photo, x, y, at: {left, top}, used: string[], isHint: boolean, choose, pin, remove, back}} place
 */
export async function openMenu(place) {
  asked?.abort();
  asked = new AbortController();
  const menu = $("menu");
  if (menu.open) menu.close();
  $("likely").replaceChildren("…");
  $("existing").replaceChildren();
  $("more").open = false;
  const choose = (color) => { closeMenu(); place.choose(color); };
  $("used").replaceChildren(...place.used.map((color) => swatch(color, "", () => choose(color))));
  $("remove").hidden = !place.isHint;
  $("remove").onclick = () => { closeMenu(); place.remove(); };
  $("pin").onclick = () => { closeMenu(); place.pin(); };
  $("close").onclick = closeMenu;
  menu.onclose = () => place.back();
  menu.show();
  beside(menu, place.at);
  await told(async () => {
    const found = await table(`photos/${place.photo.id}/suggestions?x=${place.x}&y=${place.y}`, { signal: asked.signal });
    $("likely").replaceChildren(...found.suggestions.map((one) =>
      swatch(one.color, one.share < 0.01 ? "<1 %" : `${Math.round(100 * one.share)} %`, () => choose(one.color), one.tint)));
    drawExisting(found.existing, choose);
    beside(menu, place.at);
    $("likely").querySelector("button")?.focus();
  });
}

export function closeMenu() {
  asked?.abort();
  if ($("menu").open) $("menu").close();
}

function drawExisting(rows, choose) {
  const cells = rows.flat().map((color) => {
    if (!color) return make("span");
    const cell = make("button", { type: "button", tabIndex: -1, onclick: () => choose(color) });
    cell.style.background = color;
    cell.setAttribute("aria-label", color);
    return cell;
  });
  $("existing").replaceChildren(...cells);
  const first = cells.find((cell) => cell.tagName === "BUTTON");
  if (first) first.tabIndex = 0;
  $("existing").onkeydown = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -24, ArrowDown: 24 }[event.key];
    if (!by) return;
    event.preventDefault();
    let at = cells.indexOf(document.activeElement) + by;
    while (cells[at] && cells[at].tagName !== "BUTTON") at += by;
    cells[at]?.focus();
  };
}

function beside(menu, { left, top }) {
  const { width, height } = menu.getBoundingClientRect();
  const x = left + 16 + width > innerWidth ? left - 16 - width : left + 16;
  menu.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
  menu.style.top = `${Math.max(4, Math.min(top - height / 2, innerHeight - height - 4))}px`;
}
