// The page's elements, and what is said to the person at it.

export const $ = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function say(line, isBad = false) {
  $("status").textContent = line;
  $("status").classList.toggle("bad", isBad);
}

/** Say something to who cannot see it. */
export function speak(line) {
  $("spoken").textContent = line;
}

/** Do something; what is refused is one line on the page. */
export async function told(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    if (error.name !== "Error" && error.status === undefined) throw error;
    say(error.message, true);
    return undefined;
  }
}

export function showOnly(id) {
  for (const section of ["start", "versions", "editor"]) $(section).hidden = section !== id;
}

const HUES = ["red", "orange", "yellow", "yellow-green", "green", "blue-green", "cyan", "azure", "blue", "violet", "magenta", "rose"];

/** Return a colour of #rrggbb in words. */
export function named(color) {
  if (!/^#[0-9a-f]{6}$/i.test(color)) return color; // a name already
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  const [light, span] = [(most + least) / 2, most - least];
  const depth = light < 0.08 ? "almost black" : light < 0.3 ? "dark" : light > 0.92 ? "almost white" : light > 0.7 ? "light" : "";
  if (span < 0.06) return `${depth} grey`.trim();
  const turn = most === red ? (green - blue) / span : most === green ? 2 + (blue - red) / span : 4 + (red - green) / span;
  const hue = HUES[Math.round(turn * 2 + 12) % 12];
  const isBrown = (hue === "orange" || hue === "yellow") && light < 0.5;
  return `${depth} ${span / most < 0.25 ? "greyish " : ""}${isBrown ? "brown" : hue}`.trim();
}

/** A button that shows a colour; below it, where it is too dark or light to be told, its tint. */
export function swatch(color, label, onclick, tint = color) {
  const patch = make("i");
  patch.style.background = `linear-gradient(${color} 50%, ${tint} 50%)`;
  const button = make("button", { type: "button", className: "swatch", onclick, title: color }, patch);
  button.setAttribute("aria-label", `${named(tint)}${label ? `, ${label}` : ""}`);
  if (label) button.append(label);
  return button;
}

export function hex([red, green, blue]) {
  return `#${[red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
