// A studio without a folder: the first screen, a sample, a picture that is pasted.
// node start.mjs ADDRESS PHOTOGRAPH SCREENSHOTS

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { accessible, browser, open, step } from "./page.mjs";

const [address, photograph, screenshots] = process.argv.slice(2);
let page;

for (const [width, height] of [[390, 780], [900, 1100], [1440, 900]]) {
  for (const colorScheme of ["light", "dark"]) {
    await step(`the first screen, ${width} px, ${colorScheme}`, async () => {
      page = await open(address, { viewport: { width, height }, colorScheme });
      await page.waitForSelector("#drop");
      await accessible(page, "start");
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width);
      await page.screenshot({ path: `${screenshots}/start-${width}-${colorScheme}.png` });
    });
  }
}

const four = () => page.waitForFunction(() => document.querySelectorAll("#choices img[src^=blob]").length === 4);

await step("the sample, by keys alone", async () => {
  for (let n = 0; n < 9 && !await page.locator("#sample").evaluate((one) => one === document.activeElement); n += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await four();
  assert.equal(await page.locator("#title").textContent(), "sample.jpg");
  await page.waitForFunction(() => document.activeElement.closest("#choices"));
  await page.keyboard.press("Enter");
  await page.waitForSelector("#color[src^=blob]");
});

await step("a picture that is pasted", async () => {
  await page.evaluate((bytes) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], "pasted.jpg", { type: "image/jpeg" }));
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  }, readFileSync(photograph).toString("base64"));
  await page.waitForFunction(() => document.getElementById("title").textContent === "pasted.jpg");
  await four();
});

await step("one that was dropped is known again after a reload", async () => {
  await page.reload();
  await page.waitForFunction(() => document.getElementById("title").textContent === "pasted.jpg");
  await four();
});

await browser.close();
