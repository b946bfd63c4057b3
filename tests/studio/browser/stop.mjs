// A folder is being coloured, and the person has it stopped: node stop.mjs ADDRESS FOLDER

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";

import { accessible, browser, open, openInStrip, says, status, step } from "./page.mjs";

const [address, folder] = process.argv.slice(2);
const results = () => readdirSync(folder).filter((name) => name.includes(".rehue.jpg"));
let page;

await step("a queue is stopped, by the keyboard", async () => {
  page = await open(address);
  await openInStrip(page, "00.jpg");
  assert.ok(await page.locator("#cancel").isHidden(), "there is nothing to stop yet");
  await page.locator("#folder").click();
  await page.locator("#cancel").waitFor();
  await accessible(page, "a queue");
  await page.waitForFunction(() => document.getElementById("progress").value > 1 / 12);
  await page.locator("#cancel").focus();
  await page.keyboard.press("Enter");
  await says(page, "then stopped");
  assert.ok(await page.locator("#cancel").isHidden());
  assert.ok(await page.locator("#progress").isHidden());
  assert.match(await status(page), /^\d+ of 12 are there/);
});

await step("what was begun is whole, nothing more is begun, and the page goes on", async () => {
  await page.locator("#wish-warmth").fill("4"); // waits for the photograph that the queue was at
  await page.waitForFunction(() => Number(document.body.dataset.shown) >= 2);
  const made = results();
  assert.ok(made.length >= 1 && made.length < 12, `${made}`);
  await page.waitForTimeout(3000);
  assert.deepEqual(results(), made);
  assert.ok(made.every((name) => /^\d\d\.rehue\.jpg$/.test(name)), `nothing half-written: ${made}`);
});

await browser.close();
