// What was found of a scan, shown and corrected: node scan.mjs ADDRESS SCREENSHOTS

import assert from "node:assert/strict";

import { accessible, browser, open, settled, shown, step } from "./page.mjs";

const [address, screenshots] = process.argv.slice(2);
const found = (page) => page.locator("#found").textContent();
const finds = (page, words) => page.waitForFunction((said) => document.getElementById("found").textContent.includes(said), words);
const polygons = (page) => page.locator("#prints polygon.over").count();
let page;

await step("what was found is said with the versions, and in the editor", async () => {
  page = await open(address);
  await page.locator("#strip button[title='prints.png']").click();
  await page.waitForFunction(() => document.getElementById("kind").textContent.startsWith("Taken for 2 prints on a plain surround"));
  await accessible(page, "versions of a page");
  await page.locator("#choices li[data-alternative='1'] button").click();
  await page.waitForSelector("#color[src^=blob]");
  await finds(page, "2 prints");
  assert.equal(await polygons(page), 2);
  assert.ok(await page.locator("#prints").isVisible());
  assert.equal(await page.locator(".corner").count(), 0, "there is nothing in the way");
});

await step("the outlines are switched, and have corners to correct", async () => {
  await page.locator("#scan summary").click();
  await page.waitForFunction(() => document.querySelectorAll(".corner").length === 8);
  await accessible(page, "prints");
  await page.screenshot({ path: `${screenshots}/prints-1280.png` });
  await page.locator("#show-prints").uncheck();
  assert.ok(await page.locator("#prints").isHidden());
  assert.equal(await page.locator(".corner").count(), 0);
  await page.locator("#show-prints").check();
});

await step("a corner is moved by hand and by key; a print cannot be turned inside out", async () => {
  const corner = page.locator(".corner").first();
  const middle = async () => { const { x, y, width, height } = await corner.boundingBox(); return [x + width / 2, y + height / 2]; };
  const [x, y] = await middle();
  const before = await shown(page);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 12, y + 8, { steps: 4 });
  await page.mouse.up();
  await settled(page, before + 1);
  assert.ok((await middle()).every((at, n) => Math.abs(at - [x + 12, y + 8][n]) < 2), "it is where it was let go");
  assert.ok(await page.locator("#menu").isHidden(), "that was no click on the photograph");
  await corner.focus();
  await page.keyboard.press("Shift+ArrowRight");
  assert.ok((await middle())[0] > x + 14);
  for (let n = 0; n < 30; n += 1) await page.keyboard.press("Shift+ArrowRight");
  const box = await page.locator(".corner").nth(1).boundingBox();
  assert.ok((await middle())[0] <= box.x + box.width, "it stays left of the next one");
  await page.waitForFunction(() => !document.querySelector("#status.bad"));
});

await step("prints are removed and added", async () => {
  await page.locator("#print-list button").first().click();
  await finds(page, "1 print ");
  assert.equal(await polygons(page), 1);
  await page.locator("#add-print").click();
  await finds(page, "2 prints");
  await page.locator(".corner").last().focus();
  await page.keyboard.press("Delete");
  await finds(page, "1 print ");
  await page.locator("#as-found").click();
  await finds(page, "2 prints");
  await page.keyboard.press("Control+z");
  await finds(page, "1 print ");
});

await step("tones, a turn and a negative are stated", async () => {
  await page.locator("#tone-black").fill("20");
  await page.locator("#tone-white").fill("70");
  await page.keyboard.press("Tab");
  await page.locator("#upright").selectOption("90");
  await page.locator("#negative").check();
  await finds(page, "20 to 70");
  await finds(page, "turned clockwise by 90");
  await accessible(page, "a scan that is stated");
});

await step("it is taken as it is, also after a reload", async () => {
  await page.locator("#as-is").check();
  await finds(page, "Taken as it is");
  assert.equal(await polygons(page), 0);
  await page.waitForTimeout(1500);
  await page.reload();
  await page.waitForSelector("#color[src^=blob]");
  await finds(page, "Taken as it is");
  assert.ok(await page.locator("#as-is").isChecked());
  assert.equal(await found(page), "Taken as it is.");
});

await browser.close();
