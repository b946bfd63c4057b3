// Files: what is saved, downloaded, imported, and coloured in the background.

import { ask, table } from "./api.js";
import { $, make, say, told } from "./dom.js";
import { askFor, open, reopen } from "./state.js";

const LOOK = 200; // ms between two looks at how far a task is
let drawn = () => {}; // what is done when the folder has changed

export function whenDone(work) {
  drawn = work;
}

export async function save() {
  const { photo, edits } = open;
  if (!photo || photo.model) return;
  if (edits.isCut) throw Object.assign(new Error("The studio does not answer: what you wished last is not saved yet."), { status: 0 });
  await edits.sending;
  if (!photo.can_save) await download();
  else await follow(await start(photo, {}));
}

async function start(photo, json) {
  try {
    return await table(`photos/${photo.id}/save`, { method: "POST", json });
  } catch (error) {
    if (error.status !== 404) throw error;
    await reopen(photo);
    return table(`photos/${photo.id}/save`, { method: "POST", json });
  }
}

export async function colorFolder() {
  const { scan, ...wishes } = open.edits?.now.wishes ?? {}; // which is of this one alone
  await follow(await table("folder/color", { method: "POST", json: { wishes } }));
}

async function follow(task) {
  const { photo } = open;
  const progress = $("progress");
  Object.assign(progress, { hidden: false, value: 0 });
  $("cancel").hidden = task.kind !== "folder";
  $("cancel").onclick = () => told(() => ask(`tasks/${task.id}`, { method: "DELETE" }));
  try {
    while (task.state === "running") {
      progress.value = task.share;
      say(task.kind === "folder" ? `Colouring ${Math.min(task.done + 1, task.total)} of ${task.total} …` : "Saving at full size …");
      await new Promise((resolve) => { setTimeout(resolve, LOOK); });
      task = await table(`tasks/${task.id}`);
    }
  } finally {
    progress.hidden = true;
    $("cancel").hidden = true;
  }
  if (task.state === "kept") askToReplace(task, photo);
  else say(summary(task), task.state === "failed");
  await drawn();
}

function summary({ kind, state, results, total, lines }) {
  if (kind !== "folder") return [...(results.length ? [`Saved: ${results.join(", ")}.`] : []), ...lines].join(" ");
  const stopped = state === "cancelled" ? ", then stopped" : "";
  return [`${results.length} of ${total} are there${stopped}.`, ...lines.slice(0, 3)].join(" ");
}

function askToReplace(task, photo) {
  $("replace-what").textContent = task.lines[0] ?? "";
  $("replace-no").onclick = () => $("replace").close();
  $("replace-yes").onclick = () => {
    $("replace").close();
    told(async () => follow(await start(photo, { overwrite: true })));
  };
  say("");
  $("replace").showModal();
}

async function download() {
  say("Saving at full size …");
  const answer = await askFor("result");
  const said = /filename\*=utf-8''(.*)$/.exec(answer.headers.get("content-disposition") ?? "");
  offer(await answer.blob(), decodeURIComponent(said?.[1] ?? "colored"));
}

function offer(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(`${name} is in the browser's downloads.`);
}

export function exportEdits() {
  const text = JSON.stringify(open.edits.now, null, 1);
  offer(new Blob([text], { type: "application/json" }), `${open.photo.name.split("/").pop()}.rehue.json`);
}

export async function importEdits(file) {
  if (!open.edits) return say("Open a photograph first, then its wishes.", true);
  let read;
  try {
    read = JSON.parse(await file.text());
  } catch {
    return say(`${file.name} is not JSON.`, true);
  }
  const rows = Array.isArray(read) ? read : read?.hints ?? [];
  if (!read || typeof read !== "object" || !Array.isArray(rows)) return say(`${file.name} holds no wishes.`, true);
  const unit = read.unit ?? "pixels";
  const hints = rows.map((hint) => inShares({ unit, ...hint }));
  return open.edits.change((now) => { Object.assign(now, { hints, wishes: read.wishes ?? {} }); });
}

function inShares({ unit, ...hint }) {
  if (unit !== "pixels") return { ...hint, unit };
  const { width, height } = open.photo;
  const radius = (hint.radius ?? 4) / Math.max(width, height);
  return { ...hint, x: hint.x / width, y: hint.y / height, radius, unit: "share" };
}
