// Check 10: whatever texts an operator, an app, a provider or a visitor brings to a page, no script of theirs runs, and the
// page has the elements and attributes that it has with harmless texts, to the last one. A script that only the page's
// Content-Security-Policy stopped counts as found too.
// @ts-check

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { everything, foreign, outline, plain, watch } from "./findings.mjs";
import { PAYLOADS } from "./payloads.mjs";
import { Site } from "./sites.mjs";
import { Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */

/** Where texts go; in each round each place has other payloads, and in all rounds each place has each. */
const PLACES = /** @type {const} */ ([
  "app name",
  "realm name",
  "username",
  "email",
  "first name",
  "last name",
  "organization",
  "password",
  "token",
  "code",
  "redir",
  "redirect_uri",
  "locale",
  "linked username",
  "linked token",
  "error",
  "path",
  "anything",
]);

/** No page shows these as they were sent. A link with a made-up token is refused before anything of it is shown. */
const SHOWN_NOWHERE = ["password", "code", "error", "path", "anything", "linked username", "linked token"];

/**
 * Several payloads at once, up to the length of a name, since a text that is shown as it is, on a page with no other
 * elements, was not taken apart anywhere. What only works at the start of a text stands at one.
 */
const GROUPS = PAYLOADS.reduce((/** @type {string[]} */ groups, payload) => {
  const last = groups.at(-1);
  const fits = last !== undefined && last.length + payload.length < 240 && !/^\w+:/.test(payload);
  return fits ? [...groups.slice(0, -1), `${last} ${payload}`] : [...groups, payload];
}, []);

/** @typedef {(typeof PLACES)[number]} Place */
/** @typedef {(place: Place) => string} Texts */

/** Where a provider of ours stands, which says of people whatever it is told to. */
const elsewhere = await openProvider();
const stage = await Stage.open({
  GANTRY_DELIVERY_ALLOWED_NETWORKS: "127.0.0.0/8,::1/128",
  GANTRY_TRIES_PER_USER: "100000",
  GANTRY_TRIES_PER_ADDRESS: "100000",
  GANTRY_TRIES_SIGNUPS_PER_ADDRESS: "100000",
});
const site = new Site(new Map());
after(async () => {
  await stage.close();
  await site.close();
  elsewhere.close();
});

/** The paths of what is changed through the API. */
const paths = { realm: `realms/${stage.card.AUTHROCKET_REALM}`, app: "", provider: "" };

before(async () => {
  const { body } = await stage.api("login_policies");
  paths.app = `login_policies/${body.collection[0].id}`;
  const at = (/** @type {string} */ name) => `http://localhost:${elsewhere.port}/${name}`;
  const auth_provider = {
    provider_type: "oauth2",
    name: "Elsewhere",
    authorization_url: at("authorize"),
    token_url: at("token"),
    profile_url: at("profile"),
    client_id: "gantry",
    client_secret: "secret",
  };
  const made = await stage.api("auth_providers", { method: "POST", body: { auth_provider } });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  paths.provider = `auth_providers/${made.body.id}`;
  const rocket = { signup_mode: "user_org", org_field: "required", name_field: "required" };
  await set("auth_providers/login_rocket", { auth_provider: rocket });
});

test("there are fifty different payloads", () => {
  assert.equal(new Set(PAYLOADS).size, 50);
  assert.ok(PAYLOADS.every((payload) => payload.length <= 100));
});

test("no text of anybody runs or changes a page", () =>
  stage.visit({}, async ({ page, context }) => {
    const findings = await watch(page, context);
    await page.goto(stage.login("login"));
    await stage.sendLogin(page);
    await page.waitForURL(stage.app("/hello"));

    /** @type {Map<string, string[]>} */
    const harmless = new Map();
    await come(page, { id: "linked", email: "ada@example.com", email_verified: false }, "/auth/link");
    await walk(page, (place) => `harmless ${place}`, async (name) => {
      harmless.set(name, await outline(page));
    });
    assert.equal(harmless.size, 22);
    for (const round of GROUPS.keys()) {
      const texts = (/** @type {Place} */ place) => GROUPS[(round + PLACES.indexOf(place)) % GROUPS.length];
      /** @type {Set<Place>} */
      const shown = new Set();
      await walk(page, texts, async (name) => {
        assert.deepEqual(await outline(page), harmless.get(name), `${name}, round ${round}`);
        const told = await everything(page);
        for (const place of PLACES) if (told.includes(plain(texts(place)))) shown.add(place);
      });
      assert.deepEqual(findings, [], `round ${round}`);
      // They were there, and are shown as what they are.
      assert.deepEqual(PLACES.filter((place) => !shown.has(place) && !SHOWN_NOWHERE.includes(place)), [], `round ${round}`);
    }
  }));

test("what a provider is called, and what it says of people, is shown as it is", () =>
  stage.visit({}, async ({ page: linking }) => {
    await come(linking, { id: "linked", email: "ada@example.com", email_verified: false }, "/auth/link");
    await stage.visit({}, async ({ page, context }) => {
      const findings = [await watch(page, context), await watch(linking, linking.context())];
      /** @type {Map<string, string[]>} */
      const harmless = new Map();
      /** @type {(page: Page, name: string, shown: string[]) => Promise<void>} */
      const look = async (page, name, shown) => {
        const elements = await outline(page);
        harmless.set(name, harmless.get(name) ?? elements);
        assert.deepEqual(elements, harmless.get(name), `${name}: ${shown[0]}`);
        const told = await everything(page);
        // Of a name a hundred characters are kept.
        for (const text of shown) assert.ok(told.includes(plain(text.slice(0, 100))), `${name}: ${text}`);
      };
      for (const [nth, payload] of ["harmless", ...PAYLOADS].entries()) {
        await set(paths.provider, { auth_provider: { name: payload } });
        for (const path of ["login", "signup"]) {
          await page.goto(stage.login(path));
          await look(page, path, [payload]);
        }
        await linking.goto(stage.login("auth/link"));
        await look(linking, "auth/link", [payload]);
        const names = { preferred_username: `1${payload}`, given_name: `2${payload}`, family_name: `3${payload}` };
        await come(page, { id: `stranger ${nth}`, ...names }, "/auth/signup");
        await look(page, "auth/signup", [payload, ...Object.values(names)]);
        // What is typed instead is shown again: the address is none.
        const typed = { username: `4${payload}`, email: `5${payload}`, first_name: `6${payload}`, last_name: `7${payload}` };
        const csrf = await page.locator("[name=csrf]").first().inputValue();
        await send(page, "auth/signup", { ...typed, org_name: `8${payload}`, csrf });
        assert.match(await page.title(), /^Error: /);
        await look(page, "POST auth/signup", [payload, ...Object.values(typed), `8${payload}`]);
        assert.deepEqual(findings, [[], []], payload);
      }
    });
  }));

test("an app's own HTML, stylesheet and logo do nothing", () =>
  stage.visit({}, async ({ page, context }) => {
    const findings = await watch(page, context);
    const look = { header: null, footer: null, logo_url: null, external_css: null };
    await set(paths.app, { login_policy: { name: "App", ...look } });
    await page.goto(stage.login("login"));
    const plainOutline = await outline(page);
    let taken = 0;
    for (const [nth, payload] of PAYLOADS.entries()) {
      const other = PAYLOADS[(nth + 1) % PAYLOADS.length];
      const html = { header: `<p>kept</p>${payload}`, footer: `<p>kept</p>${other}` };
      await set(paths.app, { login_policy: { ...look, ...html } });
      await page.goto(stage.login("login"));
      assert.deepEqual(await outline(page), plainOutline, `${payload} and ${other}`);
      assert.deepEqual(await foreign(page), [], `${payload} and ${other}`);
      for (const own of ["header", "footer"]) {
        assert.equal(await page.locator(`${own}.own > p`).first().textContent(), "kept", `${payload} and ${other}`);
      }
      // A slash parts attributes as a space does, which an address may not have.
      const spaceless = payload.replaceAll(" ", "/");
      for (const address of [payload, `https://evil.localhost:1/${spaceless}`, `https://evil.localhost:1/?${spaceless}`]) {
        const own = { ...look, external_css: address, logo_url: address };
        const told = await stage.api(paths.app, { method: "PUT", body: { login_policy: own } });
        assert.ok([200, 422].includes(told.status), address);
        if (told.status === 422) continue;
        taken += 1;
        await page.goto(stage.login("login"));
        const css = "   link href rel https:";
        assert.deepEqual((await outline(page)).filter((line) => line.trim() !== css.trim()), plainOutline, address);
        for (const [fetched, name] of [["img.logo", "src"], ["link[rel=stylesheet]:not([href^='/'])", "href"]]) {
          const where = await page.locator(fetched).getAttribute(name);
          assert.ok(where?.startsWith("https://evil.localhost:1/"), `${fetched}: ${where}`);
        }
      }
      const colour = { login_policy: { accent_color: payload } };
      assert.equal((await stage.api(paths.app, { method: "PUT", body: colour })).status, 422, payload);
      for (const short of [payload.slice(0, 7), `#${payload.slice(0, 6)}`]) {
        const colour = { login_policy: { accent_color: short } };
        assert.equal((await stage.api(paths.app, { method: "PUT", body: colour })).status, 422, short);
      }
      assert.deepEqual(findings, [], payload);
    }
    assert.ok(taken > 80, `${taken} addresses were taken`);
    await set(paths.app, { login_policy: look });
  }));

test("no callback of JSONP is a script of its own", () =>
  stage.visit({}, async ({ page, context }) => {
    const findings = await watch(page, context);
    await site.open();
    const origin = site.at("pages.localhost");
    await set(paths.app, { login_policy: { jsonp: true, allowed_origins: [origin] } });
    const calls = PAYLOADS.flatMap((payload) => {
      const hostile = new URLSearchParams({ callback: payload, username: payload, password: payload, token: payload });
      const named = new URLSearchParams({ callback: "handed", username: payload, password: payload, redir: payload });
      return [hostile, named].map((query) => stage.login(`v1/login?${query}`));
    });
    // As scripts of a page that may call, all at once, and with the function that the harmless callbacks name.
    const scripts = calls.map((call) => `<script src="${call.replaceAll("&", "&amp;")}"></script>`).join("");
    site.put("/", `<!doctype html><title>x</title><script>let calls = 0; function handed() { calls += 1; }</script>${scripts}`);
    await page.goto(`${origin}/`);
    assert.equal(await page.evaluate("calls"), PAYLOADS.length);
    assert.deepEqual(findings, []);
    // Whatever was asked, the answer is no page.
    await page.goto(stage.login("login"));
    const types = await page.evaluate(async (calls) => {
      const answers = await Promise.all(calls.map((call) => fetch(call)));
      return answers.map(({ headers }) => `${headers.get("content-type")}, ${headers.get("x-content-type-options")}`);
    }, calls);
    assert.deepEqual([...new Set(types)].sort(), [
      "application/javascript; charset=utf-8, nosniff",
      "application/json, nosniff",
    ]);
    for (const call of [calls[0], calls[1]]) {
      await page.goto(call);
      assert.equal(await page.locator("pre *, script, body > :not(pre, .json-formatter-container)").count(), 0, call);
    }
    assert.deepEqual(findings, []);
  }));

test("an address with every sign that addresses may have is shown as it is", () =>
  stage.visit({}, async ({ page, context }) => {
    const findings = await watch(page, context);
    await set("auth_providers/login_rocket", { auth_provider: { email_verification: "require", org_field: "hidden" } });
    const address = "o'{{7*7}}&lt=`$|!*+-^_~@example.org";
    await page.goto(stage.login("signup"));
    await send(page, "signup", {
      ...{ username: "odd", email: address, password: "a long password of odd", first_name: "O", last_name: "D" },
      csrf: await page.locator("[name=csrf]").first().inputValue(),
    });
    assert.ok((await everything(page)).includes(address), await page.content());
    assert.equal(await page.locator("main *").count(), 4, "a heading, a text, and a link in a paragraph");
    assert.deepEqual(findings, []);
  }));

/**
 * Opens every page that there is, with these texts in all that it shows, in its address and in its form.
 * @param {Page} page somebody is logged in there, and an identity waits for a password
 * @param {Texts} texts
 * @param {(name: string) => Promise<void>} look
 */
async function walk(page, texts, look) {
  await set(paths.app, { login_policy: { name: texts("app name") } });
  await set(paths.realm, { realm: { name: texts("realm name") } });
  const query = new URLSearchParams({
    redir: texts("redir"),
    redirect_uri: texts("redirect_uri"),
    locale: texts("locale"),
    token: texts("linked token"),
    username: texts("linked username"),
  });
  for (const name of ["notice", "prompt", "session", "state", "iss", "error_description", "x"]) query.set(name, texts("anything"));
  const open = async (/** @type {string} */ path, /** @type {Record<string, string>} */ more = {}) => {
    await page.goto(stage.login(`${path}?${new URLSearchParams([...Object.entries(more), ...query])}`));
    await look([path, ...Object.keys(more)].join(" "));
  };
  const person = {
    username: texts("username"),
    email: texts("email"),
    first_name: texts("first name"),
    last_name: texts("last name"),
    org_name: texts("organization"),
  };
  await open("login");
  const csrf = await page.locator("[name=csrf]").first().inputValue();
  const post = async (/** @type {string} */ path, /** @type {Record<string, string>} */ fields) => {
    await send(page, `${path}?${query}`, { ...fields, csrf });
    await look(`POST ${path}`);
  };
  const [password, token, code] = [texts("password"), texts("token"), texts("code")];
  await post("login", { username: texts("username"), password });
  await open("signup");
  await post("signup", { ...person, password });
  await open("password/forgot");
  await post("password/forgot", { username: texts("username") });
  await open("password/reset");
  await post("password/reset", { token, password, username: texts("username") });
  await open("email/verify");
  await post("email/verify", { token });
  await post("email/request", { token });
  await post("login/code", { token, code });
  await open("auth/callback", { error: texts("error") });
  await open("auth/callback", { code });
  await page.goto(stage.login(`nothing/${encodeURIComponent(texts("path"))}?${query}`));
  await look("nothing");
  await page.goto(stage.login(`auth/${encodeURIComponent(texts("path"))}?${query}`));
  await look("auth/nothing");
  await open("logout");
  await open("browser/forget");
  await post("browser/forget", { redirect_uri: texts("redirect_uri") });

  await open("auth/link");
  await post("auth/link", { password });
  await post("auth/link/code", { token, code });
}

/**
 * Somebody comes back from the provider, which says this of them.
 * @param {Page} page
 * @param {object} person
 * @param {string} where
 */
async function come(page, person, where) {
  elsewhere.tell(person);
  await page.goto(stage.login(`auth/${paths.provider.split("/")[1]}`));
  assert.equal(new URL(page.url()).pathname, where, await page.content());
}

/**
 * Sends a form of our own making from this page.
 * @param {Page} page
 * @param {string} path
 * @param {Record<string, string>} fields
 */
async function send(page, path, fields) {
  const sent = page.waitForEvent("load");
  await page.evaluate(
    ({ action, fields }) => {
      const form = document.createElement("form");
      form.method = "post";
      form.setAttribute("action", action);
      for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = name;
        input.value = value;
        form.append(input);
      }
      document.body.append(form);
      HTMLFormElement.prototype.submit.call(form);
    },
    { action: stage.login(path), fields },
  );
  await sent;
}

/**
 * @param {string} path
 * @param {unknown} body
 */
async function set(path, body) {
  const told = await stage.api(path, { method: "PUT", body });
  assert.equal(told.status, 200, `${path}: ${JSON.stringify(body)}: ${JSON.stringify(told.body)}`);
}

/** An OAuth 2 provider where everybody is who it was told last. */
async function openProvider() {
  let profile = {};
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? "/", "http://localhost");
    if (asked.pathname === "/authorize") {
      const back = new URL(asked.searchParams.get("redirect_uri") ?? "");
      back.search = new URLSearchParams({ code: "code", state: asked.searchParams.get("state") ?? "" }).toString();
      response.writeHead(302, { Location: back.href }).end();
      return;
    }
    response.setHeader("Content-Type", "application/json");
    request.resume();
    response.end(JSON.stringify(asked.pathname === "/token" ? { access_token: "token", token_type: "Bearer" } : profile));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(undefined)));
  const address = server.address();
  assert.ok(address && typeof address === "object");
  return {
    port: address.port,
    tell: (/** @type {object} */ told) => (profile = told),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
