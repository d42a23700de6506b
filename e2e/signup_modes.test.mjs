// Signing up as a realm can have it: with an org, as a token for the app, by address, with confirmed addresses; each mode
// to its end, with and without JavaScript, and how its form looks.
// @ts-check

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { SCREENS, examine } from "./looking.mjs";
import { Site } from "./sites.mjs";
import { MODES, PASSWORD, Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */

const stage = await Stage.open({ GANTRY_TRIES_SIGNUPS_PER_ADDRESS: "1000" });
/** The app's handler of signups. */
const site = new Site(new Map([["/new", "<!doctype html><title>An app</title><h1>The app makes a user</h1>"]]));
await site.open();
const app = site.at("app.localhost");
after(async () => {
  await site.close();
  await stage.close();
});

/** What a realm begins with. */
const DEFAULTS = {
  signup: "both",
  signup_mode: "user",
  name_field: "optional",
  org_field: "optional",
  password_field: "single",
  email_verification: "none",
};

/** @param {Partial<typeof DEFAULTS>} settings */
const set = (settings) => stage.setProvider("login_rocket", { ...DEFAULTS, ...settings });

afterEach(async () => {
  await set({});
  await stage.setRealm({ username_validation_human: "standard" });
});

/**
 * Fills in the fields of these labels and sends the form.
 * @param {Page} page
 * @param {Record<string, string>} fields
 */
async function signUp(page, fields) {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByRole("button", { name: "Sign up", exact: true }).click();
}

/** @param {string} username */
const person = (username) => ({ Email: `${username}@example.org`, Username: username, Password: PASSWORD });

/**
 * The names of the user's orgs.
 * @param {string} username
 * @returns {Promise<string[]>}
 */
async function orgs(username) {
  const { body: user } = await stage.api(`users/${username}`);
  const { body } = await stage.api(`memberships?user_id=${user.id}&expand=org`);
  return body.collection.map((/** @type {any} */ membership) => membership.org.name);
}

/** What is told at the top of the form. @param {Page} page */
async function told(page) {
  await page.getByRole("alert").waitFor();
  return page.getByRole("alert").getByRole("listitem").allTextContents();
}

for (const { name, javaScriptEnabled } of MODES) {
  const tag = javaScriptEnabled ? "js" : "plain";

  describe(name, () => {
    test("an org that is required has to be named, and is made with its member", async () => {
      await set({ signup_mode: "user_org", org_field: "required" });
      await stage.visit({ javaScriptEnabled }, async ({ page, visited }) => {
        await page.goto(stage.login("signup"));
        await signUp(page, { ...person(`org-${tag}`), Organization: " " });
        assert.deepEqual(await told(page), ["Organization can't be blank"]);
        await signUp(page, { Password: PASSWORD, Organization: "Analytical Engines" });
        await page.waitForURL(stage.app("/hello"));
        assert.equal(stage.handed(visited).get("signup"), "true");
        assert.deepEqual(await orgs(`org-${tag}`), ["Analytical Engines"]);
      });
    });

    test("an org that nobody asks for is called as its user", async () => {
      await set({ signup_mode: "user_org", org_field: "hidden" });
      await stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("signup"));
        assert.equal(await page.getByLabel(/Organization/).count(), 0);
        await signUp(page, person(`own-org-${tag}`));
        await page.waitForURL(stage.app("/hello"));
        assert.deepEqual(await orgs(`own-org-${tag}`), [`own-org-${tag}`]);
      });
    });

    test("a signup token goes to the app, which makes the user, who logs in with the password", async () => {
      const username = `token-${tag}`;
      await set({ signup_mode: "user_token" });
      await stage.setApp({ signup_handler: `${app}/new` });
      await stage.visit({ javaScriptEnabled }, async ({ page, context }) => {
        await page.goto(stage.login("signup?redir=%2Fwelcome"));
        await signUp(page, person(username));
        await page.getByRole("heading", { name: "The app makes a user" }).waitFor();
        const handed = new URL(page.url()).searchParams;
        assert.equal(handed.get("redir"), "/welcome");
        const token = handed.get("token") ?? assert.fail("the app got no token");
        assert.match(token, /^utk_/);
        assert.equal((await stage.api(`users/${username}`)).status, 404);
        assert.equal((await context.cookies()).some((cookie) => cookie.name.endsWith("session")), false);
        assert.equal((await stage.api("users", { method: "POST", body: { user: { token } } })).status, 201);
        await page.goto(stage.login("login"));
        await stage.sendLogin(page, { username, password: PASSWORD });
        await page.waitForURL(stage.app("/hello"));
      });
      await stage.setApp({ signup_handler: null });
    });

    test("names that are required and a password asked for twice are all looked at", async () => {
      const username = `twice-${tag}`;
      await set({ name_field: "required", password_field: "confirm" });
      await stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("signup"));
        const all = { "First name": "Mary", "Last name": " ", ...person(username), "Repeat password": "something else" };
        await signUp(page, all);
        assert.deepEqual(await told(page), ["Last name can't be blank", "The two passwords are not the same"]);
        await signUp(page, { "Last name": "Somerville", Password: PASSWORD, "Repeat password": PASSWORD });
        await page.waitForURL(stage.app("/hello"));
        assert.equal((await stage.api(`users/${username}`)).body.name, "Mary Somerville");
      });
    });

    test("where addresses are names, one field is both, and the next login asks for it", async () => {
      const email = `mail-${tag}@example.org`;
      await stage.setRealm({ username_validation_human: "email" });
      await stage.visit({ javaScriptEnabled }, async ({ page, context }) => {
        await page.goto(stage.login("signup"));
        assert.equal(await page.getByLabel("Username", { exact: true }).count(), 0);
        await signUp(page, { Email: email, Password: PASSWORD });
        await page.waitForURL(stage.app("/hello"));
        await context.clearCookies();
        await page.goto(stage.login("login"));
        await page.getByLabel("Email", { exact: true }).fill(email);
        await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
        await page.getByRole("button", { name: "Log in", exact: true }).click();
        await page.waitForURL(stage.app("/hello"));
      });
    });

    test("where addresses have to be confirmed, nobody is logged in before the mail's link", async () => {
      const username = `proof-${tag}`;
      await set({ email_verification: "require" });
      await stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("signup"));
        await signUp(page, person(username));
        await page.getByRole("heading", { name: "Almost there" }).waitFor();
        await page.getByRole("link", { name: "Back to login" }).click();
        await stage.sendLogin(page, { username, password: PASSWORD });
        await page.getByRole("heading", { name: "Confirm your email address first" }).waitFor();
        const token = await stage.mailed(username, "request_email_verification");
        await page.goto(stage.login(`email/verify?token=${token}`));
        await page.getByRole("button", { name: "Confirm your email address" }).click();
        await page.getByText("Your email address is confirmed").waitFor();
        await stage.sendLogin(page, { username, password: PASSWORD });
        await page.waitForURL(stage.app("/hello"));
      });
    });

    test("where nobody may sign up, there is no such page, and no link to it", async () => {
      await set({ signup: "off" });
      await stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("login"));
        assert.equal(await page.getByRole("link", { name: "Sign up" }).count(), 0);
        assert.equal((await page.goto(stage.login("signup")))?.status(), 404);
        await page.getByRole("heading", { name: "Page not found" }).waitFor();
      });
    });
  });
}

