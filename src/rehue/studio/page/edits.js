// What is wished of the open photograph: changed here, sent in order, undone without end.
//
// One change is on its way at a time. Each names the revision that it changes; where another tab
// was quicker the studio refuses it (409), and what is there now is shown. A studio that does not
// answer is asked again until it does.

import { table } from "./api.js";
import { reopen } from "./state.js";

const AGAIN = 2000; // ms
const copy = (edits) => structuredClone(edits);

export class Edits extends EventTarget {
  constructor(photo) {
    super();
    this.photo = photo;
    this.now = copy(photo.edits);
    this.known = copy(photo.edits); // to the studio, at the photograph's revision
    this.past = [];
    this.future = [];
    this.group = null;
    this.sending = null;
    this.waits = false;
    this.isCut = false; // whether the studio has not got the last change
  }

  /** Change what is wished; changes of one group that follow each other are undone together. */
  change(make, group = null) {
    const before = copy(this.now);
    make(this.now);
    if (JSON.stringify(before) === JSON.stringify(this.now)) return;
    if (!group || group !== this.group) this.past.push(before);
    this.group = group;
    this.future = [];
    this.#changed(true);
  }

  undo() {
    this.#step(this.past, this.future);
  }

  redo() {
    this.#step(this.future, this.past);
  }

  #step(from, to) {
    if (!from.length) return;
    to.push(copy(this.now));
    this.now = from.pop();
    this.group = null;
    this.#changed(false);
  }

  /** @param isByHand whether the control under the hand shows it already */
  #changed(isByHand) {
    this.dispatchEvent(Object.assign(new Event("change"), { isByHand }));
    this.waits = true;
    this.sending ??= this.#send().finally(() => { this.sending = null; });
  }

  async #send() {
    while (this.waits) {
      this.waits = false;
      const body = { revision: this.photo.revision, edits: copy(this.now) };
      try {
        const { edits, ...facts } = await table(`photos/${this.photo.id}/edits`, { method: "PUT", json: body });
        Object.assign(this.photo, facts);
        this.known = body.edits;
        const wasCut = this.isCut;
        this.isCut = false;
        this.dispatchEvent(Object.assign(new Event("sent"), { wasCut }));
      } catch (error) {
        await this.#refused(error);
      }
    }
  }

  async #refused(error) {
    if (error.status === 404) { // closed meanwhile, or the studio is another one
      this.waits = await reopen(this.photo).then(() => true, () => false);
      if (this.waits) return;
    }
    if ([400, 409, 413, 422].includes(error.status)) await this.#adopt();
    this.isCut = error.status === 0 || error.status === 503;
    this.dispatchEvent(Object.assign(new Event("refused"), { error }));
    if (!this.isCut) return;
    await new Promise((resolve) => { setTimeout(resolve, AGAIN); });
    this.waits = true;
  }

  async #adopt() {
    const photo = await table(`photos/${this.photo.id}`).catch(() => null);
    if (!photo) return;
    Object.assign(this.photo, photo);
    this.past.push(copy(this.now));
    this.now = copy(photo.edits);
    this.known = copy(photo.edits);
    this.dispatchEvent(new Event("change"));
    this.dispatchEvent(new Event("sent"));
  }
}
