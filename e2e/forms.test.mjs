// Forms that are sent twice, and pages that are come back to: Back, a reload, a restored tab and two tabs, with and
// without JavaScript. What one form does is done once; what a page says after a form is said again.
// @ts-check

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { enrol } from "./devices.mjs";
import { MODES, PASSWORD, Stage } from "./support.mjs";

/** @import { BrowserContext, Page } from "playwright-core" */

const stage = await Stage.open({ GANTRY_TRIES_PER_ADDRESS: "1000", GANTRY_TRIES_SIGNUPS_PER_ADDRESS: "1000" });
after(() => stage.close());

await enrol(stage, (await stage.makeUser({ username: "mary" })).id);

let count = 0;
/** A name that nobody had before. */
const fresh = () => `walker-${++count}`;

/** How many events of this type there are. @param {string} type */
async function events(type) {
  const { body } = await stage.api(`events?event_type=${type}&max_results=1000`);
  return body.collection.length;
}

/** A page whose form was sent, and says so. @typedef {{ name: string, open: (page: Page) => Promise<unknown>, says: string | RegExp }} Shown */

/** @type {Shown[]} */
const SHOWN = [
  { name: "a wrong password", open: wrongPassword, says: /do not match/ },
  { name: "a signup that breaks a rule", open: wrongSignup, says: /too short/ },
  { name: "the question for a code", open: codeAsked, says: "Enter your code" },
  { name: "a wrong code", open: wrongCode, says: /That code is not right/ },
  { name: "a mail that is on its way", open: forgotSent, says: "Check your email" },
  { name: "a new password that breaks a rule", open: wrongNewPassword, says: /too short/ },
  { name: "a browser that is forgotten", open: browserForgotten, says: "This browser is forgotten" },
];

for (const { name: mode, javaScriptEnabled } of MODES) {
  describe(mode, () => {
    for (const { name, open, says } of SHOWN) {
      test(`${name}: it is there after a reload, Back and Forward, and in a restored tab`, () =>
        stage.visit({ javaScriptEnabled }, async ({ page, context }) => {
          await open(page);
          await told(page, says);
          const answer = await page.reload();
          assert.equal(answer?.request().method(), "GET");
          await told(page, says);
          await page.goBack();
          await page.goForward();
          await told(page, says);
          // A tab of the same browser, and the browser started anew with its cookies.
          const other = await context.newPage();
          await other.goto(page.url());
          await told(other, says);
          await restored(context, { javaScriptEnabled }, async (again) => {
            await again.goto(page.url());
            await told(again, says);
          });
        }));
    }

    test("Back after a wrong password leads to a form that works", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await wrongPassword(page);
        await page.goBack();
        await stage.sendLogin(page);
        await page.waitForURL(stage.app("/hello"));
      }));

    test("the code page works after a reload", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, context }) => {
        await codeAsked(page);
        await page.reload();
        const other = await context.newPage();
        await wrongPassword(other);
        await page.getByLabel("Code", { exact: true }).fill("000000");
        await page.getByRole("button", { name: "Log in", exact: true }).click();
        await told(page, /That code is not right/);
        await told(other, /do not match/);
      }));

    test("two tabs tell each their own", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, context }) => {
        const other = await context.newPage();
        await wrongPassword(page);
        await wrongSignup(other);
        await page.reload();
        await told(page, /do not match/);
        await other.reload();
        await told(other, /too short/);
        await stage.sendLogin(page);
        await page.waitForURL(stage.app("/hello"));
        await other.reload();
        await told(other, /too short/);
      }));

    test("a signup that is sent by a double click makes one user, who is logged in", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        const [made, logins] = [await events("user.created"), await events("user.login.succeeded")];
        await fillSignup(page, fresh(), PASSWORD);
        await twice(page, "Sign up");
        await page.waitForURL(stage.app("/hello"));
        assert.equal(await events("user.created"), made + 1);
        assert.equal(await events("user.login.succeeded"), logins + 1);
      }));

    test("a login that is sent by a double click is one login", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        const before = await events("user.login.succeeded");
        await page.goto(stage.login("login"));
        await page.getByLabel("Username or email", { exact: true }).fill(stage.card.DEMO_USERNAME);
        await page.getByLabel("Password", { exact: true }).fill(stage.card.DEMO_PASSWORD);
        await twice(page, "Log in");
        await page.waitForURL(stage.app("/hello"));
        assert.equal(await events("user.login.succeeded"), before + 1);
      }));

    test("a link that a double click uses has worked", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        const username = fresh();
        await stage.makeUser({ username });
        const link = stage.login(`email/verify?token=${await stage.mailed(username, "request_email_verification")}`);
        await page.goto(link);
        await twice(page, "Confirm your email address");
        await told(page, /Your email address is confirmed/);
        await page.goto(link);
        await told(page, "Your email address is confirmed");

        await page.goto(stage.login(`password/reset?token=${await stage.mailed(username, "generate_password_token")}`));
        await page.getByLabel("New password", { exact: true }).fill("another-fine-day-99");
        await twice(page, "Save the new password");
        await told(page, /Your password was changed/);
      }));

    test("a logout by a double click is a logout", () =>
      stage.visit({ javaScriptEnabled }, async (visit) => {
        await stage.logIn(visit);
        await visit.page.goto(stage.login("logout"));
        await twice(visit.page, "Log out");
        await told(visit.page, /You are logged out/);
      }));

    test("a mail that a double click asks for is one mail", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        const username = fresh();
        await stage.makeUser({ username });
        const before = await events("user.password_token.created");
        await page.goto(stage.login("password/forgot"));
        await page.getByLabel("Username or email", { exact: true }).fill(username);
        await twice(page, "Send the email");
        await told(page, "Check your email");
        assert.equal(await events("user.password_token.created"), before + 1);
      }));
  });
}

