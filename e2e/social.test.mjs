// Logging in by another site, with a real OpenID provider (npm's `oidc-provider`) beside the demo.
// @ts-check

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { MODES, Stage } from "./support.mjs";

// The issuer is on this machine, which only the operator can allow.
const stage = await Stage.open({ GANTRY_DELIVERY_ALLOWED_NETWORKS: "127.0.0.0/8,::1/128" });
const issuer = await startIssuer(stage.login("auth/callback"));
after(async () => {
  issuer.end();
  await stage.close();
});

const { status, body: provider } = await stage.api("auth_providers", {
  method: "POST",
  body: {
    auth_provider: {
      provider_type: "oauth2",
      name: "Example ID",
      issuer: `http://localhost:${issuer.port}`,
      client_id: "gantry",
      client_secret: "a secret: with/odd+characters%",
    },
  },
});
assert.equal(status, 201, JSON.stringify(provider));

// The demo's user has the same address, which nobody here has confirmed: the first time their password is asked for.
let linked = false;

for (const { name, javaScriptEnabled } of MODES) {
  describe(name, () => {
    test("the button leads to the other site and back into the app", () =>
      stage.visit({ javaScriptEnabled }, async ({ page, visited }) => {
        await page.goto(stage.app("/"));
        await page.getByRole("link", { name: "Log in" }).click();
        const button = page.getByRole("link", { name: "Continue with Example ID" });
        await button.waitFor();
        if (javaScriptEnabled) await stage.picture(page, "social-login");
        await button.click();
        await page.getByRole("button", { name: "I am Ada" }).click();
        if (!linked) {
          await page.getByRole("heading", { name: "You already have an account" }).waitFor();
          await stage.picture(page, "social-link");
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

    test("the signup page has the button too", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("signup"));
        await page.getByRole("link", { name: "Continue with Example ID" }).waitFor();
      }));

    test("a way back that was begun in another browser is refused", () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("auth/callback?code=a&state=b"));
        assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "This login has expired");
      }));
  });
}

/** @param {string} callback */
async function startIssuer(callback) {
  const script = fileURLToPath(new URL("../tests/support/oidc.mjs", import.meta.url));
  const modules = fileURLToPath(new URL("node_modules", import.meta.url));
  const child = spawn(process.execPath, [script, callback], {
    env: { ...process.env, GANTRY_NODE_MODULES: modules },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const port = await new Promise((ready, failed) => {
    let said = "";
    child.once("close", (code) => failed(new Error(`the issuer ended with ${code}: ${said}`)));
    child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      said += text;
      const line = said.split("\n").find((line) => line.includes('"listening"'));
      if (line) ready(JSON.parse(line).port);
    });
  });
  return { port, end: () => child.stdin.end() };
}
