// authrocket.js on an app's own pages, at other origins than the login server: with and without jQuery, under a strict
// policy, for people with a second factor, and from a stranger's page.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { code, enrol } from "./devices.mjs";
import { Site } from "./sites.mjs";
import { PASSWORD, Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */

const stage = await Stage.open();
const login = new URL(stage.card.AUTHROCKET_LOGIN_URL);
const jquery = await readFile(fileURLToPath(new URL("node_modules/jquery/dist/jquery.min.js", import.meta.url)), "utf8");

const FORMS = `
  <form id="login-form" method="post"><p id="login-errors"></p>
    <input id="login_username" name="username"> <input id="login_password" name="password" type="password">
    <button>Log in</button></form>
  <form id="signup-form" method="post"><p id="signup-errors"></p>
    <input id="signup_username" name="username"> <input id="signup_email" name="email">
    <input id="signup_password" name="password" type="password"> <button>Sign up</button></form>`;

/** @param {string} scripts */
const page = (scripts) => `<!doctype html><title>An app</title>${FORMS}${scripts}`;
const library = `<script src="${login.origin}/v1/authrocket.js"></script>`;

const site = new Site(
  new Map([
    ["/plain.html", page(`${library}<script src="/plain.js"></script>`)],
    [
      "/plain.js",
      `for (const [id, call] of [["login-form", "authenticate"], ["signup-form", "signup"]])
        document.getElementById(id).addEventListener("submit", (event) => {
          event.preventDefault();
          AuthRocket[call](event.target);
        });`,
    ],
    // As AuthRocket's documentation has it.
    ["/jquery.html", page(`<script src="/jquery.js"></script>${library}<script src="/documented.js"></script>`)],
    ["/jquery.js", jquery],
    [
      "/documented.js",
      `AuthRocket.setInstanceUrl('${login.origin}/');
      $(function(){
        $('#login-form').submit(function(event){
          AuthRocket.authenticate({
            username: $('#login_username').val(),
            password: $('#login_password').val()
          }, arLoginHandler);
          return false;
        });
        function arLoginHandler(response){
          if (response.error) {
            $("#login-errors").text(response.error);
          } else {
            window.location = response.url;
          }
        };
      });`,
    ],
    ["/base.html", page(`<script src="${new URL(stage.card.AUTHROCKET_URL).origin}/v1/authrocket.js"></script>`)],
    [
      "/form.html",
      `<!doctype html><form method="post" action="${login.origin}/v1/login">
        <input name="username" value="${stage.card.DEMO_USERNAME}">
        <input name="password" value="${stage.card.DEMO_PASSWORD}"><button>Win a prize</button></form>`,
    ],
  ]),
);
await site.open();
const hosts = `${login.origin} ${new URL(stage.card.AUTHROCKET_URL).origin}`;
site.send({
  "Content-Security-Policy": `default-src 'none'; script-src 'self' ${hosts}; connect-src ${hosts}; base-uri 'none'`,
});

/** Beside the login server, as login.example.com is beside www.example.com; and on a site of its own. */
const beside = site.at("app.demo.localhost");
const apart = site.at("localhost");
const stranger = site.at("evil.localhost");

await stage.setApp({ allowed_origins: [beside, apart] });

after(async () => {
  await site.close();
  await stage.close();
});

/**
 * Calls a function of the library; the answer, and how often the handler got one.
 * @param {Page} page
 * @param {string} name
 * @param {unknown} params
 */
function call(page, name, params) {
  return page.evaluate(
    async ([name, params]) => {
      /** @type {any[]} */
      const handed = [];
      const library = /** @type {any} */ (globalThis).AuthRocket;
      await library[/** @type {string} */ (name)](params, (/** @type {any} */ response) => handed.push(response));
      return { times: handed.length, response: handed[0] };
    },
    /** @type {[string, unknown]} */ ([name, params]),
  );
}

/** @param {Page} page */
const cookies = async (page) => (await page.context().cookies(login.origin)).map((cookie) => cookie.name);

const ADA = { username: stage.card.DEMO_USERNAME, password: stage.card.DEMO_PASSWORD };

for (const [name, address] of [
  ["without jQuery", "plain.html"],
  ["with jQuery, as documented", "jquery.html"],
]) {
  describe(name, () => {
    for (const origin of [beside, apart]) {
      test(`a login at ${new URL(origin).hostname} ends at the app's handler`, () =>
        stage.visit({}, async ({ page }) => {
          await page.goto(`${origin}/${address}`);
          await page.locator("#login_username").fill(ADA.username);
          await page.locator("#login_password").fill(ADA.password);
          await page.getByRole("button", { name: "Log in" }).click();
          await page.waitForURL(stage.app("/hello"));
        }));
    }

    test("a wrong password is said where the page has its place for that", () =>
      stage.visit({}, async ({ page }) => {
        await page.goto(`${beside}/${address}`);
        await page.locator("#login_username").fill(ADA.username);
        await page.locator("#login_password").fill("not the password");
        await page.getByRole("button", { name: "Log in" }).click();
        await page.locator("#login-errors", { hasText: "do not match" }).waitFor();
        assert.equal(page.url(), `${beside}/${address}`);
        assert.deepEqual(await cookies(page), []);
      }));
  });
}

describe("the library", () => {
  test("gives its handler one answer, and its caller the same", () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(`${beside}/plain.html`);
      const done = await call(page, "authenticate", ADA);
      assert.equal(done.times, 1);
      assert.deepEqual(Object.keys(done.response).sort(), ["token", "url"]);
      const checked = await stage.api(`sessions/${done.response.token}`);
      assert.equal(checked.body.user.username, ADA.username);
      assert.match(checked.body.request.client, /Chrome/);
      const refused = await call(page, "authenticate", { username: ADA.username });
      assert.deepEqual(refused.response.errors, { password: ["Password can't be blank"] });
      assert.equal(refused.times, 1);
    }));

  test("says so, once, when the server cannot be reached or talks nonsense", () =>
    stage.visit({}, async ({ page, context }) => {
      await page.goto(`${beside}/plain.html`);
      /** @type {[string, (route: import("playwright-core").Route) => Promise<void>][]} */
      const faults = [
        ["no connection", (route) => route.abort("connectionrefused")],
        ["a gateway's page", (route) => route.fulfill({ status: 502, body: "<h1>Bad gateway</h1>", headers: CORS })],
        ["a gateway's JSON", (route) => route.fulfill({ status: 502, body: "{}", headers: CORS })],
      ];
      for (const [what, fault] of faults) {
        await context.route("**/v1/login", fault);
        const { times, response } = await call(page, "authenticate", ADA);
        assert.deepEqual([times, typeof response.error, response.token], [1, "string", undefined], what);
        await context.unroute("**/v1/login");
      }
    }));

  test("takes its instance with and without its path", () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(`${beside}/base.html`);
      for (const end of ["", "/", "/v1", "/v1/"]) {
        await page.evaluate((url) => /** @type {any} */ (globalThis).AuthRocket.setInstanceUrl(url), login.origin + end);
        const { response } = await call(page, "authProviders", {});
        assert.deepEqual(response, { collection: [] }, end);
      }
    }));

  test("signs up, changes a password, logs out", () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(`${beside}/plain.html`);
      await page.locator("#signup_username").fill("grace");
      await page.locator("#signup_email").fill("grace@example.com");
      await page.locator("#signup_password").fill("short");
      await page.getByRole("button", { name: "Sign up" }).click();
      await page.locator("#signup-errors", { hasText: "Password" }).waitFor();
      await page.locator("#signup_password").fill(PASSWORD);
      await page.getByRole("button", { name: "Sign up" }).click();
      await page.waitForURL(stage.app("/hello"));

      await page.goto(`${beside}/plain.html`);
      const { response } = await call(page, "authenticate", { username: "grace", password: PASSWORD });
      const token = response.token;
      const wrong = { token, current_password: "x", password: "another-fine-day-99" };
      assert.equal((await call(page, "updatePassword", wrong)).response.error, "Current password does not match");
      const right = { ...wrong, current_password: PASSWORD };
      assert.equal((await call(page, "updatePassword", right)).response.message, "Your password was changed");
      assert.equal((await call(page, "session", { token })).response.user.username, "grace");
      assert.equal((await call(page, "requestEmailVerification", { token })).response.error, undefined);
      assert.equal((await call(page, "forgotPassword", { username: "grace" })).response.error, undefined);
      for (const name of ["resetPassword", "verifyEmail"]) {
        const refused = await call(page, name, { token: "x", password: "another-fine-day-99" });
        assert.match(refused.response.error, /^This link cannot be used/);
      }
      assert.equal((await call(page, "logout", { token })).response.error, undefined);
      assert.equal((await call(page, "session", { token })).response.error, "Nobody is logged in.");
      assert.equal((await stage.api(`sessions/${token}`)).status, 404);
    }));
});

