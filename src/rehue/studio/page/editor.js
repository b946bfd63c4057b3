// The editor: the photograph with its hints, its versions, its pages and the wishes beside it.

import { show } from "./api.js";
import { $, make, say, showOnly, speak, swatch, named, told } from "./dom.js";
import { chooseInMenu, openMenu } from "./menu.js";
import { drawScan, forgetFinding, refreshFinding } from "./scan.js";
import { KEEP, labelOf, Stage } from "./stage.js";
import { askFor, change, open, size } from "./state.js";
import { drawWishes } from "./wishes.js";

let shown = { id: null, revision: 0 }; // what is on the screen
let carried = null; // a colour that the next click puts down

export const stage = new Stage({
  click: (place, number) => (carried ? putDown(place, number) : pick(place, number)),
  move: (number, { x, y }) => open.edits.change((now) => Object.assign(now.hints[number], { x, y }), `move ${number}`),
  radius: (number, factor) => open.edits.change((now) => {
    const hint = now.hints[number];
    hint.radius = Math.min(0.25, Math.max(0.001, (hint.radius ?? 0.003) * factor));
  }, `radius ${number}`),
  remove: (number) => removeHint(number),
  pin: (place, number) => setColor(place, number, KEEP),
});

function backToStage() {
  $("cross").hidden = true;
  $("stage").focus({ focusVisible: false, preventScroll: true });
}

export async function startEditor() {
  showOnly("editor");
  stage.open(size(), open.photo.name);
  stage.setHints(open.edits.now.hints);
  drawPages();
  forgetFinding();
  drawEdits();
  drawVersions();
  await Promise.all([drawGrey(), refreshPreview()]);
}

const drawGrey = () => show($("grey"), askFor("grey", () => ({ longest: longest() })));

/** Return the longest side of the preview that fills the stage (px of the screen). */
function longest() {
  const room = $("stage").getBoundingClientRect();
  return Math.max(480, Math.round(Math.max(room.width, room.height) * devicePixelRatio));
}

export async function refreshPreview() {
  const { photo, page } = open;
  let revision;
  try {
    const answer = askFor("preview", (one) => { ({ revision } = one); return { longest: longest(), revision }; });
    await show($("color"), await answer);
  } catch (error) {
    if (error.status === 409) return; // a newer one is on its way
    throw error;
  }
  if (photo !== open.photo || page !== open.page || (photo.id === shown.id && revision < shown.revision)) return;
  shown = { id: photo.id, revision };
  document.body.dataset.shown = `${revision}`;
  stage.outdated();
  if ($("confidence").checked) await told(drawConfidence);
  await told(followScan);
}

/** What was stated of the scan changes more than the colours. */
async function followScan() {
  if (!await refreshFinding()) return;
  drawVersions();
  await drawGrey();
}

export async function drawConfidence() {
  $("sure").hidden = !$("confidence").checked;
  if ($("confidence").checked) await show($("sure"), askFor("confidence", () => ({ longest: 480 })));
}

// Hints

function pick(place, number) {
  stage.point(place);
  openMenu({
    x: place.x, y: place.y, at: stage.at(place), used: usedColors(), hint: number, ahead: longest(),
    choose: (color) => setColor(place, number, color),
    pin: () => setColor(place, number, KEEP),
    remove: () => removeHint(number),
    back: backToStage,
  });
}

function setColor({ x, y }, number, color) {
  open.edits.change((now) => {
    if (number >= 0) now.hints[number].color = color;
    else now.hints.push({ x, y, color, unit: "share" });
  });
  stage.choose(number >= 0 ? number : open.edits.now.hints.length - 1);
  speak(labelOf(open.edits.now.hints[stage.chosen], stage.chosen));
}

function removeHint(number) {
  open.edits.change((now) => now.hints.splice(number, 1));
  stage.choose(-1);
  speak(`Hint ${number + 1} is removed`);
  backToStage();
}

function usedColors() {
  const { hints, wishes } = open.edits.now;
  const given = hints.map(({ color }) => color).filter((color) => color !== KEEP);
  return [...new Set([...given, ...(wishes.palette ?? [])])].slice(0, 16);
}

/** Give a colour to the place of the menu, else to the chosen hint, else to the next click. */
export function give(color) {
  if (chooseInMenu(color)) return;
  if (stage.chosen >= 0) setColor(open.edits.now.hints[stage.chosen], stage.chosen, color);
  else {
    carried = color;
    $("stage").style.setProperty("--carried", color);
    $("stage").classList.add("carrying");
    say(`Now click the place that is to be ${named(color)}; Esc lets it go.`);
    backToStage();
  }
}

function putDown(place, number) {
  const color = carried;
  letGo();
  setColor(place, number, color);
}

export function letGo() {
  carried = null;
  $("stage").classList.remove("carrying");
  say("");
}

// Versions and pages

export function setAlternative(alternative) {
  open.edits.change((now) => {
    if (alternative === 1) delete now.wishes.alternative;
    else now.wishes.alternative = alternative;
  });
}

function drawVersions() {
  const buttons = [1, 2, 3, 4].map((alternative) => {
    const image = make("img", { alt: `Version ${alternative}` });
    told(() => show(image, askFor("preview", () => ({ longest: 480, alternative }))));
    return make("button", { type: "button", "data-alternative": alternative, onclick: () => setAlternative(alternative) }, image);
  });
  $("again").replaceChildren(...buttons);
  markVersion();
}

function markVersion() {
  for (const button of $("again").children) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.alternative) === (open.edits.now.wishes.alternative ?? 1)));
  }
}

function drawPages() {
  const { pages } = open.photo;
  $("pages").hidden = pages.length < 2;
  $("page").replaceChildren(...pages.map((_, number) => make("option", { value: number + 1 }, `Page ${number + 1} of ${pages.length}`)));
  $("page").value = open.page;
}

/** Show another page of the file; what is wished holds for all. */
export function turnTo(page) {
  if (!open.photo || page < 1 || page > open.photo.pages.length || page === open.page) return undefined;
  change({ page });
  shown = { id: null, revision: 0 };
  return startEditor();
}

// What is wished

export function drawEdits(isByHand = false) {
  // What is being typed or pulled stays under the hand.
  const held = document.activeElement;
  if (!isByHand || !$("wishes").contains(held) || held.tagName === "BUTTON") {
    const again = $("wishes").contains(held) && held.id; // is drawn anew
    drawWishes(open.session.wishes, open.photo, open.edits);
    if (again) $(again)?.focus({ preventScroll: true });
  }
  const { now, past, future } = open.edits;
  stage.setHints(now.hints);
  drawScan();
  $("undo").disabled = !past.length;
  $("redo").disabled = !future.length;
  markVersion();
  const palette = now.wishes.palette ?? [];
  $("palette").replaceChildren(...palette.map((color) => swatch(color, "", () => give(color))));
  $("no-palette").hidden = !palette.length;
  $("hello").hidden = now.hints.length > 0;
}
