// What password managers, phones and keyboards find in the forms.
// @ts-check

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { enrol } from "./devices.mjs";
import { PASSWORD, Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */

const stage = await Stage.open();
after(() => stage.close());

await enrol(stage, (await stage.makeUser({ username: "mary" })).id);

/** The names of the fields that can be seen, and what may fill them in (HTML, "Autofill"). @param {Page} page */
async function filledBy(page) {
  const told = await page.locator("input:not([type=hidden]):visible").evaluateAll((inputs) =>
    inputs.map((input) => [input.getAttribute("name"), input.getAttribute("autocomplete")]),
  );
  return Object.fromEntries(told);
}

describe("password managers find their fields", () => {
  /** @type {[string, string, Record<string, string>][]} */
  const forms = [
    ["log in", "login", { username: "username", password: "current-password" }],
    [
      "sign up",
      "signup",
      {
        first_name: "given-name",
        last_name: "family-name",
        email: "email",
        username: "username",
        password: "new-password",
      },
    ],
    ["forgotten password", "password/forgot", { username: "username" }],
  ];
  test("new password", async () => {
    const token = await stage.mailed("mary", "generate_password_token");
    await stage.visit({}, async ({ page }) => {
      await page.goto(stage.login(`password/reset?token=${token}`));
      assert.deepEqual(await filledBy(page), { username: "username", password: "new-password" });
      assert.equal(await page.locator("[autocomplete=username]").inputValue(), "mary");
    });
  });
  test("what is pasted is not cut", () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(stage.login("signup"));
      assert.equal(await page.locator("[maxlength]").count(), 0);
      await page.getByLabel("Password", { exact: true }).fill("\u{1f511}".repeat(300));
      await page.getByLabel("Email", { exact: true }).fill("a@example.com");
      await page.getByLabel("Username", { exact: true }).fill("pasted");
      await page.getByRole("button", { name: "Sign up", exact: true }).click();
      await page.locator("#password-error", { hasText: "at most 256 characters" }).waitFor();
    }));
  for (const [name, address, expected] of forms) {
    test(name, () =>
      stage.visit({}, async ({ page }) => {
        await page.goto(stage.login(address));
        assert.deepEqual(await filledBy(page), expected);
      }));
  }

  test("with an org, and a password that is asked for twice", async () => {
    const settings = { signup_mode: "user_org", org_field: "required", password_field: "confirm" };
    await stage.setProvider("login_rocket", settings);
    await stage.visit({}, async ({ page }) => {
      await page.goto(stage.login("signup"));
      const found = await filledBy(page);
      assert.equal(found.org_name, "organization");
      assert.deepEqual([found.password, found.password_confirmation], ["new-password", "new-password"]);
    });
  });

  test("a device's code is a one-time code, typed on digits; a recovery code is neither", () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(stage.login("login"));
      await stage.sendLogin(page, { username: "mary", password: PASSWORD });
      const code = page.getByLabel("Code", { exact: true });
      assert.equal(await code.getAttribute("autocomplete"), "one-time-code");
      assert.equal(await code.getAttribute("inputmode"), "numeric");
      assert.ok(await code.evaluate((input) => input === document.activeElement));
      await page.getByText("Lost your device?").click();
      const recovery = page.getByLabel("Recovery code");
      assert.equal(await recovery.getAttribute("autocomplete"), "off");
      assert.equal(await recovery.getAttribute("inputmode"), null);
    }));
});

describe("a password that is asked for twice", () => {
  /** @param {string} label */
  const opened = (label) => async (/** @type {Page} */ page) => {
    await page.goto(stage.login("signup"));
    return page.getByLabel(label, { exact: true });
  };

  test("has a button to show each, which the keyboard reaches and which sends nothing", () =>
    stage.visit({}, async ({ page }) => {
      const first = await opened("Password")(page);
      const second = page.getByLabel("Repeat password", { exact: true });
      await first.focus();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assert.deepEqual([await first.getAttribute("type"), await second.getAttribute("type")], ["text", "password"]);
      assert.ok(await page.getByRole("button", { name: "Hide Password", exact: true }).isVisible());
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      assert.deepEqual([await first.getAttribute("type"), await second.getAttribute("type")], ["text", "text"]);
      assert.equal(page.url(), stage.login("signup"));
      assert.equal(await page.getByRole("alert").count(), 0);
    }));

  /** What the buttons of the first field and of the second are called, by language: to show, to hide. */
  const CALLED = new Map([
    ["de", ["Passwort zeigen", "Passwort verbergen", "Passwort wiederholen zeigen"]],
    ["en", ["Show Password", "Hide Password", "Show Repeat password"]],
    ["es", ["Mostrar «Contraseña»", "Ocultar «Contraseña»", "Mostrar «Repita la contraseña»"]],
    ["fr", ["Afficher « Mot de passe »", "Masquer « Mot de passe »", "Afficher « Répétez le mot de passe »"]],
    ["ja", ["パスワードを表示", "パスワードを隠す", "パスワード（確認）を表示"]],
  ]);
  for (const [tag, [show, hide, second]] of CALLED) {
    test(`calls that button as people do, by what can be read on it, in ${tag}`, () =>
      stage.visit({}, async ({ page }) => {
        await page.goto(stage.login(`signup?locale=${tag}`));
        const called = (/** @type {string} */ name) => page.getByRole("button", { name, exact: true });
        await called(second).waitFor();
        for (const [name, next] of [[show, hide], [hide, show]]) {
          const seen = await called(name).locator("> :not([hidden]) > [aria-hidden]").innerText();
          assert.ok(seen && name.toLowerCase().includes(seen.toLowerCase()), `${seen}, ${name}`);
          await called(name).click();
          await called(next).waitFor();
        }
      }));
  }

  test("tells of Caps Lock beside the field where it matters, until that is left", () =>
    stage.visit({}, async ({ page }) => {
      const second = await opened("Repeat password")(page);
      await second.focus();
      await second.evaluate((input) =>
        input.dispatchEvent(new KeyboardEvent("keydown", { key: "A", modifierCapsLock: true })),
      );
      assert.deepEqual(await page.locator(".caps").allTextContents(), ["", "Caps Lock is on."]);
      await second.blur();
      assert.deepEqual(await page.locator(".caps").allTextContents(), ["", ""]);
    }));
});
