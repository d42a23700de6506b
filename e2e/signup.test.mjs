// Signing up: from the sample app and back, and how mistakes are shown.
// @ts-check

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { MODES, Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */

/** @typedef {{ username: string, email: string, password: string }} Person */

const stage = await Stage.open();
after(() => stage.close());

for (const { name, javaScriptEnabled } of MODES) {
  const tag = javaScriptEnabled ? "js" : "plain";

  describe(name, () => {
    test("a new person comes back to the app, logged in", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, visited }) => {
        await page.goto(stage.app("/"));
        await page.getByRole("link", { name: "Sign up" }).click();
        await page.getByLabel(/^First name/).fill("Grace");
        await page.getByLabel(/^Last name/).fill("Hopper");
        await send(page, person(`grace-${tag}`));
        await page.waitForURL(stage.app("/hello"));
        assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Hello Grace Hopper");
        assert.equal(stage.handed(visited).get("signup"), "true");
      }));

    test("the new password works for the next login", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, context }) => {
        const { username, password, email } = person(`again-${tag}`);
        await page.goto(stage.login("signup"));
        await send(page, { username, password, email });
        await page.waitForURL(stage.app("/hello"));
        await context.clearCookies();
        await page.goto(stage.login("login"));
        await stage.sendLogin(page, { username, password });
        await page.waitForURL(stage.app("/hello"));
      }));

    test("mistakes are named at the top, linked to their field, and beside it", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        const { email } = person(`short-${tag}`);
        await page.goto(stage.login("signup"));
        await page.getByLabel(/^First name/).fill("Grace <b>");
        await send(page, { username: stage.card.DEMO_USERNAME, email, password: "short" });
        const summary = page.getByRole("alert");
        await summary.waitFor();
        assert.match(await page.title(), /^Error: /);
        assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "alert");
        const named = await summary.getByRole("link").all();
        assert.ok(named.length > 0, "no mistake is linked to its field");
        for (const link of named) {
          const field = page.locator((await link.getAttribute("href")) ?? assert.fail("a link without a target"));
          assert.equal(await field.getAttribute("aria-invalid"), "true");
          const beside = (await field.getAttribute("aria-describedby"))?.split(" ")[0];
          assert.equal(await page.locator(`#${beside}`).textContent(), await link.textContent());
          await link.click();
          assert.ok(await field.evaluate((input) => input === document.activeElement), "the link does not lead there");
        }
        assert.equal(await page.getByLabel(/^First name/).inputValue(), "Grace <b>");
        assert.equal(await page.getByLabel("Email", { exact: true }).inputValue(), email);
        assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
        assert.equal((await stage.api(`users?email=${encodeURIComponent(email)}`)).body.collection.length, 0);
      }));

    test("a taken username is told, and another one is accepted from there", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        const { username, email, password } = person(`second-${tag}`);
        await page.goto(stage.login("signup"));
        await send(page, { username: stage.card.DEMO_USERNAME, email, password });
        await page.getByRole("alert").waitFor();
        assert.equal(await page.getByLabel("Username", { exact: true }).getAttribute("aria-invalid"), "true");
        assert.equal(await page.getByLabel("Email", { exact: true }).getAttribute("aria-invalid"), null);
        await send(page, { username, email, password });
        await page.waitForURL(stage.app("/hello"));
      }));
  });
}

/**
 * @param {string} username
 * @returns {Person}
 */
function person(username) {
  return { username, email: `${username}@example.org`, password: `a long password of ${username}` };
}

/**
 * Fills in the form that is shown and sends it.
 * @param {Page} page
 * @param {Person} person
 */
async function send(page, { username, email, password }) {
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Username", { exact: true }).fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign up", exact: true }).click();
}
