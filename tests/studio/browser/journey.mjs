// The studio's page as a person uses it: node journey.mjs ADDRESS PHOTOGRAPH REFERENCE SCREENSHOTS
//
// Prints a line of JSON for each step; ends with 1 at the first that is not as it should be.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { accessible, browser, clickAt, drop, hints, open, openInStrip, pins, says, settled, shown, status, step } from "./page.mjs";

const [address, photograph, reference, screenshots] = process.argv.slice(2);
let page;

await step("a photograph of the folder is open, with four versions from calm to bold", async () => {
  page = await open(address);
  await page.waitForFunction(() => document.querySelectorAll("#choices img[src^=blob]").length === 4);
  assert.equal(new URL(page.url()).hash, "", "the token stays out of the address bar");
  await accessible(page, "versions");
});

await step("one is taken, and the editor opens", async () => {
  await page.locator("#choices li[data-alternative='2'] button").click();
  await page.waitForSelector("#color[src^=blob]");
  await settled(page, 2);
  assert.equal(await page.locator("#again button[aria-pressed=true]").getAttribute("data-alternative"), "2");
  await accessible(page, "editor");
});

await step("a click shows likely colours, and one is taken", async () => {
  await clickAt(page, 0.5, 0.2);
  await page.waitForSelector("#likely .swatch");
  const count = await page.locator("#likely .swatch").count();
  assert.ok(count >= 1 && count <= 5);
  assert.ok(await page.locator("#cross").isVisible(), "the place is marked");
  await accessible(page, "menu");
  const before = await shown(page);
  await page.locator("#likely .swatch").last().click();
  await settled(page, before + 1);
  assert.equal(await hints(page), 1);
  await accessible(page, "editor with a hint");
});

await step("its menu offers other colours than its own, and takes one that exists there", async () => {
  await page.locator(".hint").click();
  await page.waitForSelector("#likely .swatch");
  const shares = await page.locator("#likely .swatch").allTextContents();
  assert.ok(!shares.some((one) => one === "100 %"), `the hint itself does not count: ${shares}`);
  await page.locator("#more summary").click();
  await accessible(page, "menu of all colours");
  const before = await shown(page);
  await page.locator("#existing button").last().click();
  await settled(page, before + 1);
  assert.equal(await hints(page), 1);
});

await step("a hint is dragged, its radius changed by the wheel", async () => {
  const hint = page.locator(".hint");
  const box = await hint.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let by = 0; by <= 60; by += 10) await page.mouse.move(x + by, y + by / 2);
  await page.mouse.up();
  const moved = await hint.boundingBox();
  assert.ok(Math.abs(moved.x - box.x - 60) < 3, "it is where it was let go");
  // Rings are drawn anew with every answer: asked of the page at once, there is one or none.
  const ring = () => page.evaluate(() => document.querySelector(".reach")?.getBoundingClientRect().width ?? 0);
  await page.mouse.move(x + 60, y + 30);
  await page.waitForFunction(() => document.querySelector(".reach"));
  const before = await ring();
  await page.mouse.wheel(0, -100);
  await page.waitForFunction((least) => document.querySelector(".reach")?.getBoundingClientRect().width > least, before);
});

await step("a place is pinned: it keeps its automatic colour", async () => {
  await clickAt(page, 0.2, 0.7);
  await page.locator("#pin").click();
  await page.waitForFunction(() => document.querySelectorAll(".hint").length === 2);
  assert.match(await page.locator(".hint.pin").getAttribute("aria-label"), /^Pin 2/);
  await accessible(page, "a pin");
});

await step("undo and redo go all the way", async () => {
  while (await page.locator("#undo").isEnabled()) await page.keyboard.press("Control+z");
  assert.equal(await hints(page), 0);
  while (await page.locator("#redo").isEnabled()) await page.keyboard.press("Control+Shift+z");
  assert.equal(await hints(page), 2);
  assert.equal(await pins(page), 1);
});

