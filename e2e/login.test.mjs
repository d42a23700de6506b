// Logging in: from the sample app and back, and everything a wrong password may and may not tell.
// @ts-check

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { MODES, Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */

const stage = await Stage.open();
after(() => stage.close());

for (const { name, javaScriptEnabled } of MODES) {
  describe(name, () => {
    test("the demo's user comes back to the app as somebody it knows", () =>
      stage.visit({ javaScriptEnabled }, async (visit) => {
        await stage.logIn(visit);
        const heading = await visit.page.getByRole("heading", { level: 1 }).textContent();
        assert.equal(heading, await stage.greeting(stage.card.DEMO_USERNAME));
      }));

    test("a wrong password is said, and does not lead on", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("login"));
        await stage.sendLogin(page, { password: "not the password" });
        await page.getByRole("alert").waitFor();
        assert.equal(new URL(page.url()).origin, new URL(stage.login("login")).origin);
        assert.match(await page.title(), /^Error: /);
        assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "alert");
        assert.equal(await page.getByLabel("Username or email", { exact: true }).inputValue(), stage.card.DEMO_USERNAME);
        assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
        for (const field of ["Username or email", "Password"]) {
          const input = page.getByLabel(field, { exact: true });
          assert.equal(await input.getAttribute("aria-invalid"), "true");
          assert.equal(await input.getAttribute("aria-describedby"), await page.getByRole("alert").getAttribute("id"));
        }
      }));

    test("the right password after a wrong one leads on", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("login"));
        await stage.sendLogin(page, { password: "not the password" });
        await page.getByRole("alert").waitFor();
        await stage.sendLogin(page);
        await page.waitForURL(stage.app("/hello"));
      }));

    test("nobody learns whether a user exists", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        const known = await refusal(page, stage.card.DEMO_USERNAME);
        const unknown = await refusal(page, "nobody-of-this-name");
        assert.deepEqual(unknown, known);
      }));

    test("the keyboard is enough", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("login"));
        // The field takes the focus by itself, with the first paint and not with the load.
        await page.locator("[name=username]:focus").waitFor();
        await page.keyboard.type(stage.card.DEMO_USERNAME);
        await page.keyboard.press("Tab");
        await page.keyboard.type(stage.card.DEMO_PASSWORD);
        await page.keyboard.press("Enter");
        await page.waitForURL(stage.app("/hello"));
      }));

    test("a form without its token is refused", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, context }) => {
        await page.goto(stage.login("login"));
        await context.clearCookies();
        await stage.sendLogin(page);
        await page.getByRole("heading", { name: "This page has expired" }).waitFor();
        assert.equal((await context.cookies()).some((cookie) => cookie.name.endsWith("session")), false);
      }));
  });
}

describe("what a script adds", () => {
  test("the password can be shown, and is hidden again when it is sent", () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(stage.login("login"));
      const password = page.getByLabel("Password", { exact: true });
      await password.fill("correct horse");
      await page.getByRole("button", { name: "Show password" }).click();
      assert.equal(await password.getAttribute("type"), "text");
      await page.getByRole("button", { name: "Hide password" }).click();
      assert.equal(await password.getAttribute("type"), "password");
      await page.getByRole("button", { name: "Show password" }).click();
      await page.getByLabel("Username or email", { exact: true }).fill("somebody");
      const type = await page.evaluate(() => {
        const form = document.forms[0];
        form.addEventListener("submit", (event) => event.preventDefault());
        form.requestSubmit();
        return form.querySelector("#password")?.getAttribute("type");
      });
      assert.equal(type, "password");
    }));

  test("Caps Lock is noticed", () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(stage.login("login"));
      const notice = page.getByRole("status");
      assert.equal(await notice.textContent(), "");
      const press = (/** @type {boolean} */ modifierCapsLock) =>
        page.evaluate((modifierCapsLock) => {
          const key = new KeyboardEvent("keydown", { key: "A", modifierCapsLock });
          document.querySelector("#password")?.dispatchEvent(key);
        }, modifierCapsLock);
      await press(true);
      assert.equal(await notice.textContent(), "Caps Lock is on.");
      await press(false);
      assert.equal(await notice.textContent(), "");
    }));

  test("two clicks send one form", () =>
    stage.visit({}, async ({ page }) => {
      let posts = 0;
      await page.route(stage.login("login"), async (route) => {
        if (route.request().method() === "POST") posts += 1;
        await route.continue();
      });
      await page.goto(stage.login("login"));
      await page.getByLabel("Username or email", { exact: true }).fill(stage.card.DEMO_USERNAME);
      await page.getByLabel("Password", { exact: true }).fill(stage.card.DEMO_PASSWORD);
      const busy = await page.evaluate(() => {
        const button = /** @type {HTMLButtonElement} */ (document.querySelector("button[type=submit]"));
        button.click();
        button.click();
        return [button.textContent, button.getAttribute("aria-disabled")];
      });
      assert.deepEqual(busy, ["Logging in…", "true"]);
      await page.waitForURL(stage.app("/hello"));
      assert.equal(posts, 1);
    }));

  test("without it, no dead button is shown", () =>
    stage.visit({ javaScriptEnabled: false }, async ({ page }) => {
      await page.goto(stage.login("login"));
      assert.deepEqual(await page.getByRole("button").allTextContents(), ["Log in"]);
    }));
});

/**
 * Everything that a refused login tells, except what this very page always varies or was given.
 * @param {Page} page
 * @param {string} username
 */
async function refusal(page, username) {
  await page.goto(stage.login("login"));
  await stage.sendLogin(page, { username, password: "not the password" });
  await page.getByRole("alert").waitFor();
  // The same page once more: the browser keeps what it shows.
  const response = await page.reload();
  assert.ok(response);
  const nonce = /nonce-([^']+)'/.exec((await response.allHeaders())["content-security-policy"])?.[1];
  assert.ok(nonce, "the policy names no nonce");
  const text = (await response.text()).replaceAll(nonce, "NONCE").replaceAll(username, "USERNAME");
  const html = text.replace(/name="csrf" value="[^"]+"/g, "CSRF").replace(/form(=|&#x3d;)\w+/g, "FORM");
  const names = Object.keys(await response.allHeaders()).filter((name) => name !== "content-length").sort();
  assert.ok(html.includes("USERNAME"), "the page does not show what was typed");
  return { status: response.status(), names, html };
}
