// What kind of thing was scanned: told in a line, drawn over the photograph, and said otherwise.

import { $, make, speak } from "./dom.js";
import { askFor, open, size } from "./state.js";

const CORNERS = ["top left", "top right", "bottom right", "bottom left"];
const SVG = "http://www.w3.org/2000/svg";
const NEW = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]; // a print that is added, in shares

const NOTHING = { said: "", has_surround: false, is_negative: false, prints: [] };
let found = NOTHING;
let shown = null; // which scan that is of

const stated = () => open.edits.now.wishes.scan ?? {};

/** Ask what was found, where that is not known; say whether it is news. */
export async function refreshFinding() {
  const mark = JSON.stringify([open.photo.id, open.page, open.edits.known.wishes.scan]);
  if (mark === shown) return false;
  const [isFirst, before] = [shown === null, found.said];
  try {
    found = await (await askFor("finding", ({ revision }) => ({ revision }))).json();
  } catch (error) {
    if (error.status === 409) return false; // a newer one is on its way
    throw error;
  }
  shown = mark;
  drawScan();
  if (!isFirst && found.said !== before) speak($("found").textContent);
  return !isFirst;
}

/** Another photograph or page is open. */
export function forgetFinding() {
  shown = null;
  found = NOTHING;
  drawScan();
}

/** Return what was found in the command line's words. */
export function sentence({ said, maybe, is_negative: isNegative }, usual = "") {
  const sentences = [said ? `Taken for ${said}.` : usual];
  if (isNegative) sentences.push("It looks like a negative.");
  if (maybe) sentences.push(`It is ${maybe}: not sure, so not used.`);
  return sentences.filter(Boolean).join(" ");
}

// Prints

/** Return the corners of the prints as they are stated, else as they were found, lying as scanned. */
function prints() {
  if (stated().as_is) return [];
  if (stated().prints) return stated().prints;
  const turned = ({ corners, turn }) => [...corners.slice(turn), ...corners.slice(0, turn)];
  return found.has_surround ? found.prints.map(turned) : [];
}

function state(make, group = null) {
  open.edits.change(({ wishes }) => {
    const scan = { ...wishes.scan };
    make(scan);
    if (Object.keys(scan).length) wishes.scan = scan;
    else delete wishes.scan;
  }, group);
}

function statePrints(make, group = null) {
  state((scan) => {
    const all = structuredClone(prints());
    make(all);
    scan.prints = all;
  }, group);
}

/** Whether each corner turns clockwise, as the studio wants it. */
function isConvex(corners) {
  const side = (n) => [0, 1].map((axis) => corners[(n + 1) % 4][axis] - corners[n % 4][axis]);
  return corners.every((_, n) => side(n)[0] * side(n + 1)[1] - side(n)[1] * side(n + 1)[0] > 0);
}

function moveCorner(print, corner, { x, y }) {
  const { width, height } = size();
  const within = (share, most) => Math.round(10 * Math.max(0, Math.min(1, share)) * most) / 10;
  const moved = structuredClone(prints());
  moved[print][corner] = [within(x, width), within(y, height)];
  if (isConvex(moved[print])) statePrints((all) => { all[print] = moved[print]; }, `corner ${print} ${corner}`);
}

function removePrint(print) {
  statePrints((all) => all.splice(print, 1));
  speak(`Print ${print + 1} is removed`);
  $("add-print").focus();
}

function addPrint() {
  const { width, height } = size();
  statePrints((all) => all.push(NEW.map(([x, y]) => [Math.round(x * width), Math.round(y * height)])));
}

// Drawing

export function drawScan() {
  const scan = stated();
  const { width, height } = size();
  $("found").textContent = sentence(found, scan.as_is ? "Taken as it is." : "Taken for an ordinary photograph.");
  $("as-is").checked = Boolean(scan.as_is);
  $("scan-more").hidden = Boolean(scan.as_is);
  $("negative").checked = Boolean(scan.negative);
  $("upright").value = String(scan.upright ?? "");
  const [black, white] = found.prints[0]?.tones ?? [0, 100];
  drawTone("tone-black", scan.tones?.[0], black);
  drawTone("tone-white", scan.tones?.[1], white);
  $("as-found").hidden = !open.edits.now.wishes.scan;
  const all = prints();
  const isShown = $("show-prints").checked && all.length > 0;
  $("prints").toggleAttribute("hidden", !isShown); // SVG has no property of this
  $("prints").setAttribute("viewBox", `0 0 ${width} ${height}`);
  $("prints").replaceChildren(...all.flatMap((corners) => ["under", "over"].map((className) => outline(corners, className))));
  drawCorners(isShown && $("scan").open ? all : [], width, height);
  drawList(all);
}