for (const screen of SCREENS) {
  describe(`on ${screen.name}`, () => {
    test("every field at once", async () => {
      await set({ signup_mode: "user_org", org_field: "required", name_field: "required", password_field: "confirm" });
      await stage.visit(screen.options, async ({ page }) => {
        await page.goto(stage.login("signup"));
        await examine(stage, page, screen, "signup-all-fields");
        const blank = { "First name": " ", "Last name": " ", Organization: " " };
        const wrong = { Email: "grace@example.org", Username: "usr_x y", Password: "12345678", "Repeat password": "1" };
        await signUp(page, { ...blank, ...wrong });
        const links = await page.getByRole("alert").getByRole("link").all();
        const fields = await Promise.all(links.map((link) => link.getAttribute("href")));
        const order = ["first_name", "last_name", "username", "org_name", "password", "password_confirmation"];
        assert.deepEqual(fields, order.map((name) => `#${name}`), "in the order of the form");
        await examine(stage, page, screen, "signup-all-errors");
      });
    });

    test("no field but the least", async () => {
      await set({ name_field: "hidden" });
      await stage.setRealm({ username_validation_human: "email" });
      await stage.visit(screen.options, async ({ page }) => {
        await page.goto(stage.login("signup"));
        await examine(stage, page, screen, "signup-by-email");
        await signUp(page, { Email: "ada@example.com", Password: PASSWORD });
        await told(page);
        await examine(stage, page, screen, "signup-by-email-error");
      });
    });
  });
}
