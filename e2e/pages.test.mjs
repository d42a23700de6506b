// The gallery: every page of a login, with what can go wrong on it; pictures in light and dark, on a phone and a desktop,
// and no finding by axe. Signup modes, social logins, looks of apps and languages have files of their own.
// @ts-check

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { enrol } from "./devices.mjs";
import { ALL_SCREENS, SCREENS, SMALL, brokenWords, examine, tooWide } from "./looking.mjs";
import { PASSWORD, Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Visit } from "./support.mjs" */

/** The login page's budget on the wire, in bytes. */
const BUDGET = 15 * 1024;

// Mistakes are made here on every screen, from one address.
const stage = await Stage.open({ GANTRY_TRIES_PER_ADDRESS: "1000", GANTRY_TRIES_SIGNUPS_PER_ADDRESS: "1000" });
after(() => stage.close());

await enrol(stage, (await stage.makeUser({ username: "mary" })).id);
await stage.makeUser({ username: "locked" });

let count = 0;
/** A name that nobody had before. @param {string} begin */
const fresh = (begin) => `${begin}-${++count}`;

/** A page, and how one gets there. @typedef {[string, (visit: Visit) => Promise<unknown>]} Opening */

/** @param {string} address @returns {(visit: Visit) => Promise<unknown>} */
const at = (address) => ({ page }) => page.goto(stage.login(address));

const resetToken = () => stage.mailed("mary", "generate_password_token");
const proofToken = () => stage.mailed("mary", "request_email_verification");

/** What everybody meets. @type {Opening[]} */
const COMMON = [
  ["login", at("login")],
  ["login-error", ({ page }) => loginError(page)],
  ["signup", at("signup")],
  ["signup-error", ({ page }) => signupError(page)],
  ["forgot", at("password/forgot")],
  ["forgot-sent", ({ page }) => forgotSent(page)],
  ["reset", async ({ page }) => page.goto(stage.login(`password/reset?token=${await resetToken()}`))],
  ["code", ({ page }) => codeAsked(page)],
  ["logout", (visit) => afterLogin(visit, stage.login("logout"))],
  ["app-home", ({ page }) => page.goto(stage.app("/"))],
  ["app-hello", (visit) => stage.logIn(visit)],
];

/** @type {Opening[]} */
const OTHERS = [
  ["login-notice", at("login?notice=password")],
  ["code-error", ({ page }) => codeError(page)],
  ["code-recovery", ({ page }) => recoveryOpened(page)],
  ["code-recovery-error", ({ page }) => recoveryError(page)],
  ["reset-error", ({ page }) => resetError(page)],
  ["reset-unusable", at("password/reset")],
  ["verify", async ({ page }) => page.goto(stage.login(`email/verify?token=${await proofToken()}`))],
  ["verify-again", async ({ page }) => verifyAgain(page)],
  ["verify-unusable", at("email/verify")],
  ["forget-browser", (visit) => forgetBrowser(visit)],
  ["forget-browser-done", (visit) => browserForgotten(visit)],
  ["not-found", at("nothing-here")],
  ["expired", (visit) => expired(visit)],
  ["too-many-tries", ({ page }) => tooManyTries(page)],
  ["app-verified", (visit) => afterLogin(visit, stage.app("/jwt"))],
];

/** Where addresses have to be confirmed first. @type {Opening[]} */
const CONFIRMING = [
  ["unproven", ({ page }) => unproven(page)],
  ["unproven-sent-again", ({ page }) => sentAgain(page)],
  ["signup-mailed", ({ page }) => signupMailed(page)],
  ["verify-unusable-login", at("email/verify")],
];

/** Where the app has the form to log in, and these pages only what mails lead to. @type {Opening[]} */
const WITHOUT_LOGIN = [
  ["reset-done", ({ page }) => resetDone(page)],
  ["verify-done", ({ page }) => verifyDone(page)],
  ["forget-browser-continue", at("browser/forget")],
];

