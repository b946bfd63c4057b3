// The page: from a photograph dropped to one saved.

import { Refused, send, table, wanted } from "./api.js";
import { $, say, showOnly, told } from "./dom.js";
import { drawConfidence, drawEdits, refreshPreview, setAlternative, stage, startEditor, turnTo } from "./editor.js";
import { Edits } from "./edits.js";
import { colorFolder, exportEdits, importEdits, save, whenDone } from "./files.js";
import { listenToKeys } from "./keys.js";
import { closeMenu } from "./menu.js";
import { borrow, lendNoMore, listenToReference } from "./reference.js";
import { listenToScan } from "./scan.js";
import { change, open } from "./state.js";
import { Strip } from "./strip.js";
import { startVersions } from "./versions.js";

const TRIED = 5; // of a folder's photographs, until one is open
const strip = new Strip((item) => openItem(item));

let latest = 0; // what was asked for last is opened, whatever is quicker

async function openItem(item) {
  latest += 1;
  const mine = latest;
  const photo = item.id ? await openAgain(item) : await table("photos", { method: "POST", json: { path: item.name } });
  if (mine === latest) await openPhoto(photo);
}

/** One that was closed meanwhile is sent again, if it was dropped on this very page. */
async function openAgain({ id, file }) {
  const found = await table(`photos/${id}`).catch((error) => { if (!file) throw error; });
  return { ...(found ?? await send("photos", file)), file };
}

async function openFiles(files) {
  for (const [number, file] of [...files].entries()) {
    if (/\.json$/i.test(file.name)) {
      await importEdits(file);
      continue;
    }
    say(`Opening ${file.name} …`);
    latest += 1;
    const opened = await told(() => send("photos", file));
    if (!opened) continue;
    strip.dropped.push({ ...opened, file });
    await strip.refresh();
    if (number === 0) await openPhoto({ ...opened, file });
  }
}

async function openPhoto(photo) {
  closeMenu();
  const edits = new Edits(photo);
  change({ photo, edits, page: 1 });
  sessionStorage.setItem("photo", JSON.stringify(photo.can_save ? { name: photo.name } : { id: photo.id, name: photo.name }));
  edits.addEventListener("change", ({ isByHand }) => drawEdits(isByHand));
  edits.addEventListener("sent", ({ wasCut }) => {
    told(refreshPreview);
    drawNotes(wasCut ? "The studio answers again: your changes are kept." : "");
    strip.touch(photo);
  });
  edits.addEventListener("refused", ({ error }) => say(
    error.status === 409 ? "It was changed elsewhere: this is how it is now; Undo brings yours back." : error.message, true));
  $("title").textContent = photo.name;
  $("save").disabled = Boolean(photo.model);
  document.title = `${photo.name} – Rehue studio`;
  strip.mark(photo);
  drawNotes();
  const isTouched = photo.edits.hints.length || Object.keys(photo.edits.wishes).length;
  if (isTouched) await startEditor();
  else await startVersions();
  if (!strip.items.length || photo.can_save) strip.refresh().then(() => strip.mark(photo)).catch(() => {});
}

function drawNotes(first = "") {
  const { photo } = open;
  const facts = first ? [first] : [];
  if (photo.model) facts.push(`It was coloured by Rehue already (${photo.model}): open the original to save.`);
  else if (photo.tone === "coloured") facts.push("It is in colour already; only its lightness is used, unless Refresh is on.");
  if (photo.pages.length > 1) facts.push(`It has ${photo.pages.length} pages: what you wish holds for all, and all are saved.`);
  say([...facts, ...photo.notes].join(" "), Boolean(photo.notes.length));
}

// What a person does

function listen() {
  const acts = {
    undo: () => open.edits?.undo(),
    redo: () => open.edits?.redo(),
    save: () => told(save),
    zoom: () => stage.toggleZoom(),
    "no-palette": lendNoMore,
    export: exportEdits,
    folder: () => told(colorFolder),
    sample: () => told(async () => {
      const answer = await fetch("/page/sample.jpg");
      await openFiles([new File([await answer.blob()], "sample.jpg", { type: "image/jpeg" })]);
    }),
  };
  for (const [id, act] of Object.entries(acts)) $(id).onclick = act;
  const chosen = { file: openFiles, "reference-file": ([file]) => borrow(file), import: ([file]) => importEdits(file) };
  for (const [id, take] of Object.entries(chosen)) {
    $(id).onchange = async ({ target }) => {
      if (target.files.length) await told(() => take(target.files));
      target.value = ""; // the same file may be chosen again
    };
  }
  $("confidence").onchange = () => told(drawConfidence);
  $("page").onchange = ({ target }) => told(() => turnTo(Number(target.value)));
  $("hold").onpointerdown = () => stage.setGrey(true);
  for (const end of ["onpointerup", "onpointerleave", "onblur"]) $("hold")[end] = () => stage.setGrey(false);
  listenToDrops();
  listenToReference();
  listenToScan(stage);
  listenToKeys({ save: () => told(save), step: (by) => strip.step(by) });
  addEventListener("blur", () => stage.setGrey(false));
  addEventListener("paste", ({ clipboardData: { files } }) => { if (files.length) told(() => openFiles(files)); });
  addEventListener("reopened", ({ detail }) => strip.moved(detail));
  addEventListener("beforeunload", (event) => { if (open.edits?.isCut) event.preventDefault(); });
}

function listenToDrops() {
  const mark = (isOver) => document.body.classList.toggle("over", isOver);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
    const zone = event.target.closest?.(".zone, #reference");
    for (const one of document.querySelectorAll(".zone, #reference")) one.classList.toggle("here", one === zone);
  });
  addEventListener("dragleave", ({ relatedTarget }) => { if (!relatedTarget) mark(false); });
  addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const { files } = event.dataTransfer;
    if (!files.length) return;
    const isReference = event.target.closest?.("#zone-borrow, #reference");
    told(() => (isReference ? borrow(files[0]) : openFiles(files)));
  });
}

async function start() {
  $("loading").hidden = true;
  listen();
  whenDone(() => strip.refresh());
  showOnly("start");
  open.session = await table("session");
  $("file").accept = open.session.formats.endings.join(",");
  await strip.refresh();
  const before = JSON.parse(sessionStorage.getItem("photo") ?? "null");
  if (wanted) await openItem({ name: wanted });
  else if (before) {
    await openItem(before).catch((error) => {
      if (!(error instanceof Refused)) throw error;
      sessionStorage.removeItem("photo");
      say(before.id ? `${before.name} is not open any more: drop it again, and your work on it is back.` : error.message, true);
    });
  } else await openFirst(strip.items.slice(0, TRIED));
}

/** Open the first photograph that can be; what cannot is told of in the strip. */
async function openFirst(items) {
  for (const [number, item] of items.entries()) {
    const isOpen = await told(() => openItem(item).then(() => true));
    if (isOpen || latest > number + 1) return;
  }
}

told(start);
