// A browser on the studio's page, with what is asserted of it in every state.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

// Installed beside the working folder, not beside this file.
const require = createRequire(`${process.cwd()}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core"), "utf8");

export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

/** What the console complained of, and what was asked of others than the studio. */
export const problems = [];
const foreign = [];
const PATIENCE = 120_000; // ms: other work may have the processors
let expected = /status of (409|422)/;

/** Let the console complain of something, which the next steps are about. */
export function expect(pattern) {
  expected = pattern;
}

export async function open(address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const { origin } = new URL(address);
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error" && !expected.test(message.text())) problems.push(message.text()); });
  page.on("request", (request) => { if (!request.url().startsWith(origin) && !/^(blob|data):/.test(request.url())) foreign.push(request.url()); });
  await page.goto(address);
  return page;
}

/** Do a step of a journey: a line of JSON says that it went well, and how long it took. */
export async function step(name, work) {
  const started = performance.now();
  try {
    await work();
  } catch (error) {
    error.message = `${name}: ${error.message} ${problems.join("; ")}`;
    throw error;
  }
  assert.deepEqual(problems, [], `${name}: errors in the console`);
  assert.deepEqual(foreign, [], `${name}: requests to others`);
  console.log(JSON.stringify({ step: name, seconds: Math.round(performance.now() - started) / 1000 }));
}

/** No findings of axe in this state; by the protocol, as the page's policy lets no script in. */
export async function accessible(page, state) {
  const found = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
  const said = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(", ")}`);
  assert.deepEqual(said, [], `axe, ${state}`);
}

export const shown = (page) => page.evaluate(() => Number(document.body.dataset.shown ?? 0));
export const settled = (page, revision) => page.waitForFunction((least) => Number(document.body.dataset.shown) >= least, revision);
export const hints = (page) => page.locator(".hint").count();
export const pins = (page) => page.locator(".hint.pin").count();
export const status = (page) => page.locator("#status").textContent();
export const says = (page, words) => page.waitForFunction((said) => document.getElementById("status").textContent.includes(said), words);

/** Open a photograph of the strip, in the editor. */
export async function openInStrip(page, name) {
  await page.locator(`#strip button[title='${name}']`).click();
  await page.waitForFunction((wanted) => document.getElementById("title").textContent === wanted, name);
  if (await page.locator("#versions").isVisible()) {
    await page.waitForSelector("#choices li[data-alternative='1'] img[src^=blob]");
    await page.locator("#choices li[data-alternative='1'] button").click();
  }
  await page.waitForSelector("#color[src^=blob]");
}

export async function clickAt(page, x, y) {
  const box = await page.locator("#sheet").boundingBox();
  await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
}

/** Let go of a file over an element, as a hand does. */
export async function drop(page, element, file, name) {
  const data = await page.evaluateHandle(([bytes, called]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], called));
    return transfer;
  }, [readFileSync(file).toString("base64"), name]);
  await page.dispatchEvent(element, "dragover", { dataTransfer: data });
  await page.dispatchEvent(element, "drop", { dataTransfer: data });
}
