// The studio's page as a person uses it: node journey.mjs ADDRESS PHOTOGRAPH SCREENSHOTS RANDOM
//
// Prints a line of JSON for each step; ends with 1 at the first that is not as it should be.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [address, photograph, reference, screenshots, random] = process.argv.slice(2);
// Installed beside the working folder, not beside this file.
const require = createRequire(`${process.cwd()}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core"), "utf8");

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const problems = [];
const foreign = [];

async function open(options = {}, at = address) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error" && !/status of (409|422)/.test(message.text())) problems.push(message.text()); });
  page.on("request", (request) => { if (!request.url().startsWith(new URL(address).origin) && !/^(blob|data):/.test(request.url())) foreign.push(request.url()); });
  await page.goto(at);
  return page;
}

async function step(name, work) {
  const started = performance.now();
  await work();
  assert.deepEqual(problems, [], `${name}: errors in the console`);
  assert.deepEqual(foreign, [], `${name}: requests to others`);
  console.log(JSON.stringify({ step: name, seconds: Math.round(performance.now() - started) / 1000 }));
}

/** No findings of axe in this state; by the protocol, as the page's policy lets no script in. */
async function accessible(page, state) {
  const found = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
  const said = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(", ")}`);
  assert.deepEqual(said, [], `axe, ${state}`);
}

const shown = (page) => page.evaluate(() => Number(document.body.dataset.shown ?? 0));
const settled = (page, revision) => page.waitForFunction((least) => Number(document.body.dataset.shown) >= least, revision);
const hints = (page) => page.locator(".hint").count();

async function clickAt(page, x, y) {
  const box = await page.locator("#sheet").boundingBox();
  await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
}

let page;

await step("a photograph of the folder is open, with four versions from calm to bold", async () => {
  page = await open();
  await page.waitForFunction(() => document.querySelectorAll("#choices img[src^=blob]").length === 4);
  assert.equal(new URL(page.url()).hash, "", "the token stays out of the address bar");
  await accessible(page, "versions");
  await page.screenshot({ path: `${screenshots}/versions-1280.png` });
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
  await accessible(page, "menu");
  await page.screenshot({ path: `${screenshots}/menu-1280.png` });
  const before = await shown(page);
  await page.locator("#likely .swatch").last().click();
  await settled(page, before + 1);
  assert.equal(await hints(page), 1);
  await accessible(page, "editor with a hint");
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
  const ring = async () => (await page.locator(".reach").boundingBox()).width;
  const before = await ring();
  await page.mouse.move(x + 60, y + 30);
  await page.mouse.wheel(0, -100);
  assert.ok(await ring() > before, "it covers more");
});

await step("a place is kept as it is", async () => {
  await clickAt(page, 0.2, 0.7);
  await page.locator("#pin").click();
  assert.equal(await hints(page), 2);
});

await step("undo and redo go all the way", async () => {
  while (await page.locator("#undo").isEnabled()) await page.keyboard.press("Control+z");
  assert.equal(await hints(page), 0);
  while (await page.locator("#redo").isEnabled()) await page.keyboard.press("Control+Shift+z");
  assert.equal(await hints(page), 2);
});

await step("before and after, grey while held, 100 %, where the model is unsure", async () => {
  await page.locator("#divide").fill("50");
  const half = await page.locator("#after").evaluate((one) => one.style.clipPath);
  assert.match(half, /50%|49\.\d+%/);
  await page.screenshot({ path: `${screenshots}/editor-1280.png` });
  await page.locator("#divide").fill("0");
  await page.locator("#stage").focus();
  await page.keyboard.down("g");
  assert.match(await page.locator("#after").evaluate((one) => one.style.clipPath), /100%/);
  await page.keyboard.up("g");
  await page.locator("#confidence").check();
  await page.waitForSelector("#sure[src^=blob]:not([hidden])");
  await accessible(page, "confidence");
  await page.locator("#confidence").uncheck();
  await page.keyboard.press("z");
  await page.waitForSelector("#part-color[src^=blob]:not([hidden])");
  const real = await page.locator("#part-color").evaluate((one) => ({ shown: one.getBoundingClientRect().width, has: one.naturalWidth }));
  assert.ok(Math.abs(real.shown - real.has) <= 2, `a pixel is a pixel: ${JSON.stringify(real)}`);
  await page.screenshot({ path: `${screenshots}/pixels-1280.png` });
  await page.keyboard.press("z");
});

await step("sliders and a palette of another picture", async () => {
  const before = await shown(page);
  await page.locator("#wish-saturation").fill("1.4");
  await settled(page, before + 1);
  await page.locator("#reference-file").setInputFiles(reference);
  await page.waitForSelector("#palette .swatch");
  await accessible(page, "palette");
  await page.locator("#no-palette").click();
});