/**
 * Presses a button twice at once. Where no script keeps the second click away, the browser drops the first sending.
 * @param {Page} page
 * @param {string} name
 */
function twice(page, name) {
  return page.getByRole("button", { name, exact: true }).dblclick();
}

/**
 * @param {Page} page
 * @param {string | RegExp} says
 */
function told(page, says) {
  return page.getByText(says).first().waitFor();
}

/**
 * A browser that was closed and comes back with its cookies.
 * @param {BrowserContext} context
 * @param {{ javaScriptEnabled: boolean }} options
 * @param {(page: Page) => Promise<void>} walk
 */
async function restored(context, options, walk) {
  const storageState = await context.storageState();
  await stage.visit({ ...options, storageState }, ({ page }) => walk(page));
}

/** @param {Page} page */
async function wrongPassword(page) {
  await page.goto(stage.login("login"));
  await stage.sendLogin(page, { password: `not the password ${fresh()}` });
  await page.getByRole("alert").waitFor();
}

/**
 * @param {Page} page
 * @param {string} username
 * @param {string} password
 */
async function fillSignup(page, username, password) {
  await page.goto(stage.login("signup"));
  await page.getByLabel("Email", { exact: true }).fill(`${username}@example.org`);
  await page.getByLabel("Username", { exact: true }).fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
}

/** @param {Page} page */
async function wrongSignup(page) {
  await fillSignup(page, fresh(), "short");
  await page.getByRole("button", { name: "Sign up", exact: true }).click();
  await page.getByRole("alert").waitFor();
}

/** @param {Page} page */
async function codeAsked(page) {
  await page.goto(stage.login("login"));
  await stage.sendLogin(page, { username: "mary", password: PASSWORD });
  await told(page, "Enter your code");
}

/** @param {Page} page */
async function wrongCode(page) {
  await codeAsked(page);
  await page.getByLabel("Code", { exact: true }).fill("12 34");
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByRole("alert").waitFor();
}

/** @param {Page} page */
async function forgotSent(page) {
  await page.goto(stage.login("password/forgot"));
  await page.getByLabel("Username or email", { exact: true }).fill("nobody-of-this-name");
  await page.getByRole("button", { name: "Send the email" }).click();
  await told(page, "Check your email");
}

/** @param {Page} page */
async function wrongNewPassword(page) {
  const username = fresh();
  await stage.makeUser({ username });
  await page.goto(stage.login(`password/reset?token=${await stage.mailed(username, "generate_password_token")}`));
  await page.getByLabel("New password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Save the new password" }).click();
  await page.getByRole("alert").waitFor();
}

/** @param {Page} page */
async function browserForgotten(page) {
  await page.goto(stage.login("browser/forget"));
  await page.getByRole("button", { name: "Forget this browser" }).click();
  await told(page, "This browser is forgotten");
}