const CORS = { "Access-Control-Allow-Origin": beside, "Access-Control-Allow-Credentials": "true" };

describe("with a second factor", () => {
  test("the code is asked for, and then it leads on", async () => {
    const secret = await enrol(stage, (await stage.makeUser({ username: "mary" })).id);

    await stage.visit({}, async ({ page }) => {
      await page.goto(`${beside}/plain.html`);
      const { response } = await call(page, "authenticate", { username: "mary", password: PASSWORD });
      assert.equal(response.second_factor, "totp");
      assert.match(response.token, /^kli_/);
      assert.equal(response.url, undefined);
      assert.deepEqual(await cookies(page), []);
      const wrong = await call(page, "authenticateCode", { token: response.token, code: "x" });
      assert.match(wrong.response.error, /^That code is not right/);
      // The library's own handler asks, says what was wrong, and follows the address.
      const asked = await askedOf(page, ["x", "y", code(secret)]);
      await page.waitForURL(stage.app("/hello"));
      assert.equal(asked.length, 3);
      const [first, ...later] = asked;
      assert.match(first, /^The code that your authenticator app shows:$/);
      for (const said of later) assert.match(said, /^That code is not right, [^]+\n\nThe code that [^]+:$/);
    });
  });

  test("it is asked for until the person gives up, or the login has to begin anew", async () => {
    await stage.visit({}, async ({ page }) => {
      await page.goto(`${beside}/plain.html`);
      const given = await askedOf(page, ["x", null]);
      assert.equal(given.length, 2);
      assert.equal(await page.locator("#login-errors").textContent(), "");
      assert.equal(page.url(), `${beside}/plain.html`);
      const asked = await askedOf(page, ["1", "2", "3", "4", "5"]);
      await page.locator("#login-errors", { hasText: "That code is not right" }).waitFor();
      assert.equal(asked.length, 5);
      assert.deepEqual(await cookies(page), []);
    });
  });

  test("it is not asked for again after too many tries", async () => {
    await stage.visit({}, async ({ page, context }) => {
      await page.goto(`${beside}/plain.html`);
      const limited = JSON.stringify({ error: "Too many tries.", retry_after: 60 });
      await context.route("**/v1/login/code*", (route) => route.fulfill({ status: 200, body: limited, headers: CORS }));
      const asked = await askedOf(page, ["1"]);
      await page.locator("#login-errors", { hasText: "Too many tries." }).waitFor();
      assert.equal(asked.length, 1);
    });
  });

  /**
   * Logs in by the form, and types these codes into the dialogs that open; `null` closes one. When all are used, what each
   * dialog said; those that open later are added, and closed.
   * @param {Page} page
   * @param {(string | null)[]} codes
   */
  async function askedOf(page, codes) {
    /** @type {string[]} */
    const asked = [];
    page.removeAllListeners("dialog");
    const used = new Promise((resolve) =>
      page.on("dialog", async (dialog) => {
        const code = codes[asked.length];
        asked.push(dialog.message());
        await (code ? dialog.accept(code) : dialog.dismiss());
        if (asked.length === codes.length) resolve(null);
      }),
    );
    await page.locator("#login_username").fill("mary");
    await page.locator("#login_password").fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await used;
    return asked;
  }
});

