// Where a login ends: at the app's login handler, unless the app listed the asked address.
// @ts-check

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { MODES, Stage } from "./support.mjs";

const stage = await Stage.open();
after(() => stage.close());

await stage.setApp({ redirect_uris: [stage.app("/login")] });

const NOT_LISTED = [
  "https://evil.example/",
  "//evil.example/",
  "javascript:alert(1)",
  stage.app("/login").replace("localhost", "localhost.evil.example"),
  stage.app("/login").replace("//localhost", "//localhost@evil.example"),
  stage.app("/login").replace("/login", ".evil.example/login"),
  stage.app("/login") + "s",
  stage.app("/login") + "/../elsewhere",
];

for (const { name, javaScriptEnabled } of MODES) {
  describe(name, () => {
    for (const asked of NOT_LISTED) {
      test(`${masked(asked)} is not followed`, () =>
        stage.visit({ javaScriptEnabled }, async ({ page, visited }) => {
          await page.goto(stage.login(`login?redirect_uri=${encodeURIComponent(asked)}`));
          await stage.sendLogin(page);
          await page.waitForURL(stage.app("/hello"));
          assert.ok(stage.handed(visited).get("token"));
          const hosts = new Set(visited.map((address) => new URL(address).host));
          assert.deepEqual([...hosts], [new URL(stage.login("")).host, new URL(stage.app("")).host]);
          assert.deepEqual(visited.filter((address) => /elsewhere|logins/.test(new URL(address).pathname)), []);
        }));
    }

    test("a listed address is followed, with its own parameters kept", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, visited }) => {
        const asked = stage.app("/login?from=listed");
        await page.goto(stage.login(`login?redirect_uri=${encodeURIComponent(asked)}`));
        await stage.sendLogin(page);
        await page.waitForURL(stage.app("/hello"));
        assert.equal(stage.handed(visited).get("from"), "listed");
        assert.ok(stage.handed(visited).get("token"));
      }));

    test("redir is handed back", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, visited }) => {
        await page.goto(stage.login("login?redir=/jwt"));
        await stage.sendLogin(page);
        await page.waitForURL(stage.app("/jwt"));
        assert.equal(stage.handed(visited).get("redir"), "/jwt");
        await page.getByRole("heading", { name: "The token is genuine" }).waitFor();
      }));

    test("redir of a full address is cut to its path", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, visited }) => {
        await page.goto(stage.login(`login?redir=${encodeURIComponent("https://evil.example/jwt?a=b")}`));
        await stage.sendLogin(page);
        await page.waitForURL(stage.app("/jwt?a=b"));
        assert.equal(stage.handed(visited).get("redir"), "/jwt?a=b");
      }));

    test("both survive a wrong password and a look at the signup page", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, visited }) => {
        const asked = stage.app("/login?from=a%26b");
        await page.goto(stage.login(`login?redir=/jwt&redirect_uri=${encodeURIComponent(asked)}`));
        await page.getByRole("link", { name: "Sign up" }).click();
        await page.getByRole("heading", { name: "Sign up" }).waitFor();
        await page.getByRole("link", { name: "Log in" }).click();
        await stage.sendLogin(page, { password: "not the password" });
        await page.getByRole("alert").waitFor();
        await stage.sendLogin(page);
        await page.waitForURL(stage.app("/jwt"));
        assert.equal(stage.handed(visited).get("redir"), "/jwt");
        assert.equal(stage.handed(visited).get("from"), "a&b");
      }));
  });
}

test("the bare login address keeps what it was given", () =>
  stage.visit({}, async ({ page }) => {
    await page.goto(stage.login("/?redir=/jwt"));
    assert.equal(page.url(), stage.login("login?redir=/jwt"));
  }));

test("the app sends people to log in, and back to the page they wanted", () =>
  stage.visit({}, async ({ page }) => {
    await page.goto(stage.app("/jwt"));
    await stage.sendLogin(page);
    await page.waitForURL(stage.app("/jwt"));
  }));

/**
 * The address with this run's port left open, so that a test has the same name every time.
 * @param {string} address
 */
function masked(address) {
  return address.replace(/:\d{4,5}/, ":PORT");
}
