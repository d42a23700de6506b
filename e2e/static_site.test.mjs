// The example of a static site: what its visitor does, from signing up to logging out, and logging in by another site.
// @ts-check

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ALLOWED, NAME, openIssuer } from "./issuer.mjs";
import { Site } from "./sites.mjs";
import { Stage } from "./support.mjs";

const stage = await Stage.open(ALLOWED);
const issuer = await openIssuer(stage);
const site = await Site.ofFolder("examples/static-site", stage.card.AUTHROCKET_LOGIN_URL);
await site.open();
const origin = site.at("localhost");
await stage.setApp({ allowed_origins: [origin] });

after(async () => {
  issuer.end();
  await site.close();
  await stage.close();
});

const GRACE = { username: "grace", email: "grace@example.com", password: "tr0mbone-under-glass" };

test("sign up, come back, change the password, log out, log in, forget the password", () =>
  stage.visit({}, async ({ page }) => {
    await page.goto(`${origin}/`);
    const view = (/** @type {string} */ name) => page.locator(`#${name}`);
    await view("login").waitFor();
    await page.getByRole("link", { name: "Sign up" }).click();
    await page.getByLabel("Username", { exact: true }).and(page.locator("#signup_username")).fill(GRACE.username);
    await page.getByLabel("Email", { exact: true }).fill(GRACE.email);
    await page.locator("#signup_password").fill(GRACE.password);
    await page.locator("#signup_password_confirmation").fill("something else");
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.locator("#signup-errors", { hasText: "The two passwords are not the same" }).waitFor();
    await page.locator("#signup_password_confirmation").fill(GRACE.password);
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByRole("heading", { name: "Hello grace" }).waitFor();
    await stage.picture(page, "static-site");

    // The session is asked for at each visit.
    await page.reload();
    await page.getByRole("heading", { name: "Hello grace" }).waitFor();

    await page.locator("#password_current").fill("not the password");
    await page.locator("#password_new").fill("another-fine-day-99");
    await page.getByRole("button", { name: "Change it" }).click();
    await page.locator("#password-errors", { hasText: "Current password does not match" }).waitFor();
    await page.locator("#password_current").fill(GRACE.password);
    await page.getByRole("button", { name: "Change it" }).click();
    await page.locator("#note", { hasText: "Your password was changed" }).waitFor();

    const token = await page.evaluate(() => sessionStorage.getItem("login-token"));
    await page.getByRole("button", { name: "Log out" }).click();
    await page.locator("#note", { hasText: "You are logged out." }).waitFor();
    assert.equal((await stage.api(`sessions/${token}`)).status, 404);
    await page.reload();
    await view("login").waitFor();

    await page.locator("#login_username").fill(GRACE.username);
    await page.locator("#login_password").fill(GRACE.password);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.locator("#login-errors", { hasText: "do not match" }).waitFor();
    await page.locator("#login_password").fill("another-fine-day-99");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { name: "Hello grace" }).waitFor();
    await page.getByRole("button", { name: "Log out" }).click();

    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.locator("#forgot_username").fill(GRACE.username);
    await page.getByRole("button", { name: "Send me an email" }).click();
    await page.locator("#note", { hasText: "we have sent an email" }).waitFor();
    await view("login").waitFor();
  }));

test("a login that ended elsewhere arrives in the address and does not stay there", () =>
  stage.visit({}, async ({ page }) => {
    const body = { password: stage.card.DEMO_PASSWORD };
    const made = await stage.api(`users/${stage.card.DEMO_USERNAME}/authenticate`, { method: "POST", body });
    await page.goto(`${origin}/?token=${made.body.token}`);
    const { body: ada } = await stage.api(`users/${stage.card.DEMO_USERNAME}`);
    await page.getByRole("heading", { name: `Hello ${ada.name}` }).waitFor();
    assert.equal(page.url(), `${origin}/`);
    // A session that was ended elsewhere is noticed at the next visit.
    await stage.api(`sessions/${made.body.token}`, { method: "DELETE" });
    await page.reload();
    await page.locator("#login").waitFor();
  }));

test("a login by another site comes back to the page that it began on", async () => {
  // Else it ends at the app's own handler.
  await stage.setApp({ redirect_uris: [`${origin}/`] });
  await stage.visit({}, async ({ page }) => {
    await page.goto(`${origin}/?from=a-letter#login`);
    await page.getByRole("link", { name: `Log in with ${NAME}` }).click();
    await page.getByRole("button", { name: "I am Ada" }).click();
    await page.getByLabel("Password", { exact: true }).fill(stage.card.DEMO_PASSWORD);
    await page.getByRole("button", { name: `Log in and connect ${NAME}` }).click();
    const { body: ada } = await stage.api(`users/${stage.card.DEMO_USERNAME}`);
    await page.getByRole("heading", { name: `Hello ${ada.name}` }).waitFor();
    assert.equal(page.url(), `${origin}/`);
  });
});