describe("a signup that costs work", () => {
  test("is worth it to the library, of which the page notices nothing", async () => {
    await stage.setProvider("login_rocket", { signup_challenge: "proof_of_work" });
    for (const origin of [beside, apart]) {
      await stage.visit({}, async ({ page }) => {
        const name = origin === beside ? "heidi" : "ivan";
        await page.goto(`${origin}/plain.html`);
        await page.locator("#signup_username").fill(name);
        await page.locator("#signup_email").fill(`${name}@example.com`);
        await page.locator("#signup_password").fill(PASSWORD);
        await page.getByRole("button", { name: "Sign up" }).click();
        await page.waitForURL(stage.app("/hello"));
        assert.equal((await stage.api(`users/${name}`)).status, 200);
        // Each further try has work of its own.
        await page.goto(`${origin}/plain.html`);
        const again = { username: name, email: "x@example.com", password: PASSWORD };
        for (const _twice of [1, 2]) {
          const { times, response } = await call(page, "signup", again);
          assert.deepEqual([times, response.error], [1, "Username has already been taken"]);
        }
      });
    }
    await stage.setProvider("login_rocket", { signup_challenge: "none" });
  });
});

test("refusals speak the page's language", () =>
  stage.visit({ locale: "fr-FR" }, async ({ page }) => {
    await page.goto(`${beside}/plain.html`);
    const refused = async () => (await call(page, "authenticate", { ...ADA, password: "wrong" })).response.error;
    assert.match(await refused(), /ne correspond pas au mot de passe/, "the browser's, where the page names none");
    await page.evaluate(() => (document.documentElement.lang = "de"));
    assert.match(await refused(), /passen nicht zusammen/);
  }));