await step("before and after, grey while held, 100 %, where the model is unsure", async () => {
  const clip = () => page.locator("#after").evaluate((one) => one.style.clipPath);
  await page.locator("#stage").focus();
  await page.keyboard.press("2");
  assert.match(await clip(), /50%|49\.\d+%/);
  await page.screenshot({ path: `${screenshots}/half-1280.png` });
  await page.keyboard.press("3");
  await page.keyboard.down("g");
  assert.match(await clip(), /100%/);
  await page.keyboard.up("g");
  await page.locator("#confidence").check();
  await page.waitForSelector("#sure[src^=blob]:not([hidden])");
  await accessible(page, "confidence");
  await page.screenshot({ path: `${screenshots}/unsure-1280.png` });
  await page.locator("#confidence").uncheck();
  await page.locator("#stage").focus();
  await page.keyboard.press("z");
  await page.waitForSelector("#part-color[src^=blob]:not([hidden])");
  const real = await page.locator("#part-color").evaluate((one) => ({ shown: one.getBoundingClientRect().width, has: one.naturalWidth }));
  assert.ok(Math.abs(real.shown - real.has) <= 2, `a pixel is a pixel: ${JSON.stringify(real)}`);
  await page.screenshot({ path: `${screenshots}/pixels-1280.png` });
  await page.keyboard.press("z");
});

await step("saturation, warmth and boldness", async () => {
  for (const [name, value] of [["saturation", "1.4"], ["warmth", "4"], ["boldness", "0.25"]]) {
    const before = await shown(page);
    await page.locator(`#wish-${name}`).fill(value);
    await settled(page, before + 1);
    assert.equal(await page.locator(`#wish-${name}-number`).inputValue(), value);
  }
  await page.locator("#wish-boldness-reset").click();
});

await step("a picture is dropped on the editor, and lends its colours", async () => {
  const before = await shown(page);
  await drop(page, "#zone-borrow", reference, "reference.tif");
  await page.waitForSelector("#palette .swatch");
  await settled(page, before + 1);
  await accessible(page, "palette");
  await page.screenshot({ path: `${screenshots}/palette-1280.png` });
});

await step("the eyedropper takes a colour of it: by the pointer, and by keys", async () => {
  await page.locator(".hint").first().click();
  await page.keyboard.press("Escape"); // chosen, without its menu
  const color = () => page.locator(".hint").first().evaluate((one) => one.style.background);
  const [before, canvas] = [await color(), page.locator("#reference-picture")];
  await canvas.click({ position: { x: 20, y: 20 } });
  const taken = await color();
  assert.notEqual(taken, before);
  await canvas.focus();
  for (let n = 0; n < 9; n += 1) await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Enter");
  assert.notEqual(await color(), taken);
  await page.locator("#no-palette").click();
  await page.waitForSelector("#palette .swatch", { state: "detached" });
});

await step("it is saved, and not over an earlier result unasked", async () => {
  await page.keyboard.press("Control+s");
  await says(page, "Saved");
  await page.locator("#wish-warmth").fill("9");
  await page.locator("#save").click();
  await page.waitForSelector("#replace[open]");
  await accessible(page, "replace");
  await page.locator("#replace-yes").click();
  await says(page, "Saved");
});

await step("wishes go into a file, and come back from it", async () => {
  const before = await hints(page);
  const download = page.waitForEvent("download");
  await page.locator("#export").click();
  const file = await (await download).path();
  while (await hints(page)) {
    await page.locator(".hint").first().focus();
    await page.keyboard.press("Delete");
  }
  await page.locator("#import").setInputFiles({ name: "photo.rehue.json", mimeType: "application/json", buffer: readFileSync(file) });
  await page.waitForFunction((count) => document.querySelectorAll(".hint").length === count, before);
  assert.equal(await pins(page), 1);
});

await step("work survives a reload", async () => {
  const before = await hints(page);
  await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 1000); }));
  await page.reload();
  await page.waitForSelector("#color[src^=blob]");
  assert.equal(await hints(page), before);
  assert.equal(await pins(page), 1);
});

await step("two tabs: the older state is refused and the newer shown", async () => {
  const other = await open(address);
  await openInStrip(other, "large.jpg");
  await other.waitForSelector("#wish-warmth");
  const before = await shown(page);
  await page.locator("#wish-warmth").fill("-6");
  await settled(page, before + 1);
  await other.locator("#wish-saturation").fill("0.5");
  await says(other, "elsewhere");
  assert.equal(await other.locator("#wish-warmth-number").inputValue(), "-6");
  await other.locator("#undo").click();
  await settled(other, before + 2);
  assert.equal(await other.locator("#wish-saturation-number").inputValue(), "0.5", "Undo brings its own back");
  await other.context().close();
});

await step("the strip and its keys", async () => {
  const title = await page.locator("#title").textContent();
  await page.locator("#stage").focus();
  await page.keyboard.press("n");
  await page.waitForFunction((before) => document.getElementById("title").textContent !== before, title);
  await page.keyboard.press("p");
  await page.waitForFunction((before) => document.getElementById("title").textContent === before, title);
  assert.match(await page.locator("#strip").textContent(), /touched/);
});

