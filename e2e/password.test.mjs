// A forgotten password and a new address: from the login page to the mail's link and back.
// @ts-check

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { MODES, Stage } from "./support.mjs";

/** @import { Page, Request } from "playwright-core" */

const stage = await Stage.open();
after(() => stage.close());

const FIRST = "tr0mbone-under-glass";
const SECOND = "another-fine-day-99";

for (const { name, javaScriptEnabled } of MODES) {
  describe(name, () => {
    test("the login page leads to a mail, and back with what it was given", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("login?redir=%2Fhello"));
        await page.getByRole("link", { name: "Forgot your password?" }).click();
        await page.getByLabel("Username or email", { exact: true }).fill("nobody-of-this-name");
        await page.getByRole("button", { name: "Send the email" }).click();
        await page.getByRole("heading", { name: "Check your email" }).waitFor();
        await page.getByRole("link", { name: "Back to login" }).click();
        await page.waitForURL(stage.login("login?redir=%2Fhello"));
      }));

    test("the link of the mail sets a new password, and logs nobody in", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, context, visited }) => {
        const username = await somebody();
        const token = await stage.mailed(username, "generate_password_token");
        const link = stage.login(`password/reset?token=${token}`);
        /** @type {Request[]} */
        const requests = [];
        page.on("request", (request) => requests.push(request));
        await page.goto(link);
        assert.equal((await page.title()).includes(token), false);
        await setPassword(page, "short");
        await page.getByRole("alert").waitFor();
        await setPassword(page, SECOND);
        await page.getByText("Your password was changed").waitFor();
        assert.equal((await context.cookies()).some((cookie) => cookie.name.endsWith("session")), false);
        assert.equal(visited.filter((address) => address.includes(token)).length, 1, "only the link itself");
        // Now, while the browser still knows them.
        const referrers = await Promise.all(requests.map(async (request) => (await request.allHeaders()).referer));
        assert.ok(referrers.some((referrer) => referrer !== undefined));
        assert.equal(referrers.some((referrer) => referrer?.includes(token)), false);

        await stage.sendLogin(page, { username, password: SECOND });
        await page.waitForURL(stage.app("/hello"));
        assert.equal((await stage.api(`users/${username}/authenticate`, { method: "POST", body: { password: FIRST } })).status, 401);

        await page.goto(link);
        await page.getByRole("heading", { name: "This link cannot be used" }).waitFor();
        await page.getByRole("link", { name: "Send a new link" }).click();
        await page.waitForURL(stage.login("password/forgot"));
      }));

    test("the link of a verification mail asks for one click", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        const username = await somebody();
        const token = await stage.mailed(username, "request_email_verification");
        await page.goto(stage.login(`email/verify?token=${token}`));
        assert.equal((await stage.api(`users/${username}`)).body.email_verification, "requested");
        await page.getByRole("button", { name: "Confirm your email address" }).click();
        await page.getByText("Your email address is confirmed").waitFor();
        assert.equal((await stage.api(`users/${username}`)).body.email_verification, "verified");
      }));
  });
}

let count = 0;

/** A user of their own for each walk. */
async function somebody() {
  const username = `walker${++count}`;
  await stage.makeUser({ username, password: FIRST });
  return username;
}

/**
 * @param {Page} page
 * @param {string} password
 */
async function setPassword(page, password) {
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Save the new password" }).click();
}
