// Keys that do something wherever the focus is.

import { $, told } from "./dom.js";
import { letGo, stage, turnTo } from "./editor.js";
import { closeMenu } from "./menu.js";
import { open } from "./state.js";

/** @param {{save: () => void, step: (by: number) => void}} acts */
export function listenToKeys({ save, step }) {
  const undo = () => open.edits?.undo();
  const redo = () => open.edits?.redo();
  const withControl = { z: ({ shiftKey }) => (shiftKey ? redo() : undo()), y: redo, s: save };
  const alone = {
    n: () => step(1),
    p: () => step(-1),
    g: () => stage.setGrey(true),
    z: () => stage.toggleZoom(stage.inRoom(stage.cross)),
    c: () => $("confidence").click(),
    1: () => divide(100),
    2: () => divide(50),
    3: () => divide(0),
    "[": () => told(() => turnTo(open.page - 1)),
    "]": () => told(() => turnTo(open.page + 1)),
    "?": showKeys,
  };
  addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (key === "escape") return leave();
    if (event.ctrlKey || event.metaKey) {
      const act = withControl[key];
      // A number that is typed has an undo of its own.
      if (!act || document.querySelector("dialog:modal") || (key !== "s" && event.target.type === "number")) return undefined;
      event.preventDefault();
      return act(event);
    }
    if (event.altKey || event.target.matches("input[type=number], input[type=text], select, dialog *")) return undefined;
    return open.photo && alone[key]?.();
  });
  addEventListener("keyup", ({ key }) => { if (key.toLowerCase() === "g") stage.setGrey(false); });
  $("hold").onkeydown = ({ key }) => { if (key === " " || key === "Enter") stage.setGrey(true); };
  $("hold").onkeyup = () => stage.setGrey(false);
}

function leave() {
  if ($("menu").open) closeMenu();
  else if ($("stage").classList.contains("carrying")) letGo();
}

function divide(share) {
  $("divide").value = share;
  stage.draw();
}

function showKeys() {
  $("keys").open = true;
  $("keys").querySelector("summary").focus();
}