/** Where people are called by their email address. @type {Opening[]} */
const BY_EMAIL = [
  ["login-by-email", ({ page }) => loginError(page, "Email")],
  ["forgot-by-email", at("password/forgot")],
];

gallery("what everybody meets", COMMON, ALL_SCREENS);
gallery("everything else", OTHERS);
gallery("where addresses have to be confirmed first", CONFIRMING, SCREENS, {
  begin: () => stage.setProvider("login_rocket", { email_verification: "require" }),
  end: () => stage.setProvider("login_rocket", { email_verification: "none" }),
});
gallery("where the app has the form to log in", WITHOUT_LOGIN, SCREENS, {
  begin: () => stage.setProvider("login_rocket", { login: "js" }),
  end: () => stage.setProvider("login_rocket", { login: "both" }),
});
gallery("where people are called by their address", BY_EMAIL, SCREENS, {
  begin: () => stage.setRealm({ username_validation_human: "email" }),
  end: () => stage.setRealm({ username_validation_human: "standard" }),
});

/**
 * @param {string} about
 * @param {Opening[]} openings
 * @param {typeof SCREENS} screens
 * @param {{ begin?: () => Promise<void>, end?: () => Promise<void> }} settings
 */
function gallery(about, openings, screens = SCREENS, { begin = async () => {}, end = async () => {} } = {}) {
  describe(about, () => {
    before(begin);
    after(end);
    for (const screen of screens) {
      for (const [name, open] of openings) {
        test(`${name} on ${screen.name}`, () =>
          stage.visit(screen.options, async (visit) => {
            await open(visit);
            await examine(stage, visit.page, screen, name);
          }));
      }
    }
  });
}

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

test("text of twice the size breaks no word on a phone", () =>
  stage.visit(SCREENS[1].options, async ({ page }) => {
    for (const open of [loginError, signupError, recoveryError, resetError, forgotSent]) {
      await open(page);
      await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
      assert.deepEqual(await brokenWords(page), []);
      assert.deepEqual(await tooWide(page), []);
    }
  }));

test("text of twice the size and more spacing fits on a small screen", () =>
  stage.visit({ viewport: SMALL.options.viewport }, async ({ page }) => {
    for (const open of [loginError, signupError, recoveryError, resetError]) {
      await open(page);
      // Set through the object model, which the page's policy does not govern.
      await page.evaluate(() => {
        document.documentElement.style.cssText =
          "font-size: 200%; letter-spacing: 0.12em; word-spacing: 0.16em; line-height: 1.5";
      });
      assert.deepEqual(await tooWide(page), []);
    }
  }));

/**
 * @param {Page} page
 * @param {string} [label] what the name is called
 */
