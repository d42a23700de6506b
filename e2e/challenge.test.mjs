// Signing up where the realm asks the browser for some work first.
// @ts-check

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { SCREENS, examine } from "./looking.mjs";
import { Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */

const stage = await Stage.open();
after(() => stage.close());

await stage.setProvider("login_rocket", { signup_challenge: "proof_of_work" });

test("the browser does the work while the form is filled, and the person notices nothing", () =>
  stage.visit({}, async ({ page }) => {
    await page.goto(stage.login("signup"));
    await fill(page, "grace");
    const solution = page.locator("input[name=challenge_solution]");
    await page.waitForFunction((input) => input instanceof HTMLInputElement && input.value !== "", await solution.elementHandle());
    await page.getByRole("button", { name: "Sign up", exact: true }).click();
    await page.waitForURL(stage.app("/hello"));
    assert.equal((await stage.api("users/grace")).status, 200);
  }));

test("a form that is sent at once waits for the work", () =>
  stage.visit({}, async ({ page }) => {
    await page.goto(stage.login("signup"));
    // All at once, as a password manager does it: nothing was typed before the form is sent.
    await page.evaluate(() => {
      const form = document.forms[0];
      const set = (/** @type {string} */ name, /** @type {string} */ value) => {
        const input = form.elements.namedItem(name);
        if (input instanceof HTMLInputElement) input.value = value;
      };
      set("username", "heidi");
      set("email", "heidi@example.org");
      set("password", "a long password of heidi");
      form.requestSubmit();
    });
    await page.waitForURL(stage.app("/hello"));
  }));

test("after a mistake the next try has work of its own", () =>
  stage.visit({}, async ({ page }) => {
    await page.goto(stage.login("signup"));
    await fill(page, stage.card.DEMO_USERNAME);
    await page.getByRole("button", { name: "Sign up", exact: true }).click();
    await page.getByRole("alert").waitFor();
    await fill(page, "ivan");
    await page.getByRole("button", { name: "Sign up", exact: true }).click();
    await page.waitForURL(stage.app("/hello"));
  }));

test("without JavaScript the page says what is missing, and signs nobody up", () =>
  stage.visit({ javaScriptEnabled: false }, async ({ page }) => {
    await page.goto(stage.login("signup"));
    // Looking for a text passes noscript by.
    assert.match(await page.locator("noscript .alert").innerText(), /needs JavaScript/);
    await fill(page, "judy");
    await page.getByRole("button", { name: "Sign up", exact: true }).click();
    await page.getByRole("alert").waitFor();
    assert.equal((await stage.api("users/judy")).status, 404);
  }));

for (const screen of SCREENS) {
  // Axe is a script, so it is shown the page as a browser without scripts reads it: what is meant for those, and no script.
  test(`how the page without JavaScript looks on ${screen.name}`, async () => {
    let body = "";
    await stage.visit({ javaScriptEnabled: false }, async ({ page }) => {
      await page.goto(stage.login("signup"));
      body = (await page.content()).replaceAll(/<\/?noscript>|<script.*?<\/script>/gs, "");
    });
    await stage.visit(screen.options, async ({ page }) => {
      await page.route(stage.login("signup"), (route) => route.fulfill({ body, contentType: "text/html; charset=utf-8" }));
      await page.goto(stage.login("signup"));
      await page.getByText("Signing up here needs JavaScript").waitFor();
      await examine(stage, page, screen, "signup-challenge-plain");
    });
  });
}

/**
 * @param {Page} page
 * @param {string} username
 */
async function fill(page, username) {
  await page.getByLabel("Email", { exact: true }).fill(`${username}@example.org`);
  await page.getByLabel("Username", { exact: true }).fill(username);
  await page.getByLabel("Password", { exact: true }).fill(`a long password of ${username}`);
}
