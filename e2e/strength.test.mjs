// How good a new password is: said while it is typed, by the rules that decide in the end; and the plain rules without
// JavaScript.
// @ts-check

import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { SCREENS, examine } from "./looking.mjs";
import { PASSWORD, Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */

const stage = await Stage.open({ GANTRY_TRIES_SIGNUPS_PER_ADDRESS: "1000" });
after(() => stage.close());

/** What a realm begins with. */
const DEFAULTS = { min_length: 8, min_complexity: 0, required_chars: [] };
afterEach(() => stage.setProvider("password", DEFAULTS));

/** What the page says of each of zxcvbn's scores. */
const WORDS = ["very easy to guess", "easy to guess", "could be better", "good", "very good"];

/** The line under the password. @param {Page} page */
const line = (page) => page.locator(".strength");

/**
 * What is said once this password has been typed.
 * @param {Page} page
 * @param {string} password
 * @param {string} [label]
 */
async function said(page, password, label = "Password") {
  const answered = page.waitForResponse((response) => response.url().includes("/password/strength"));
  await page.getByLabel(label, { exact: true }).fill(password);
  await (await answered).finished();
  await page.waitForFunction(() => document.querySelector(".strength")?.textContent);
  return (await line(page).textContent()) ?? "";
}

test("it changes while the password grows, and goes away with it", () =>
  stage.visit({}, async ({ page }) => {
    await page.goto(stage.login("signup"));
    assert.equal(await line(page).textContent(), "");
    const password = page.getByLabel("Password", { exact: true });
    /** @type {[string, RegExp][]} */
    const grown = [
      ["corr", /^Password is too short \(at least 8 characters\)$/],
      ["ect horse", /^Strength: /],
      [" battery staple", /^Strength: very good$/],
    ];
    for (const [typed, expected] of grown) {
      await password.pressSequentially(typed);
      await line(page).filter({ hasText: expected }).waitFor();
    }
    await password.fill("");
    await page.waitForFunction(() => document.querySelector(".strength")?.textContent === "");
    assert.equal(await line(page).getAttribute("role"), "status");
  }));

// The scores of the first and the last are those of zxcvbn's own demo page; of all, the API has the last word.
for (const password of ["Tr0ub4dour&3", "vuhqmxoe", "zebra lamp 42", "correcthorsebatterystaple"]) {
  test(`of ${password} the page and the API think the same`, () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(stage.login("signup"));
      const words = /^Strength: (.+)$/.exec(await said(page, password))?.[1];
      const score = WORDS.indexOf(words ?? "");
      assert.ok(score >= 0, words);
      if (password.startsWith("Tr0ub4dour")) assert.equal(score, 2);
      if (password.startsWith("correct")) assert.equal(score, 4);
      const make = async (/** @type {number} */ min_complexity) => {
        await stage.setProvider("password", { min_complexity });
        const username = `judged-${min_complexity}`;
        const user = { user_type: "human", username, email: `${username}@example.com`, password };
        const made = await stage.api("users", { method: "POST", body: { user } });
        if (made.status === 201) await stage.api(`users/${made.body.id}`, { method: "DELETE" });
        return made;
      };
      const enough = await make(score);
      assert.equal(enough.status, 201, JSON.stringify(enough.body));
      if (score < 4) assert.match((await make(score + 1)).body.errors.password[0], /is too weak/);
    }));
}

test("one's own name and common passwords are told at once", () =>
  stage.visit({}, async ({ page }) => {
    await page.goto(stage.login("signup"));
    assert.equal(await said(page, "password1"), "Password is too common or too easy to guess");
    await page.getByLabel("Username", { exact: true }).fill("hopperfield");
    await page.getByLabel("Password", { exact: true }).fill("");
    assert.equal(await said(page, "hopperfield1"), "Password is too common or too easy to guess");
  }));

test("what is told while typing is told again when the form is sent", async () => {
  await stage.setProvider("password", { min_complexity: 3 });
  await stage.visit({}, async ({ page }) => {
    await page.goto(stage.login("signup"));
    await page.getByLabel("Email", { exact: true }).fill("weak@example.org");
    await page.getByLabel("Username", { exact: true }).fill("weak");
    const told = await said(page, "Tr0ub4dour&3");
    assert.equal(told, "Password is too weak, please make it longer or less predictable");
    await page.getByRole("button", { name: "Sign up", exact: true }).click();
    assert.deepEqual(await page.getByRole("alert").getByRole("listitem").allTextContents(), [told]);
  });
});

