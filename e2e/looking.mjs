// How a page is looked at: on which screens, what a picture is kept of, and what may not be found on it.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** @import { BrowserContextOptions, Page } from "playwright-core" */
/** @import { Stage } from "./support.mjs" */

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Smallest side of what can be pressed, in CSS pixels. */
const TARGET = 44;

/** What can be pressed. */
const PRESSED = "a, button, summary, input:not([type=hidden])";

/**
 * A screen, and the looks that a page can take on it without being opened again.
 * @typedef {{ name: string, options: BrowserContextOptions, looks: [string, Parameters<Page["emulateMedia"]>[0]][] }} Screen
 */

/** In motion, colours on a picture would be neither the old ones nor the new ones. */
const still = /** @type {const} */ ({ reducedMotion: "reduce" });
const touch = { hasTouch: true, isMobile: true };

/** @type {Screen} */
const DESKTOP = {
  name: "a desktop",
  options: { viewport: { width: 1280, height: 800 }, ...still },
  looks: [
    ["desktop-light", { colorScheme: "light" }],
    ["desktop-dark", { colorScheme: "dark" }],
  ],
};

/** @type {Screen} */
const PHONE = {
  name: "a phone",
  options: { viewport: { width: 390, height: 844 }, ...touch, ...still },
  looks: [
    ["phone-light", { colorScheme: "light" }],
    ["phone-dark", { colorScheme: "dark" }],
  ],
};

/** @type {Screen} */
export const SMALL = {
  name: "a small phone",
  options: { viewport: { width: 320, height: 568 }, ...touch, ...still },
  looks: [["small-light", { colorScheme: "light" }]],
};

/** @type {Screen} */
const HIGH_CONTRAST = {
  name: "a screen of high contrast",
  options: { viewport: { width: 640, height: 800 }, ...still },
  looks: [
    ["contrast-dark", { colorScheme: "dark", contrast: "more" }],
    ["forced-colors", { colorScheme: "light", contrast: "no-preference", forcedColors: "active" }],
  ],
};

/** For every page. */
export const SCREENS = [DESKTOP, PHONE];

/** For the pages that everybody meets. */
export const ALL_SCREENS = [...SCREENS, SMALL, HIGH_CONTRAST];

/**
 * Looks at the page that is open, in each look of the screen.
 * @param {Stage} stage
 * @param {Page} page
 * @param {Screen} screen the one that the page was opened on
 * @param {string} name of the pictures
 */
export async function examine(stage, page, screen, name) {
  for (const [look, media] of screen.looks) {
    await page.emulateMedia(media);
    await stage.picture(page, `${name}-${look}`);
    assert.deepEqual(await findings(page), [], look);
    assert.deepEqual(await tooWide(page), [], look);
    if (screen.options.hasTouch) assert.deepEqual(await tooSmall(page), [], look);
  }
}

/**
 * What axe finds or cannot decide, one line each.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export async function findings(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = /** @type {any} */ (globalThis);
    // Loading stylesheets once more would break the page's policy, where an app has one elsewhere.
    const { violations, incomplete } = await axe.run({ resultTypes: ["violations", "incomplete"], preload: false });
    return [...violations, ...incomplete].flatMap((finding) =>
      finding.nodes.map((/** @type {any} */ node) => `${finding.id}: ${node.html} ${node.failureSummary ?? ""}`),
    );
  });
}

/**
 * What sticks out of the screen sideways.
 * @param {Page} page
 */
export function tooWide(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const out = [...document.querySelectorAll("body *")].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 1 && (box.right > width + 0.5 || box.left < -0.5);
    });
    return out.map((element) => `${element.tagName} ${element.className}`);
  });
}

/**
 * Words that a line ends within, but for addresses and at hyphens.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export function brokenWords(page) {
  return page.evaluate(() => {
    /** @type {string[]} */
    const broken = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      for (const word of (text.textContent ?? "").matchAll(/[^\s\u2010-]+/g)) {
        if (word[0].includes("@")) continue;
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].filter((box) => box.width > 1).map((box) => Math.round(box.top)));
        if (lines.size > 1) broken.push(word[0]);
      }
    }
    return broken;
  });
}

/**
 * What can be pressed but is too small to be hit.
 * @param {Page} page
 */
function tooSmall(page) {
  return page.evaluate(
    ([pressed, target]) => {
      const small = [...document.querySelectorAll(pressed)].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && (box.width < target || box.height < target);
      });
      return small.map((element) => element.outerHTML);
    },
    /** @type {[string, number]} */ ([PRESSED, TARGET]),
  );
}
