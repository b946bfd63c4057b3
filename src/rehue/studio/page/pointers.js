// Pointers and keys on the photograph: places, hints, the divider, zoom and pan.

import { $, named, speak } from "./dom.js";

const NEAR = 5; // px that a pointer may move and still click

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
const inside = ({ x, y }) => ({ x: clamp(x, 0, 1), y: clamp(y, 0, 1) });

/** Listen to what is done on the photograph, for a stage that shows it. */
export function listen(stage) {
  const pointers = new Map();
  const element = $("stage");
  element.onpointerdown = (event) => down(stage, pointers, event);
  element.onpointermove = (event) => move(stage, pointers, event);
  element.onpointerup = (event) => up(stage, pointers, event);
  element.onpointercancel = (event) => pointers.delete(event.pointerId);
  element.addEventListener("wheel", (event) => wheel(stage, event), { passive: false });
  element.onkeydown = (event) => onKey(stage, event);
  element.onfocus = () => { $("cross").hidden = !element.matches(":focus-visible"); };
  element.onblur = () => { $("cross").hidden = !$("menu").open; }; // its place stays marked
}

function down(stage, pointers, event) {
  if (event.button > 0) return;
  const hint = event.target.closest(".hint");
  const kind = hint ? "hint" : event.target.id === "divider" ? "divider" : "sheet";
  if (hint) stage.choose(Number(hint.dataset.number));
  $("stage").setPointerCapture(event.pointerId);
  const { clientX, clientY } = event;
  pointers.set(event.pointerId, { kind, clientX, clientY, startX: clientX, startY: clientY, hasMoved: false, hint: stage.chosen });
}

function move(stage, pointers, event) {
  const pointer = pointers.get(event.pointerId);
  if (!pointer) return;
  const [dx, dy] = [event.clientX - pointer.clientX, event.clientY - pointer.clientY];
  pointer.hasMoved ||= Math.hypot(event.clientX - pointer.startX, event.clientY - pointer.startY) > NEAR;
  if (!pointer.hasMoved) return;
  const before = spread(pointers);
  pointer.clientX = event.clientX;
  pointer.clientY = event.clientY;
  if (pointers.size === 2) pinch(stage, pointers, before);
  else if (pointer.kind === "divider") divide(stage, event);
  else if (pointer.kind === "hint") stage.acts.move(pointer.hint, inside(stage.place(event)));
  else stage.pan(dx, dy);
}

function up(stage, pointers, event) {
  const pointer = pointers.get(event.pointerId);
  pointers.delete(event.pointerId);
  if (!pointer || pointer.hasMoved) return;
  const place = stage.place(event);
  if (pointer.kind === "hint" && stage.hints[pointer.hint]) stage.acts.click(stage.hints[pointer.hint], pointer.hint);
  else if (pointer.kind === "sheet" && place.x >= 0 && place.x <= 1 && place.y >= 0 && place.y <= 1) stage.acts.click(place, -1);
}

function spread(pointers) {
  const [one, two] = pointers.values();
  return two ? Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY) : 0;
}

function pinch(stage, pointers, before) {
  const [one, two] = pointers.values();
  one.hasMoved = two.hasMoved = true;
  const { left, top } = stage.room;
  const at = { x: (one.clientX + two.clientX) / 2 - left, y: (one.clientY + two.clientY) / 2 - top };
  if (before) stage.zoom(spread(pointers) / before, at);
}

function divide(stage, { clientX }) {
  const { left, right } = stage.seen;
  $("divide").value = (100 * (clientX - stage.room.left - left)) / (right - left);
  stage.draw();
}

function wheel(stage, event) {
  event.preventDefault();
  const hint = event.target.closest(".hint");
  if (hint) {
    stage.choose(Number(hint.dataset.number));
    stage.acts.radius(stage.chosen, event.deltaY < 0 ? 1.25 : 0.8);
    return;
  }
  const { left, top } = stage.room;
  stage.zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
}

function onKey(stage, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const hint = event.target.closest(".hint");
  const number = hint ? Number(hint.dataset.number) : -1;
  if (hint && number !== stage.chosen) stage.choose(number);
  const step = event.shiftKey ? 0.05 : 0.01;
  const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
  const louder = { "+": 1.25, "=": 1.25, "-": 0.8 }[event.key];
  if (by) moved(stage, number, by);
  else if (event.key === "Enter" || event.key === " ") {
    stage.acts.click(hint ? stage.hints[number] : stage.cross, number);
  } else if (hint && (event.key === "Delete" || event.key === "Backspace")) stage.acts.remove(number);
  else if (louder && hint) stage.acts.radius(number, louder);
  else if (louder) stage.zoom(louder, stage.inRoom(stage.cross));
  else if (event.key === "k") stage.acts.pin(hint ? stage.hints[number] : stage.cross, number);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Move a hint, or the cross, and what is seen with it. */
function moved(stage, number, [right, lower]) {
  const from = number < 0 ? stage.cross : stage.hints[number];
  const to = inside({ x: from.x + right, y: from.y + lower });
  if (number < 0) {
    stage.point(to);
    speak(`${Math.round(100 * to.x)}, ${Math.round(100 * to.y)} percent: ${named(stage.colorAt(to))}`);
  } else stage.acts.move(number, to);
  stage.reveal(to);
}