test("a new password of a reset is told the same way, and the link's token is in no other address", () =>
  stage.visit({}, async ({ page, visited }) => {
    const token = await stage.mailed(stage.card.DEMO_USERNAME, "generate_password_token");
    const link = stage.login(`password/reset?token=${token}&locale=de`);
    await page.goto(link);
    assert.equal(await said(page, "correcthorsebatterystaple", "Neues Passwort"), "Stärke: sehr gut");
    assert.deepEqual(visited.filter((address) => address.includes(token)), [link]);
  }));

for (const screen of SCREENS) {
  test(`it has a colour of its own, and moves nothing under a finger, on ${screen.name}`, async () => {
    await stage.setProvider("password", { min_complexity: 3 });
    await stage.visit(screen.options, async ({ page }) => {
      await page.goto(stage.login("signup"));
      const button = page.getByRole("button", { name: "Sign up", exact: true });
      const place = await button.boundingBox();
      /** @type {Set<string>} */
      const colours = new Set();
      for (const password of ["short", "Tr0ub4dour&3", "correcthorsebatterystaple"]) {
        // Looking at the page leaves it in the other scheme.
        await page.emulateMedia({ colorScheme: "light" });
        await page.getByLabel("Password", { exact: true }).fill("");
        await said(page, password);
        assert.deepEqual(await button.boundingBox(), place, password);
        colours.add(await line(page).evaluate((element) => getComputedStyle(element).color));
        await examine(stage, page, screen, `strength-${password.length}`);
      }
      assert.equal(colours.size, 2, [...colours].join());
    });
  });
}

test("it is said in the page's language", () =>
  stage.visit({}, async ({ page }) => {
    await page.goto(stage.login("signup?locale=de"));
    assert.equal(await said(page, "correcthorsebatterystaple", "Passwort"), "Stärke: sehr gut");
  }));

test("without an answer nothing is said, and the form does its work all the same", () =>
  stage.visit({}, async ({ page, context }) => {
    await context.route("**/password/strength*", (route) => route.abort());
    await page.goto(stage.login("signup"));
    const failed = page.waitForEvent("requestfailed");
    await page.getByLabel("Email", { exact: true }).fill("alone@example.org");
    await page.getByLabel("Username", { exact: true }).fill("alone");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await failed;
    assert.equal(await line(page).textContent(), "");
    await page.getByRole("button", { name: "Sign up", exact: true }).click();
    await page.waitForURL(stage.app("/hello"));
  }));

test("without JavaScript the rules are told before, and nothing else takes room", async () => {
  await stage.setProvider("password", { min_length: 10, required_chars: ["upper", "digit"] });
  await stage.visit({ javaScriptEnabled: false }, async ({ page }) => {
    await page.goto(stage.login("signup"));
    const password = page.getByLabel("Password", { exact: true });
    const hint = page.locator(`#${await password.getAttribute("aria-describedby")}`);
    assert.equal(await hint.textContent(), "At least 10 characters. Also needed: a capital letter, a digit.");
    await password.fill(PASSWORD);
    assert.equal((await page.locator(".strength").boundingBox())?.height, 0);
    assert.equal((await page.locator(".caps").boundingBox())?.height, 0);
    await stage.picture(page, "signup-plain");
    await page.getByLabel("Email", { exact: true }).fill("plain@example.org");
    await page.getByLabel("Username", { exact: true }).fill("plain");
    await page.getByRole("button", { name: "Sign up", exact: true }).click();
    const told = await page.getByRole("alert").getByRole("listitem").allTextContents();
    assert.deepEqual(told, ["Password must have a capital letter"]);
  });
});

for (const screen of SCREENS) {
  test(`every line under a password, on ${screen.name}`, async () => {
    await stage.setProvider("password", { min_length: 10, required_chars: ["lower", "upper", "digit", "special"] });
    await stage.visit(screen.options, async ({ page }) => {
      await page.goto(stage.login("signup"));
      await said(page, "Rain-lamp-42-fox");
      await page.getByRole("button", { name: "Show password" }).click();
      await page.getByLabel("Password", { exact: true }).evaluate((input) => {
        input.focus();
        input.dispatchEvent(new KeyboardEvent("keydown", { key: "A", modifierCapsLock: true }));
      });
      await page.getByText("Caps Lock is on.").waitFor();
      await examine(stage, page, screen, "password-lines");
    });
  });
}
