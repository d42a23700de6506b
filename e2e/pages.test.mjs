// How the pages look and read: a picture of each in light and dark, on a phone and a desktop, and no finding by axe.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, describe, test } from "node:test";
import { Stage } from "./support.mjs";

/** @import { BrowserContextOptions, Page } from "playwright-core" */
/** @import { Visit } from "./support.mjs" */

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The login page's budget on the wire, in bytes. */
const BUDGET = 15 * 1024;

/** Smallest side of what can be pressed, in CSS pixels. */
const TARGET = 44;

const stage = await Stage.open();
after(() => stage.close());

/** @type {[string, BrowserContextOptions][]} */
const LOOKS = [
  ["desktop-light", { viewport: { width: 1280, height: 800 }, colorScheme: "light" }],
  ["desktop-dark", { viewport: { width: 1280, height: 800 }, colorScheme: "dark" }],
  ["phone-light", { viewport: { width: 390, height: 844 }, colorScheme: "light", hasTouch: true, isMobile: true }],
  ["phone-dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true, isMobile: true }],
  ["small-light", { viewport: { width: 320, height: 568 }, colorScheme: "light", hasTouch: true, isMobile: true }],
  ["contrast-dark", { viewport: { width: 640, height: 800 }, colorScheme: "dark", contrast: "more" }],
  ["forced-colors", { viewport: { width: 640, height: 800 }, forcedColors: "active" }],
];

/** @type {[string, (visit: Visit) => Promise<unknown>][]} */
const PAGES = [
  ["login", ({ page }) => page.goto(stage.login("login"))],
  ["login-error", ({ page }) => loginError(page)],
  ["signup", ({ page }) => page.goto(stage.login("signup"))],
  ["signup-error", ({ page }) => signupError(page)],
  ["forgot", ({ page }) => page.goto(stage.login("password/forgot"))],
  ["forgot-sent", ({ page }) => forgotSent(page)],
  ["reset", ({ page }) => page.goto(stage.login("password/reset?token=kpw_1&username=ada"))],
  ["reset-unusable", ({ page }) => page.goto(stage.login("password/reset"))],
  ["login-notice", ({ page }) => page.goto(stage.login("login?notice=password"))],
  ["verify", ({ page }) => page.goto(stage.login("email/verify?token=kev_1"))],
  ["forget-browser", ({ page }) => page.goto(stage.login("browser/forget"))],
  ["not-found", ({ page }) => page.goto(stage.login("nothing-here"))],
  ["app-home", ({ page }) => page.goto(stage.app("/"))],
  ["app-hello", (visit) => stage.logIn(visit)],
  ["app-verified", (visit) => afterLogin(visit, stage.app("/jwt"))],
  ["logout", (visit) => afterLogin(visit, stage.login("logout"))],
];

for (const [look, options] of LOOKS) {
  describe(look, () => {
    for (const [name, open] of PAGES) {
      test(name, () =>
        stage.visit(options, async (visit) => {
          await open(visit);
          await stage.picture(visit.page, `${name}-${look}`);
          assert.deepEqual(await findings(visit.page), []);
          assert.deepEqual(await tooWide(visit.page), []);
          if (options.hasTouch) assert.deepEqual(await tooSmall(visit.page), []);
        }));
    }
  });
}

describe("languages", () => {
  for (const language of ["es", "ja", "de", "fr"]) {
    for (const address of ["login", "signup", "password/forgot", "password/reset?token=kpw_1", "email/verify?token=kev_1"]) {
      test(`${address} in ${language}`, () =>
        stage.visit({ viewport: { width: 320, height: 568 }, locale: language }, async ({ page }) => {
          await page.goto(stage.login(address));
          assert.equal(await page.evaluate(() => document.documentElement.lang), language);
          await stage.picture(page, `${address.replace(/[?].*/, "").replace("/", "-")}-${language}`);
          assert.deepEqual(await findings(page), []);
          assert.deepEqual(await tooWide(page), []);
        }));
    }
  }
});

test("the login page is small, and asks nobody else for anything", () =>
  stage.visit({}, async ({ page, visited }) => {
    /** @type {Promise<number>[]} */
    const sizes = [];
    page.on("requestfinished", (request) => sizes.push(request.sizes().then((size) => size.responseBodySize)));
    await page.goto(stage.login("login"), { waitUntil: "networkidle" });
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    assert.ok(visited.some((address) => address.endsWith(".css")) && visited.some((address) => address.endsWith(".js")));
    assert.ok(bytes > 0 && bytes <= BUDGET, `${bytes} bytes of ${BUDGET}`);
    assert.deepEqual([...new Set(visited.map((address) => new URL(address).host))], [new URL(stage.login("")).host]);
  }));

test("text of twice the size and more spacing fits on a small screen", () =>
  stage.visit({ viewport: { width: 320, height: 568 } }, async ({ page }) => {
    for (const open of [loginError, signupError]) {
      await open(page);
      // Set through the object model, which the page's policy does not govern.
      await page.evaluate(() => {
        document.documentElement.style.cssText =
          "font-size: 200%; letter-spacing: 0.12em; word-spacing: 0.16em; line-height: 1.5";
      });
      assert.deepEqual(await tooWide(page), []);
    }
  }));

/** @param {Page} page */
async function loginError(page) {
  await page.goto(stage.login("login"));
  await stage.sendLogin(page, { username: "nobody-of-this-name", password: "not the password" });
  await page.getByRole("alert").waitFor();
}

/** @param {Page} page */
async function forgotSent(page) {
  await page.goto(stage.login("password/forgot"));
  await page.getByLabel("Username or email", { exact: true }).fill("nobody-of-this-name");
  await page.getByRole("button", { name: "Send the mail" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
}

/** @param {Page} page */
async function signupError(page) {
  await page.goto(stage.login("signup"));
  await page.getByLabel("Email", { exact: true }).fill("somebody@example.org");
  await page.getByLabel("Username", { exact: true }).fill(stage.card.DEMO_USERNAME);
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Sign up", exact: true }).click();
  await page.getByRole("alert").waitFor();
}

/**
 * @param {Visit} visit
 * @param {string} address
 */
async function afterLogin(visit, address) {
  await stage.logIn(visit);
  await visit.page.goto(address);
}

/**
 * What axe finds or cannot decide, one line each.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
async function findings(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = /** @type {any} */ (globalThis);
    const { violations, incomplete } = await axe.run({ resultTypes: ["violations", "incomplete"] });
    return [...violations, ...incomplete].flatMap((finding) =>
      finding.nodes.map((/** @type {any} */ node) => `${finding.id}: ${node.html} ${node.failureSummary ?? ""}`),
    );
  });
}

/**
 * What sticks out of the screen sideways.
 * @param {Page} page
 */
function tooWide(page) {
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
 * What can be pressed but is too small to be hit.
 * @param {Page} page
 */
function tooSmall(page) {
  return page.evaluate((target) => {
    const pressed = [...document.querySelectorAll("a, button, input:not([type=hidden])")];
    const small = pressed.filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && (box.width < target || box.height < target);
    });
    return small.map((element) => element.outerHTML);
  }, TARGET);
}
