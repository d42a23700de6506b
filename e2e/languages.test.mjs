// The pages in every language, and the links at their foot that lead from one to another.
// @ts-check

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { after, describe, test } from "node:test";
import { enrol } from "./devices.mjs";
import { SCREENS, SMALL, examine } from "./looking.mjs";
import { MODES, PASSWORD, Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */

const stage = await Stage.open({ GANTRY_TRIES_PER_ADDRESS: "1000", GANTRY_TRIES_SIGNUPS_PER_ADDRESS: "1000" });
after(() => stage.close());
await enrol(stage, (await stage.makeUser({ username: "mary" })).id);

/** What each language calls itself, by its tag: one for each file. */
const NAMES = new Map([
  ["de", "Deutsch"],
  ["en", "English"],
  ["es", "Español"],
  ["fr", "Français"],
  ["ja", "日本語"],
]);

/** The words of a language. @param {string} tag */
async function words(tag) {
  const text = await readFile(new URL(`../locales/${tag}.ftl`, import.meta.url), "utf8");
  const said = new Map([...text.matchAll(/^([a-z0-9-]+) = (.+)$/gm)].map(([, key, words]) => [key, words]));
  return (/** @type {string} */ key) => said.get(key) ?? assert.fail(`${tag} says nothing for ${key}`);
}

/** The links at the foot. @param {Page} page */
const picker = (page) => page.locator("nav.languages");

/**
 * @param {Page} page
 * @param {string} tag
 */
async function pick(page, tag) {
  await picker(page).getByRole("link", { name: NAMES.get(tag), exact: true }).click();
  await page.locator(`html[lang=${tag}]`).waitFor();
}

const reset = () => stage.mailed("mary", "generate_password_token");
const proof = () => stage.mailed("mary", "request_email_verification");

/** Something for every form of page. @type {[string, (page: Page, say: (key: string) => string, tag: string) => Promise<unknown>][]} */
const PAGES = [
  ["login", (page, _, tag) => page.goto(stage.login(`login?locale=${tag}`))],
  ["signup", (page, _, tag) => page.goto(stage.login(`signup?locale=${tag}`))],
  [
    "signup-error",
    async (page, say, tag) => {
      await page.goto(stage.login(`signup?locale=${tag}`));
      await page.locator("#email").fill("ada@example.com");
      await page.locator("#username").fill(stage.card.DEMO_USERNAME);
      await page.locator("#password").fill("1234");
      await page.getByRole("button", { name: say("signup-button"), exact: true }).click();
      await page.getByRole("alert").waitFor();
    },
  ],
  [
    "signup-username",
    async (page, say, tag) => {
      await page.goto(stage.login(`signup?locale=${tag}`));
      await page.locator("#email").fill("grace@example.com");
      await page.locator("#username").fill("grace hopper");
      await page.locator("#password").fill(PASSWORD);
      await page.getByRole("button", { name: say("signup-button"), exact: true }).click();
      await page.locator("#username-error", { hasText: say("problem-username") }).waitFor();
    },
  ],
  ["logged-out", (page, _, tag) => page.goto(stage.login(`login?notice=logged-out&locale=${tag}`))],
  ["forgot", (page, _, tag) => page.goto(stage.login(`password/forgot?locale=${tag}`))],
  ["reset", async (page, _, tag) => page.goto(stage.login(`password/reset?token=${await reset()}&locale=${tag}`))],
  ["verify", async (page, _, tag) => page.goto(stage.login(`email/verify?token=${await proof()}&locale=${tag}`))],
  ["forget-browser", (page, _, tag) => page.goto(stage.login(`browser/forget?locale=${tag}`))],
  [
    "code-recovery",
    async (page, say, tag) => {
      await page.goto(stage.login(`login?locale=${tag}`));
      await page.locator("#username").fill("mary");
      await page.locator("#password").fill(PASSWORD);
      await page.getByRole("button", { name: say("login-button"), exact: true }).click();
      await page.getByText(say("code-lost"), { exact: true }).click();
    },
  ],
];

for (const tag of ["de", "es", "fr", "ja"]) {
  describe(tag, () => {
    for (const screen of tag === "ja" ? [SMALL, ...SCREENS] : [SMALL]) {
      for (const [name, open] of PAGES) {
        test(`${name} on ${screen.name}`, async () => {
          const say = await words(tag);
          await stage.visit(screen.options, async ({ page }) => {
            await open(page, say, tag);
            assert.equal(await page.evaluate(() => document.documentElement.lang), tag);
            await examine(stage, page, screen, `${name}-${tag}`);
          });
        });
      }
    }
  });
}

test("the browser's own choice is spoken, where the address names none", () =>
  stage.visit({ locale: "ja-JP" }, async ({ page }) => {
    await page.goto(stage.login("signup"));
    assert.equal(await page.evaluate(() => document.documentElement.lang), "ja");
    const asked = await page.locator("form input:visible").evaluateAll((all) => all.map((one) => one.getAttribute("name")));
    assert.deepEqual(asked.slice(0, 2), ["last_name", "first_name"], "the family's name comes first");
  }));

describe("the links at the foot", () => {
  test("are one for each language, called as its speakers do, the page's own marked", () =>
    stage.visit({}, async ({ page }) => {
      const files = (await readdir(new URL("../locales/", import.meta.url))).filter((name) => name.endsWith(".ftl"));
      assert.deepEqual([...NAMES.keys()], files.map((name) => name.replace(".ftl", "")).sort());
      await page.goto(stage.login("login"));
      const links = await picker(page).getByRole("link").all();
      const told = await Promise.all(
        links.map(async (link) => [
          await link.textContent(),
          await link.getAttribute("lang"),
          await link.getAttribute("hreflang"),
          await link.getAttribute("aria-current"),
        ]),
      );
      const expected = [...NAMES].map(([tag, name]) => [name, tag, tag, tag === "en" ? "true" : null]);
      assert.deepEqual(told, expected);
      await page.getByRole("navigation", { name: "Language" }).waitFor();
    }));

  for (const { name, javaScriptEnabled } of MODES) {
    test(`keep the page and what it was given, ${name}`, () =>
      stage.visit({ javaScriptEnabled, locale: "fr" }, async ({ page, visited }) => {
        const asked = encodeURIComponent("https://elsewhere.example/cb?a=b&c=d");
        await page.goto(stage.login(`signup?redir=${encodeURIComponent("/jwt?x=ü")}&redirect_uri=${asked}&locale=es`));
        for (const tag of NAMES.keys()) {
          await pick(page, tag);
          const { pathname, searchParams } = new URL(page.url());
          assert.equal(pathname, "/signup");
          assert.deepEqual(
            [searchParams.get("redir"), searchParams.get("redirect_uri"), searchParams.getAll("locale")],
            ["/jwt?x=ü", "https://elsewhere.example/cb?a=b&c=d", [tag]],
          );
        }
        const say = await words("ja");
        await page.getByRole("link", { name: say("signup-login"), exact: true }).click();
        await page.locator("#username").fill(stage.card.DEMO_USERNAME);
        await page.locator("#password").fill(stage.card.DEMO_PASSWORD);
        await page.getByRole("button", { name: say("login-button"), exact: true }).click();
        await page.waitForURL((url) => url.href.startsWith(stage.app("/jwt")));
        assert.equal(stage.handed(visited).get("redir"), "/jwt?x=ü");
      }));

    test(`keep a mistake and what was typed, ${name}`, () =>
      stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("login?redir=%2Fjwt"));
        await stage.sendLogin(page, { password: "not the password" });
        await page.getByRole("alert").waitFor();
        await pick(page, "de");
        const { pathname, searchParams } = new URL(page.url());
        assert.deepEqual([pathname, searchParams.get("redir"), searchParams.get("locale")], ["/login", "/jwt", "de"]);
        const say = await words("de");
        await page.getByRole("alert").filter({ hasText: say("login-refused-either") }).waitFor();
        assert.equal(await page.locator("#username").inputValue(), stage.card.DEMO_USERNAME);
      }));
  }

  test("are on pages that say something, too, and on those of a mail or of a second step", () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(stage.login("nothing-here"));
      await pick(page, "ja");
      assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "ページが見つかりません");
      for (const [path, call] of /** @type {const} */ ([
        ["password/reset", "generate_password_token"],
        ["email/verify", "request_email_verification"],
      ])) {
        const token = await stage.mailed("mary", call);
        await page.goto(stage.login(`${path}?token=${token}`));
        await pick(page, "ja");
        assert.equal(page.url().includes(token), false);
        assert.equal(await page.locator("input[name=token]").inputValue(), token);
      }
      await page.goto(stage.login("login"));
      await stage.sendLogin(page, { username: "mary", password: PASSWORD });
      await page.getByRole("heading", { name: "Enter your code" }).waitFor();
      await pick(page, "ja");
      assert.equal(await page.locator("#code").count(), 1);
    }));
});