await step("the pages of a file", async () => {
  await openInStrip(page, "pages.tif");
  const label = () => page.locator("#stage").getAttribute("aria-label");
  assert.match(await label(), /400 by 300/);
  await page.locator("#page").selectOption("2");
  await page.waitForFunction(() => document.getElementById("grey").naturalWidth === 200);
  assert.match(await label(), /200 by 260/);
  await accessible(page, "pages");
  await clickAt(page, 0.5, 0.5);
  await page.waitForSelector("#likely .swatch");
  await page.keyboard.press("Escape");
  await page.keyboard.press("[");
  await page.waitForFunction(() => document.getElementById("grey").naturalWidth === 400);
  await openInStrip(page, "large.jpg");
});

await step("the keyboard alone: a place, a colour, a move, a removal", async () => {
  const before = await hints(page);
  await page.locator("#stage").focus();
  for (let n = 0; n < 8; n += 1) await page.keyboard.press("Shift+ArrowLeft");
  assert.match(await page.locator("#spoken").textContent(), /percent: \w+/);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#likely .swatch:focus");
  await page.keyboard.press("Enter");
  assert.equal(await hints(page), before + 1);
  await page.locator(".hint").last().focus();
  const from = await page.locator(".hint").last().boundingBox();
  await page.keyboard.press("ArrowRight");
  assert.ok((await page.locator(".hint").last().boundingBox()).x > from.x);
  await page.keyboard.press("+");
  await page.keyboard.press("Delete");
  assert.equal(await hints(page), before);
});

await step("a file is dropped, and its result downloaded", async () => {
  await drop(page, "#editor", photograph, "dropped.jpg");
  await page.waitForSelector("#choices li:nth-child(4) img[src^=blob]");
  const download = page.waitForEvent("download");
  await page.locator("#choices li").first().locator("button").click();
  await page.waitForSelector("#color[src^=blob]");
  await page.locator("#save").click();
  assert.equal((await download).suggestedFilename(), "dropped.rehue.jpg");
});

await step("what is no picture is one line, and the work stays", async () => {
  await page.locator("#file").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") });
  await page.waitForSelector("#status.bad");
  assert.match(await status(page), /notes\.txt/);
  for (const text of ["5", "null", "\"hints\"", "{\"hints\": 3}"]) {
    await page.locator("#import").setInputFiles({ name: "list.json", mimeType: "application/json", buffer: Buffer.from(text) });
    await says(page, "list.json holds no wishes");
    await page.evaluate(() => { document.getElementById("status").textContent = ""; });
  }
  await page.locator("#strip button[title='broken.jpg']").click();
  await says(page, "broken.jpg");
  assert.equal(await page.locator("#title").textContent(), "dropped.jpg");
});

await step("the whole folder, with progress", async () => {
  await page.locator("#folder").click();
  const moved = await page.waitForFunction(() => document.getElementById("progress").value > 0);
  assert.ok(moved);
  await says(page, "are there");
  assert.match(await page.locator("#strip").textContent(), /failed/);
});

for (const [name, width, height] of [["phone", 390, 780], ["tablet", 900, 1100], ["desk", 1440, 900]]) {
  for (const colorScheme of ["light", "dark"]) {
    await step(`${name}, ${colorScheme}`, async () => {
      const small = await open(address, { viewport: { width, height }, colorScheme, hasTouch: width < 1000 });
      const shoot = async (state) => {
        const wide = await small.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `nothing is wider than the screen: ${wide}`);
        await accessible(small, `${name}, ${state}`);
        await small.screenshot({ path: `${screenshots}/${state}-${width}-${colorScheme}.png` });
      };
      await small.locator("#strip button[title='small.jpg']").click();
      await small.waitForFunction(() => document.querySelectorAll("#choices img[src^=blob]").length === 4);
      await shoot("versions");
      await openInStrip(small, "large.jpg");
      await small.waitForFunction(() => document.querySelectorAll("#again img[src^=blob]").length === 4);
      await shoot("editor");
      await clickAt(small, 0.6, 0.6);
      await small.waitForSelector("#likely .swatch");
      await shoot("menu");
      await small.context().close();
    });
  }
}

await step("a browser without scripts is told so", async () => {
  const old = await open(address, { javaScriptEnabled: false });
  assert.match(await old.locator("#loading").textContent(), /too old/);
  assert.ok(await old.locator("#loading").isVisible());
  await old.context().close();
});

await browser.close();