async function loginError(page, label = "Username or email") {
  await page.goto(stage.login("login"));
  await page.getByLabel(label, { exact: true }).fill(`${fresh("nobody")}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByRole("alert").waitFor();
}

/** @param {Page} page */
async function forgotSent(page) {
  await page.goto(stage.login("password/forgot"));
  await page.getByLabel("Username or email", { exact: true }).fill("nobody-of-this-name");
  await page.getByRole("button", { name: "Send the email" }).click();
  await heading(page, "Check your email");
}

/**
 * @param {Page} page
 * @param {{ username: string, password: string }} person
 */
async function signUp(page, { username, password }) {
  await page.goto(stage.login("signup"));
  await page.getByLabel("Email", { exact: true }).fill(`${fresh("somebody")}@example.org`);
  await page.getByLabel("Username", { exact: true }).fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign up", exact: true }).click();
}

/** @param {Page} page */
async function signupError(page) {
  await signUp(page, { username: stage.card.DEMO_USERNAME, password: "short" });
  await page.getByRole("alert").waitFor();
}

/** @param {Page} page */
async function signupMailed(page) {
  await signUp(page, { username: fresh("grace"), password: PASSWORD });
  await heading(page, "Almost there");
}

/** @param {Page} page */
async function codeAsked(page) {
  await page.goto(stage.login("login"));
  await stage.sendLogin(page, { username: "mary", password: PASSWORD });
  await heading(page, "Enter your code");
}

/** @param {Page} page */
async function codeError(page) {
  await codeAsked(page);
  await page.getByLabel("Code", { exact: true }).fill("12 34");
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByRole("alert").waitFor();
}

/** @param {Page} page */
async function recoveryOpened(page) {
  await codeAsked(page);
  await page.getByText("Lost your device?").click();
  await page.getByLabel("Recovery code").waitFor();
}

/** @param {Page} page */
async function recoveryError(page) {
  await recoveryOpened(page);
  await page.getByLabel("Recovery code").fill("k3v9-x2mq");
  await page.getByRole("button", { name: "Log in with the recovery code" }).click();
  await page.getByRole("alert").waitFor();
}

/**
 * @param {Page} page
 * @param {string} username
 * @param {string} password
 */
async function setPassword(page, username, password) {
  const token = await stage.mailed(username, "generate_password_token");
  await page.goto(stage.login(`password/reset?token=${token}&username=${username}`));
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Save the new password" }).click();
}

/** @param {Page} page */
async function resetError(page) {
  await setPassword(page, stage.card.DEMO_USERNAME, "password");
  await page.getByRole("alert").waitFor();
}

/** @param {Page} page */
async function resetDone(page) {
  const username = fresh("walker");
  await stage.makeUser({ username });
  await setPassword(page, username, "another-fine-day-99");
  await heading(page, "Your password was changed");
}

/** @param {Page} page */
async function verifyDone(page) {
  const username = fresh("walker");
  await stage.makeUser({ username });
  await page.goto(stage.login(`email/verify?token=${await stage.mailed(username, "request_email_verification")}`));
  await page.getByRole("button", { name: "Confirm your email address" }).click();
  await heading(page, "Your email address is confirmed");
}

/** @param {Page} page */
async function verifyAgain(page) {
  const username = fresh("walker");
  await stage.makeUser({ username });
  const link = stage.login(`email/verify?token=${await stage.mailed(username, "request_email_verification")}`);
  await page.goto(link);
  await page.getByRole("button", { name: "Confirm your email address" }).click();
  await page.getByText("Your email address is confirmed").waitFor();
  await page.goto(link);
  await heading(page, "Your email address is confirmed");
}

/** @param {Page} page */
async function unproven(page) {
  await page.goto(stage.login("login"));
  await stage.sendLogin(page);
  await heading(page, "Confirm your email address first");
}

/** @param {Page} page */
async function sentAgain(page) {
  await unproven(page);
  await page.getByRole("button", { name: "Send the email again" }).click();
  await heading(page, "Check your email");
}

/**
 * By the link of the page that logs out.
 * @param {Visit} visit
 */
async function forgetBrowser(visit) {
  await afterLogin(visit, stage.login("logout"));
  await visit.page.getByRole("link", { name: "Forget this browser" }).click();
  await heading(visit.page, "Forget this browser?");
}

/** @param {Visit} visit */
async function browserForgotten(visit) {
  await forgetBrowser(visit);
  await visit.page.getByRole("button", { name: "Forget this browser" }).click();
  await heading(visit.page, "This browser is forgotten");
}

/** @param {Visit} visit */
async function expired({ page, context }) {
  await page.goto(stage.login("login"));
  await context.clearCookies();
  await stage.sendLogin(page);
  await heading(page, "This page has expired");
}

/** @param {Page} page */
async function tooManyTries(page) {
  const body = { password: "not the password" };
  let status;
  // Room comes back bit by bit, so it is filled up each time.
  do ({ status } = await stage.api("users/locked/authenticate", { method: "POST", body }));
  while (status === 401);
  assert.equal(status, 429);
  await page.goto(stage.login("login"));
  await stage.sendLogin(page, { username: "locked", password: PASSWORD });
  await heading(page, "Too many tries");
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
 * @param {Page} page
 * @param {string} name
 */
function heading(page, name) {
  return page.getByRole("heading", { level: 1, name }).waitFor();
}
