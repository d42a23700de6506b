// Logging out: afterwards the session is dead for the app, the API and the login pages alike.
// @ts-check

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { MODES, Stage } from "./support.mjs";

const stage = await Stage.open();
after(() => stage.close());

for (const { name, javaScriptEnabled } of MODES) {
  describe(name, () => {
    test("through the app, which then shows nothing more", () =>
      stage.visit({ javaScriptEnabled }, async (visit) => {
        const { page } = visit;
        const token = await stage.logIn(visit);
        assert.equal(await status(token), 200);
        await page.getByRole("button", { name: "Log out" }).click();
        await page.waitForURL(stage.login("login?notice=logged-out"));
        await page.getByText("You are logged out.").waitFor();
        assert.equal(await status(token), 404);
        assert.equal(await status(sessionId(token)), 404);
        await page.goto(stage.app("/hello"));
        assert.equal(new URL(page.url()).origin, new URL(stage.login("login")).origin);
        await page.getByRole("heading", { name: "Log in" }).waitFor();
      }));

    test("the Back button shows nothing either", () =>
      stage.visit({ javaScriptEnabled }, async (visit) => {
        const { page } = visit;
        await stage.logIn(visit);
        await page.getByRole("button", { name: "Log out" }).click();
        await page.waitForURL(stage.login("login?notice=logged-out"));
        await page.goBack();
        assert.equal(await page.getByRole("heading", { name: /^Hello/ }).count(), 0);
      }));

    test("through the login pages, with one click and not by a link alone", () =>
      stage.visit({ javaScriptEnabled }, async (visit) => {
        const { page } = visit;
        const token = await stage.logIn(visit);
        await page.goto(stage.login("logout"));
        assert.equal(await status(token), 200);
        await page.getByRole("button", { name: "Log out" }).click();
        await page.waitForURL(stage.login("login?notice=logged-out"));
        await page.getByText("You are logged out.").waitFor();
        assert.equal(await status(token), 404);
      }));

    test("an app notices when the session was ended elsewhere", () =>
      stage.visit({ javaScriptEnabled }, async (visit) => {
        const { page } = visit;
        const token = await stage.logIn(visit);
        assert.equal((await stage.api(`sessions/${sessionId(token)}`, { method: "DELETE" })).status, 204);
        await page.reload();
        await page.getByRole("heading", { name: "Log in" }).waitFor();
      }));
  });
}

test("an old token does not log in again", () =>
  stage.visit({}, async (visit) => {
    const { page } = visit;
    const token = await stage.logIn(visit);
    await page.getByRole("button", { name: "Log out" }).click();
    await page.waitForURL(stage.login("login?notice=logged-out"));
    await page.goto(stage.app(`/login?token=${encodeURIComponent(token)}`));
    await page.getByRole("heading", { name: "Log in" }).waitFor();
  }));

/**
 * What the API says to an app that asks for the session.
 * @param {string} named the token, or the session's id
 */
async function status(named) {
  return (await stage.api(`sessions/${encodeURIComponent(named)}`)).status;
}

/** @param {string} token */
function sessionId(token) {
  const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
  assert.match(claims.tk, /^kss_/);
  return claims.tk;
}