describe("a stranger's page", () => {
  test("can neither call nor read", () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(`${stranger}/plain.html`);
      for (const name of ["authenticate", "session", "logout", "authProviders"]) {
        const { times, response } = await call(page, name, ADA);
        assert.deepEqual([times, typeof response.error, response.token], [1, "string", undefined], name);
      }
      const opaque = await page.evaluate(
        ([url, body]) =>
          fetch(url, {
            method: "POST",
            mode: "no-cors",
            credentials: "include",
            headers: { "Content-Type": "application/x-www-form-urlencoded" },
            body,
          }).then((answer) => answer.type),
        [`${login.origin}/v1/login`, String(new URLSearchParams(ADA))],
      );
      assert.equal(opaque, "opaque");
      assert.deepEqual(await cookies(page), []);
    }));

  test("learns in the console which origin has to be listed", () =>
    stage.visit({}, async ({ page, context }) => {
      /** @type {string[]} */
      const told = [];
      page.on("console", (message) => told.push(message.text()));
      await page.goto(`${stranger}/plain.html`);
      const hint = page.waitForEvent("console", (message) => message.text().startsWith("AuthRocket: "));
      const { response } = await call(page, "authenticate", ADA);
      assert.match(response.error, /cannot be reached/);
      assert.equal((await hint).text(), `AuthRocket: add ${stranger} to the Connected App's allowed_origins`);
      // What is not there at all has no hint.
      const before = told.length;
      await context.route("**/v1/**", (route) => route.abort("connectionrefused"));
      await call(page, "authenticate", ADA);
      await context.unroute("**/v1/**");
      assert.ok(!told.slice(before).some((text) => text.startsWith("AuthRocket: ")), told.join("\n"));
    }));

  test("logs nobody in by a form", () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(`${stranger}/form.html`);
      await page.getByRole("button", { name: "Win a prize" }).click();
      await page.waitForURL(`${login.origin}/v1/login`);
      assert.match((await page.textContent("body")) ?? "", /"error"/);
      assert.deepEqual(await cookies(page), []);
    }));

  test("logs nobody out", () =>
    stage.visit({}, async ({ page }) => {
      await page.goto(`${beside}/plain.html`);
      const { response } = await call(page, "authenticate", ADA);
      await page.goto(`${stranger}/plain.html`);
      await call(page, "logout", {});
      assert.equal((await stage.api(`sessions/${response.token}`)).status, 200);
    }));
});

describe("seamless logins", () => {
  test("are known to every page beside the login server, and to no other", async () => {
    await stage.setProvider("login_rocket", { sso: "seamless" });
    await stage.visit({}, async ({ page }) => {
      await page.goto(`${beside}/plain.html`);
      assert.equal((await call(page, "session", {})).response.error, "Nobody is logged in.");
      const { response } = await call(page, "authenticate", ADA);
      assert.deepEqual((await cookies(page)).sort(), ["gantry_browser", "gantry_session"]);
      await page.reload();
      const seamless = (await call(page, "session", {})).response;
      assert.equal(seamless.user.username, ADA.username);
      // From another site the browser sends no cookie, from a stranger's page the server takes none.
      await page.goto(`${apart}/plain.html`);
      assert.equal((await call(page, "session", {})).response.error, "Nobody is logged in.");
      await page.goto(`${stranger}/plain.html`);
      assert.equal((await call(page, "session", {})).response.token, undefined);
      await page.goto(`${beside}/plain.html`);
      await call(page, "logout", {});
      assert.equal((await call(page, "session", {})).response.error, "Nobody is logged in.");
      assert.equal((await stage.api(`sessions/${response.token}`)).status, 404);
      assert.deepEqual(await cookies(page), ["gantry_browser"]);
    });
    await stage.setProvider("login_rocket", { sso: "basic" });
  });
});