function drawTone(id, value, usual) {
  if (document.activeElement === $(id)) return; // being typed
  $(id).value = value ?? "";
  $(id).placeholder = Math.round(usual);
}

function outline(corners, className) {
  const polygon = document.createElementNS(SVG, "polygon");
  polygon.setAttribute("points", corners.map((corner) => corner.join()).join(" "));
  polygon.setAttribute("class", className);
  return polygon;
}

function drawCorners(all, width, height) {
  const box = $("corners");
  const wanted = all.flatMap((corners, print) => corners.map(([x, y], corner) => ({ print, corner, x, y })));
  const buttons = [...box.children];
  buttons.slice(wanted.length).forEach((button) => button.remove());
  wanted.forEach(({ print, corner, x, y }, n) => {
    const button = buttons[n] ?? box.appendChild(make("button", { type: "button", className: "corner" }));
    Object.assign(button.dataset, { print, corner });
    button.style.left = `${(100 * x) / width}%`;
    button.style.top = `${(100 * y) / height}%`;
    button.setAttribute("aria-label", `Print ${print + 1}, ${CORNERS[corner]} corner, at ${Math.round(x)}, ${Math.round(y)} pixels`);
  });
}

function drawList(all) {
  const rows = all.map((_, print) => {
    const button = make("button", { type: "button", onclick: () => removePrint(print) }, "Remove");
    button.setAttribute("aria-label", `Remove print ${print + 1}`);
    return make("li", {}, `Print ${print + 1} `, button);
  });
  $("print-list").replaceChildren(...rows);
}

// What a person does

/** @param stage on which the prints lie */
export function listenToScan(stage) {
  $("as-is").onchange = ({ target }) => state((scan) => {
    for (const name of Object.keys(scan)) delete scan[name];
    if (target.checked) scan.as_is = true;
  });
  $("as-found").onclick = () => state((scan) => { for (const name of Object.keys(scan)) delete scan[name]; });
  $("negative").onchange = ({ target }) => state((scan) => {
    if (target.checked) scan.negative = true;
    else delete scan.negative;
  });
  $("upright").onchange = ({ target }) => state((scan) => {
    if (target.value) scan.upright = Number(target.value);
    else delete scan.upright;
  });
  $("tone-black").onchange = $("tone-white").onchange = stateTones;
  $("show-prints").onchange = $("scan").ontoggle = () => open.edits && drawScan();
  $("add-print").onclick = addPrint;
  listenToCorners(stage);
}

function stateTones() {
  const [black, white] = [$("tone-black"), $("tone-white")];
  const tones = [black, white].map((one) => one.valueAsNumber).filter((one) => !Number.isNaN(one));
  if (tones.length === 1) return; // the other one comes
  white.setCustomValidity(tones[0] >= tones[1] ? "The lightest has to be lighter than the darkest." : "");
  if (!black.reportValidity() || !white.reportValidity()) return;
  state((scan) => {
    if (tones.length) scan.tones = tones;
    else delete scan.tones;
  });
}

function listenToCorners(stage) {
  const box = $("corners");
  let held = null;
  const of = ({ dataset }) => [Number(dataset.print), Number(dataset.corner)];
  box.onpointerdown = (event) => {
    held = event.target.closest(".corner");
    if (!held) return;
    event.stopPropagation(); // no place to click, nor to pan
    held.setPointerCapture(event.pointerId);
  };
  box.onpointermove = (event) => { if (held) moveCorner(...of(held), stage.place(event)); };
  box.onpointerup = box.onpointercancel = (event) => {
    if (held) event.stopPropagation();
    held = null;
  };
  box.onkeydown = (event) => {
    const step = event.shiftKey ? 0.02 : 0.002;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    const [print, corner] = of(event.target);
    if (by) {
      const [x, y] = prints()[print][corner];
      moveCorner(print, corner, { x: x / size().width + by[0], y: y / size().height + by[1] });
    } else if (event.key === "Delete" || event.key === "Backspace") removePrint(print);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
