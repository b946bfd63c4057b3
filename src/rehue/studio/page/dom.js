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

/** A button that shows a colour; below it, where it is too dark or light to be told, its tint. */
export function swatch(color, label, onclick, tint = color) {
  const patch = make("i");
  patch.style.background = `linear-gradient(${color} 50%, ${tint} 50%)`;
  const button = make("button", { type: "button", className: "swatch", onclick }, patch);
  button.setAttribute("aria-label", `${color}${label ? `, ${label}` : ""}`);
  if (label) button.append(label);
  return button;
}
