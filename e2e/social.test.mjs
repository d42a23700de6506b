// Logging in by another site, with a real OpenID provider (npm's `oidc-provider`) beside the demo.
// @ts-check

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ALLOWED, makeProvider, openIssuer } from "./issuer.mjs";
import { SCREENS, examine } from "./looking.mjs";
import { MODES, Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Visit } from "./support.mjs" */

const stage = await Stage.open(ALLOWED);
const issuer = await openIssuer(stage);
after(async () => {
  issuer.end();
  await stage.close();
});

/** The other site has been shown who comes. @param {Page} page @param {"Ada" | "Grace"} who */
async function come(page, who) {
  await page.goto(stage.login("login"));
  await page.getByRole("link", { name: "Continue with Example ID" }).click();
  await page.getByRole("button", { name: `I am ${who}` }).click();
}

/** The pages on the way, none of them to its end. @type {[string, (visit: Visit) => Promise<unknown>][]} */
const PAGES = [
  ["social-login", ({ page }) => page.goto(stage.login("login"))],
  ["social-signup-button", ({ page }) => page.goto(stage.login("signup"))],
  ["social-link", ({ page }) => come(page, "Ada")],
  [
    "social-link-error",
    async ({ page }) => {
      await come(page, "Ada");
      await page.getByLabel("Password", { exact: true }).fill("not the password");
      await page.getByRole("button", { name: "Log in and connect Example ID" }).click();
      await page.getByRole("alert").waitFor();
    },
  ],
  ["social-signup", ({ page }) => come(page, "Grace")],
  [
    "social-signup-error",
    async ({ page }) => {
      await come(page, "Grace");
      await page.getByLabel("Email", { exact: true }).fill("somebody@example.org");
      await page.getByLabel("Username", { exact: true }).fill(stage.card.DEMO_USERNAME);
      await page.getByRole("button", { name: "Sign up", exact: true }).click();
      await page.getByRole("alert").waitFor();
    },
  ],
  ["social-expired", ({ page }) => page.goto(stage.login("auth/callback?code=a&state=b"))],
];

for (const screen of SCREENS) {
  describe(`on ${screen.name}`, () => {
    for (const [name, open] of PAGES) {
      test(name, () =>
        stage.visit(screen.options, async (visit) => {
          await open(visit);
          await examine(stage, visit.page, screen, name);
        }));
    }
  });
}

// The demo's user has the same address, which nobody here has confirmed: the first time their password is asked for.
let linked = false;

for (const { name, javaScriptEnabled } of MODES) {
  describe(name, () => {
    test("the button leads to the other site and back into the app", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, visited }) => {
        await page.goto(stage.app("/"));
        await page.getByRole("link", { name: "Log in" }).click();
        await page.getByRole("link", { name: "Continue with Example ID" }).click();
        await page.getByRole("button", { name: "I am Ada" }).click();
        if (!linked) {
          await page.getByRole("heading", { name: "You already have an account" }).waitFor();
          await page.getByLabel("Password", { exact: true }).fill(stage.card.DEMO_PASSWORD);
          await page.getByRole("button", { name: "Log in and connect Example ID" }).click();
          linked = true;
        }
        await page.waitForURL(stage.app("/hello"));
        const greeting = await stage.greeting(stage.card.DEMO_USERNAME);
        assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), greeting);
        const token = stage.handed(visited).get("token") ?? assert.fail("the app got no token");
        const session = await stage.api(`sessions/${token}`);
        assert.equal(session.body.user.username, stage.card.DEMO_USERNAME);
      }));

    test("whoever is new adds what the other site did not tell", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, visited }) => {
        const username = javaScriptEnabled ? "grace" : "grace-too";
        await page.goto(stage.login("signup?redir=%2Fjwt"));
        await page.getByRole("link", { name: "Continue with Example ID" }).click();
        await page.getByRole("button", { name: "I am Grace" }).click();
        // The first of the two made the account, so the second is known.
        if (javaScriptEnabled) {
          assert.equal(await page.getByLabel(/^First name/).inputValue(), "Grace");
          await page.getByLabel("Email", { exact: true }).fill(`${username}@example.org`);
          await page.getByLabel("Username", { exact: true }).fill(username);
          await page.getByRole("button", { name: "Sign up", exact: true }).click();
        }
        await page.waitForURL(stage.app("/jwt"));
        assert.equal(stage.handed(visited).get("signup"), javaScriptEnabled ? "true" : null);
        assert.equal((await stage.api("users/grace")).body.name, "Grace Hopper");
      }));

    test("a way back that was begun in another browser is refused", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("auth/callback?code=a&state=b"));
        assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "This login has expired");
      }));
  });
}

describe("where other sites are the only way in", () => {
  before(async () => {
    await makeProvider(stage, { name: "A site that is switched off", issuer: "http://localhost:1" });
    await stage.setProvider("password", { state: "inactive" });
  });
  after(() => stage.setProvider("password", { state: "active" }));

  for (const screen of SCREENS) {
    test(`the page is a row of buttons on ${screen.name}, and one that leads nowhere says so`, () =>
      stage.visit(screen.options, async ({ page }) => {
        await page.goto(stage.login("login"));
        assert.equal(await page.getByRole("textbox").count(), 0);
        assert.equal(await page.getByText("or", { exact: true }).count(), 0, "there is nothing to choose from above");
        await examine(stage, page, screen, "social-only");
        await page.getByRole("link", { name: "Continue with A site that is switched off" }).click();
        await page.getByRole("heading", { level: 1, name: "The other site is not responding" }).waitFor();
        await examine(stage, page, screen, "social-unreachable");
      }));
  }
});
