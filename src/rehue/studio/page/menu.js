// The menu of a place: likely colours, those used in this picture, all that exist there, and a pin.

import { $, make, named, swatch, told } from "./dom.js";
import { askFor, open } from "./state.js";

const ROW = 24; // hues in a row of the colours that exist
let asked = null;
let take = null;

/**
 * Open the menu beside a point of the window.
 * @param {{x, y, at: {left, top}, used: string[], hint: number, ahead: number, choose, pin, remove, back}} place
 *   hint: number of the hint that is there, -1 for none; ahead: size at which likely choices are drawn
 */
export async function openMenu(place) {
  asked?.abort();
  asked = new AbortController();
  const menu = $("menu");
  if (menu.open) menu.close();
  $("likely").replaceChildren("…");
  $("existing").replaceChildren();
  $("more").open = false;
  take = (color) => { closeMenu(); place.choose(color); };
  $("used").replaceChildren(...place.used.map((color) => swatch(color, "", () => take(color))));
  $("used-title").hidden = !place.used.length;
  $("remove").hidden = place.hint < 0;
  $("remove").onclick = () => { closeMenu(); place.remove(); };
  $("pin").onclick = () => { closeMenu(); place.pin(); };
  $("close").onclick = closeMenu;
  menu.onclose = () => place.back();
  menu.show();
  beside(menu, place.at);
  const query = () => ({ x: place.x, y: place.y, ahead: place.ahead, ...(place.hint < 0 ? {} : { hint: place.hint }) });
  await told(async () => {
    // What was wished last is to count, but not to be waited for for ever.
    await Promise.race([open.edits.sending, new Promise((resolve) => { setTimeout(resolve, 1000); })]);
    const found = await (await askFor("suggestions", query, { signal: asked.signal })).json();
    $("likely").replaceChildren(...found.suggestions.map((one) =>
      swatch(one.color, one.share < 0.01 ? "<1 %" : `${Math.round(100 * one.share)} %`, () => take(one.color), one.tint)));
    drawExisting(found.existing);
    beside(menu, place.at);
    $("likely").querySelector("button")?.focus();
  });
  if ($("likely").textContent === "…") $("likely").replaceChildren();
}

export function closeMenu() {
  asked?.abort();
  if ($("menu").open) $("menu").close();
}

/** Take a colour from elsewhere for the place of the menu; false when none is open. */
export function chooseInMenu(color) {
  if (!$("menu").open) return false;
  take(color);
  return true;
}

function drawExisting(rows) {
  const cells = rows.flat().map((color) => {
    if (!color) return make("span");
    const cell = make("button", { type: "button", tabIndex: -1, title: color, onclick: () => take(color) });
    cell.style.background = color;
    cell.setAttribute("aria-label", named(color));
    return cell;
  });
  $("existing").replaceChildren(...cells);
  const first = cells.find((cell) => cell.tagName === "BUTTON");
  if (first) first.tabIndex = 0;
  $("existing").onkeydown = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -ROW, ArrowDown: ROW }[event.key];
    if (!by) return;
    event.preventDefault();
    let at = cells.indexOf(document.activeElement) + by;
    while (cells[at] && cells[at].tagName !== "BUTTON") at += by;
    cells[at]?.focus();
  };
}

function beside(menu, { left, top }) {
  if (matchMedia("(max-width: 46rem)").matches) return; // it lies at the lower edge
  const { width, height } = menu.getBoundingClientRect();
  const x = left + 16 + width > innerWidth ? left - 16 - width : left + 16;
  menu.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
  menu.style.top = `${Math.max(4, Math.min(top - height / 2, innerHeight - height - 4))}px`;
}