await step("it is saved, and not over an earlier result unasked", async () => {
  await page.keyboard.press("Control+s");
  await page.waitForFunction(() => document.getElementById("status").textContent.startsWith("Saved"));
  await page.locator("#wish-warmth").fill("6");
  await page.locator("#save").click();
  await page.waitForSelector("#replace[open]");
  await accessible(page, "replace");
  await page.locator("#replace-yes").click();
  await page.waitForFunction(() => document.getElementById("status").textContent.startsWith("Saved"));
});

await step("work survives a reload", async () => {
  const before = await hints(page);
  await page.reload();
  await page.waitForSelector("#color[src^=blob]");
  assert.equal(await hints(page), before);
});

await step("two tabs: the older state is refused and the newer shown", async () => {
  const other = await open();
  await other.waitForSelector("#color[src^=blob]");
  await other.waitForSelector("#wish-warmth");
  const before = await shown(page);
  await page.locator("#wish-warmth").fill("-6");
  await settled(page, before + 1);
  await other.locator("#wish-saturation").fill("0.5");
  await other.waitForFunction(() => document.getElementById("status").textContent.includes("elsewhere"));
  assert.equal(await other.locator(".wish input[type=number]").nth(1).inputValue(), "-6");
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

await step("the keyboard alone: a place, a colour, a move, a removal", async () => {
  await page.waitForSelector("#stage");
  const before = await hints(page);
  await page.locator("#stage").focus();
  for (let n = 0; n < 8; n += 1) await page.keyboard.press("Shift+ArrowLeft");
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
  const data = await page.evaluateHandle((bytes) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], "dropped.jpg"));
    return transfer;
  }, readFileSync(photograph).toString("base64"));
  await page.dispatchEvent("#editor", "drop", { dataTransfer: data });
  await page.waitForSelector("#choices li:nth-child(4) img[src^=blob]");
  const download = page.waitForEvent("download");
  await page.locator("#choices li").first().locator("button").click();
  await page.waitForSelector("#color[src^=blob]");
  await page.locator("#save").click();
  assert.equal((await download).suggestedFilename(), "dropped.rehue.jpg");
});

await step("what is no picture is one line", async () => {
  await page.locator("#file").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") });
  await page.waitForSelector("#status.bad");
  assert.match(await page.locator("#status").textContent(), /notes\.txt/);
});

for (const [name, width, height, scheme] of [["phone", 390, 780, "light"], ["tablet", 820, 1100, "dark"]]) {
  await step(`${name}, ${scheme}`, async () => {
    const small = await open({ viewport: { width, height }, colorScheme: scheme, hasTouch: true });
    await small.waitForSelector("#color[src^=blob]");
    const wide = await small.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `nothing is wider than the screen: ${wide}`);
    await accessible(small, name);
    await small.screenshot({ path: `${screenshots}/${name}-${width}.png`, fullPage: true });
    await small.context().close();
  });
}

await step(`${random} random actions`, async () => {
  let seed = 7;
  const next = (below) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % below; };
  const box = await page.locator("#stage").boundingBox();
  const somewhere = () => [box.x + next(Math.floor(box.width)), box.y + next(Math.floor(box.height))];
  const keys = ["k", "z", "c", "Escape", "Enter", "Delete", "ArrowLeft", "ArrowDown", "+", "-", "Control+z", "Control+Shift+z", "Tab"];
  const acts = [
    async () => page.mouse.click(...somewhere()),
    async () => { await page.mouse.move(...somewhere()); await page.mouse.down(); await page.mouse.move(...somewhere(), { steps: 3 }); await page.mouse.up(); },
    async () => { await page.mouse.move(...somewhere()); await page.mouse.wheel(0, next(400) - 200); },
    async () => page.keyboard.press(keys[next(keys.length)]),
    async () => page.evaluate((n) => { const all = [...document.querySelectorAll("#menu[open] .swatch, #menu[open] #pin, #again button, #undo, #redo")].filter((one) => !one.disabled); all[n % all.length]?.click(); }, next(1000)),
  ];
  for (let n = 0; n < Number(random); n += 1) await acts[next(acts.length)]();
  await page.waitForTimeout(500);
});

await step("the studio is gone: one line, and the page stays", async () => {
  await page.route("**/api/**", (route) => route.abort());
  await page.evaluate(() => document.getElementById("export").click());
  await page.keyboard.press("Escape");
  await page.locator("#undo").click({ force: true, timeout: 3000 }).catch(() => {});
  problems.length = 0; // the browser says so of each request
  await page.waitForFunction(() => document.getElementById("status").textContent.includes("does not answer") || document.getElementById("undo").disabled);
  problems.length = 0;
});

await browser.close();
