// The studio is killed under the page, and comes back: node killed.mjs PYTHON FOLDER PASSWORDS PORT

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";

import { accessible, browser, clickAt, expect, hints, open, openInStrip, says, settled, shown, step } from "./page.mjs";

const [python, folder, passwords, port] = process.argv.slice(2);
const password = readFileSync(passwords, "utf8").trim();
let studio;

/** Start the studio at the same place; its password stands for the token. */
async function start() {
  studio = spawn(python, ["-m", "rehue", "studio", folder, "--no-browser", "--port", port, "--password-file", passwords]);
  const [line] = await once(studio.stdout, "data");
  return String(line).trim();
}

async function kill() {
  const gone = once(studio, "exit");
  studio.kill("SIGKILL");
  await gone;
}

const kept = () => JSON.parse(readFileSync(`${folder}/small.jpg.rehue.json`, "utf8"));
let page;

await step("work on a photograph of the folder", async () => {
  const address = (await start()).replace(/#.*/, "");
  page = await open(`${address}#token=${password}`);
  await openInStrip(page, "small.jpg");
  await clickAt(page, 0.3, 0.3);
  await page.waitForSelector("#likely .swatch");
  const before = await shown(page);
  await page.locator("#likely .swatch").last().click();
  await settled(page, before + 1);
});

await step("killed: one line, and what is wished goes on", async () => {
  expect(/Failed to load resource|status of/);
  await kill();
  assert.equal(kept().hints.length, 1, "what was wished so far is on the disk");
  await page.locator("#stage").focus();
  await page.locator("#wish-warmth").fill("9");
  await says(page, "does not answer");
  await page.locator("#wish-saturation").fill("1.5");
  await page.keyboard.press("Control+s");
  await says(page, "does not answer");
  assert.equal(await hints(page), 1);
  await accessible(page, "killed");
});

await step("back: what was wished meanwhile arrives by itself", async () => {
  await start();
  await says(page, "answers again");
  assert.deepEqual(kept().wishes, { saturation: 1.5, warmth: 9 });
  await clickAt(page, 0.6, 0.6);
  await page.waitForSelector("#likely .swatch");
  await page.locator("#likely .swatch").first().click();
  await page.waitForFunction(() => document.querySelectorAll(".hint").length === 2);
  assert.equal(await hints(page), 2);
});

await step("another word is asked for, and given", async () => {
  await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 1000); }));
  await kill();
  writeFileSync(passwords, "another-long-password\n");
  await start();
  await page.locator("#undo").click();
  await page.waitForSelector("#login[open]");
  await accessible(page, "login");
  await page.locator("#login-token").fill("http://127.0.0.1/#token=another-long-password");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !document.querySelector("#login[open]"));
  const until = performance.now() + 10_000;
  while (kept().hints.length !== 1 && performance.now() < until) await page.waitForTimeout(100);
  assert.equal(kept().hints.length, 1, "Undo arrived");
});

await step("a photograph that is taken away is told of, and the work stays", async () => {
  await openInStrip(page, "large.jpg");
  (await import("node:fs")).renameSync(`${folder}/large.jpg`, `${folder}/gone.jpg`);
  await page.locator("#wish-warmth").fill("3");
  await page.locator("#save").click();
  await says(page, "does not exist");
  await page.locator("#undo").click();
  assert.equal(await page.locator("#title").textContent(), "large.jpg");
});

await kill();
await browser.close();
