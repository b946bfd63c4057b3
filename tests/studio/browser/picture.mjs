// The picture of the documents: node picture.mjs ADDRESS NAME TARGET
// Of a photograph in the strip whose wishes are there already; scripts/pictures.py has them.

import { browser, open, openInStrip, step } from "./page.mjs";

const [address, name, target] = process.argv.slice(2);

await step("grey beside colour, with hints", async () => {
  const page = await open(address);
  await openInStrip(page, name);
  await page.waitForFunction(() => document.querySelectorAll("#again img[src^=blob]").length === 4);
  await page.locator("#stage").focus();
  await page.keyboard.press("2");
  await page.waitForTimeout(1500);
  await page.screenshot({ path: target });
});

await browser.close();
