// A thousand things that nobody planned, with a seed: node random.mjs ADDRESS COUNT SEED

import assert from "node:assert/strict";

import { accessible, browser, expect, open, openInStrip, status, step } from "./page.mjs";

const [address, count, first] = process.argv.slice(2);
let seed = Number(first);
const next = (below) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % below; };

// Busier than a person, and on a busy machine the queue is full at times: the studio says so.
expect(/status of (409|422|503)/);
const page = await open(address);
await openInStrip(page, "small.jpg");
const box = await page.locator("#stage").boundingBox();
const somewhere = () => [box.x + next(Math.floor(box.width)), box.y + next(Math.floor(box.height))];
const keys = ["k", "z", "c", "g", "1", "2", "3", "n", "p", "[", "]", "Escape", "Enter", "Delete", "ArrowLeft", "ArrowDown", "+", "-",
  "Control+z", "Control+Shift+z", "Tab", "?"];
const acts = [
  () => page.mouse.click(...somewhere()),
  async () => { await page.mouse.move(...somewhere()); await page.mouse.down(); await page.mouse.move(...somewhere(), { steps: 3 }); await page.mouse.up(); },
  async () => { await page.mouse.move(...somewhere()); await page.mouse.wheel(0, next(400) - 200); },
  () => page.keyboard.press(keys[next(keys.length)]),
  // Buttons in reach, but none that leads to the system: files and printed tokens.
  () => page.evaluate((n) => {
    const all = [...document.querySelectorAll("#menu[open] button, #again button, #undo, #redo, #wishes button, #as-is, #as-found, #scan-more button, #strip button, #choices button, #replace[open] button, #save")]
      .filter((one) => !one.disabled && one.offsetParent);
    all[n % all.length]?.click();
  }, next(1000)),
  () => page.evaluate(([n, share]) => {
    const all = [...document.querySelectorAll("input[type=range]")].filter((one) => one.offsetParent);
    const one = all[n % all.length];
    if (!one) return;
    one.value = Number(one.min) + share * (Number(one.max) - Number(one.min));
    one.dispatchEvent(new Event("input", { bubbles: true }));
  }, [next(1000), next(101) / 100]),
];

await step(`${count} random actions`, async () => {
  for (let n = 0; n < Number(count); n += 1) await acts[next(acts.length)]();
  await page.waitForTimeout(3000);
});

await step("the page is as good as ever", async () => {
  await page.keyboard.press("Escape");
  if (await page.locator("#replace[open]").count()) await page.locator("#replace-no").click();
  await openInStrip(page, "large.jpg");
  assert.doesNotMatch(await status(page), /failed|report/);
  await accessible(page, "after all that");
});

await browser.close();
