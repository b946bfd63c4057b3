// Real pixels of what is seen, where the preview has fewer than the screen shows.

import { show } from "./api.js";
import { $ } from "./dom.js";
import { askFor, open } from "./state.js";

const LARGEST_PART = 4096; // px a side, as the studio gives

export class Pixels {
  constructor(stage) {
    this.stage = stage;
    this.shown = null; // which part of which revision
    this.asked = null;
  }

  hide() {
    $("part-grey").hidden = $("part-color").hidden = true;
    this.shown = null;
  }

  async fetch() {
    const { stage } = this;
    const scale = stage.fitted * stage.view.scale; // px of the page for one of the photograph
    const preview = $("color").naturalWidth / stage.size.width;
    const { width, height } = stage.room;
    if (!preview || !width) return; // the small picture comes first; the editor is not shown any more
    if (scale * devicePixelRatio <= preview * 1.05 || preview >= 1) {
      this.hide();
      return;
    }
    const left = Math.max(0, Math.floor(-stage.view.x / scale));
    const top = Math.max(0, Math.floor(-stage.view.y / scale));
    const box = {
      x: left, y: top,
      width: Math.min(stage.size.width - left, Math.ceil(width / scale), LARGEST_PART),
      height: Math.min(stage.size.height - top, Math.ceil(height / scale), LARGEST_PART),
    };
    const mark = JSON.stringify([open.photo.id, open.photo.revision, open.page, box]);
    if (mark === this.shown) return;
    this.asked?.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    await show($("part-grey"), askFor("crop", () => ({ ...box, grey: 1 }), { signal }));
    await show($("part-color"), askFor("crop", ({ revision }) => ({ ...box, revision }), { signal }));
    if (signal.aborted) return;
    this.shown = mark;
    this.#place(box);
  }

  #place({ x, y, width, height }) {
    const { size } = this.stage;
    for (const id of ["part-grey", "part-color"]) {
      Object.assign($(id).style, {
        left: `${(100 * x) / size.width}%`, top: `${(100 * y) / size.height}%`,
        width: `${(100 * width) / size.width}%`, height: `${(100 * height) / size.height}%`,
      });
      $(id).hidden = false;
    }
  }
}
