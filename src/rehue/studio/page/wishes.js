// The controls of the wishes: one for each number and flag of the studio's table.

import { $, make } from "./dom.js";

// What a slider reaches, and its steps; the number beside it takes all that the table allows.
const USUAL = { saturation: [0, 2.5, 0.05], warmth: [-30, 30, 1] };
const ELSEWHERE = ["alternative"]; // the versions

export function drawWishes(wishes, photo, edits) {
  const shown = wishes.filter((wish) => !ELSEWHERE.includes(wish.name));
  $("wishes").replaceChildren(...shown.filter((wish) => isFor(wish, photo)).map((wish) => control(wish, edits)));
}

function isFor(wish, photo) {
  return wish.low !== null || photo.tone === "coloured";
}

function control(wish, edits) {
  return wish.low === null ? flag(wish, edits) : number(wish, edits);
}

const titled = (name) => name[0].toUpperCase() + name.slice(1);

function flag(wish, edits) {
  const box = make("input", { type: "checkbox", checked: edits.now.wishes[wish.name] ?? wish.default });
  box.onchange = () => set(edits, wish, box.checked);
  return make("label", { className: "check", title: wish.help }, box, titled(wish.name));
}

function number(wish, edits) {
  const [low, high, step] = USUAL[wish.name] ?? [wish.low, wish.high, (wish.high - wish.low) / 100];
  const value = edits.now.wishes[wish.name] ?? wish.default;
  const id = `wish-${wish.name}`;
  const middle = value ?? (low + high) / 2;
  const slider = make("input", { type: "range", id, min: low, max: high, step, value: middle, title: wish.help });
  const field = make("input", { type: "number", id: `${id}-number`, min: wish.low, max: wish.high, step: "any", value: value ?? "", placeholder: "auto" });
  field.setAttribute("aria-label", `${titled(wish.name)} as a number`);
  slider.oninput = () => {
    const rounded = Math.round(slider.valueAsNumber * 1000) / 1000;
    field.value = rounded;
    set(edits, wish, rounded, wish.name);
  };
  field.onchange = () => {
    if (field.reportValidity()) set(edits, wish, Number.isNaN(field.valueAsNumber) ? wish.default : field.valueAsNumber);
  };
  const reset = make("button", { type: "button", id: `${id}-reset`, title: "As the model does", onclick: () => set(edits, wish, wish.default) }, "↺");
  reset.setAttribute("aria-label", `${titled(wish.name)}: as the model does`);
  const unit = wish.unit ? ` (${wish.unit})` : "";
  return make("div", { className: "wish" }, make("label", { htmlFor: id }, titled(wish.name) + unit), slider, field, reset);
}

function set(edits, wish, value, group = null) {
  edits.change((now) => {
    if (value === wish.default) delete now.wishes[wish.name];
    else now.wishes[wish.name] = value;
  }, group);
}
