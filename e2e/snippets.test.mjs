// Every piece of code in the documents and examples, against tokens that a stranger wrote into a link: none of them is
// a login, none of them changes anything, and a good token logs its user in.
// @ts-check

import assert from "node:assert/strict";
import path from "node:path";
import { after, test } from "node:test";
import { blocks, blocksOf, examples, isProgram, unescaped } from "./code_blocks.mjs";
import { Installation, ROOT } from "./installation.mjs";
import { LANGUAGES, drive, isInstalled, program, runnable, syntax } from "./programs.mjs";

const server = await Installation.start("--usernames", "standard");
after(() => server.end());
const { AUTHROCKET_REALM: realm } = server.environment;

const person = (/** @type {string} */ username) => ({ user_type: "human", username, email: `${username}@example.com`, password: "tr0mbone-under-glass", first_name: "Ada" });
const ada = await server.call("POST", "users", { user: person("ada") });
const bob = await server.call("POST", "users", { user: person("bob") });
const org = await server.call("POST", "orgs", { org: { name: "Engines" } });
const membership = await server.call("POST", "memberships", { membership: { user_id: bob.id, org_id: org.id } });
const elsewhere = await server.call("POST", "realms", { realm: { name: "Elsewhere" } });
const eve = await server.call("POST", "users", { user: person("eve") }, elsewhere.id);
const bobs = await server.call("POST", "sessions", { session: { user_id: bob.id } });
const foreign = await server.call("POST", "sessions", { session: { user_id: eve.id } }, elsewhere.id);
const ended = (await logIn()).token;
await server.call("DELETE", `sessions/${ended}`);

/** A login of ada. */
async function logIn() {
  return server.call("POST", "sessions", { session: { user_id: ada.id } });
}

/** What a stranger can write behind `token=`. None of it is a login of this realm. */
const HOSTILE = [
  "", " ", ".", "..", "...", "/", "//", "?", "#", "&", "%", "%2e%2e%2f", "%2e%2e", "..\\", "\n", "x\n", "x\r\nX-Authrocket-Realm: x", "\0", "a.b\0.c", "null",
  "true", "0", "[]", "{}", '"', '","token":"', "'", "$(id)", "`id`", "-o", "--next", "@/etc/passwd", "a.b.c", "verify", "x".repeat(9_000), "é", "../",
  "../users", "../users/ada", "../users/bob", `../users/${bob.id}`, `../memberships/${membership.id}`, `../orgs/${org.id}`,
  `../realms/${realm}`, "x/../../users/ada", "..\\users\\ada", "..%2fusers%2fada", "%2e%2e/users/ada", "../../v1/users/ada",
  "../users/ada?", "../users/ada#", "../events", "?user_id=ada", `?user_id=${bob.id}`, `../sessions?user_id=${bob.id}`,
  bob.id, membership.id, bobs.id, `${bobs.id}?`, `${bobs.id}#`, `./${bobs.id}`, foreign.token, foreign.id, ended, `${ended}\n`, `${bobs.token}x`,
];

/** Only the server knows that a session has ended: without a call its token still verifies. */
const isAuthentic = (/** @type {string} */ token) => token.startsWith(ended);

/** Everything that a key with every right can read. */
async function everything() {
  const seen = [];
  for (const home of [realm, elsewhere.id]) {
    for (const list of ["realms", "users", "orgs", "login_policies", "auth_providers", "app_hooks", "jwt_keys", "events"]) {
      seen.push(await server.call("GET", list, undefined, home));
    }
  }
  for (const user of [ada, bob]) {
    for (const list of ["memberships", "sessions"]) seen.push(await server.call("GET", `${list}?user_id=${user.id}`));
    seen.push(await server.call("GET", `users/${user.id}?expand=memberships`));
  }
  return seen;
}

/** The right key, and one for which nothing but the code itself stands in the way. */
const KEYS = [server.verifyKey, server.adminKey];

/**
 * Fails where `attack` changes anything or logs a user in. `attack` gives the outcome of each hostile token.
 * @param {(key: string) => Promise<unknown[]>} attack
 * @param {string[]} [keys]
 */
async function comesToNothing(attack, keys = KEYS) {
  for (const key of keys) {
    const before = await everything();
    const outcome = await attack(key);
    assert.deepEqual(await everything(), before, "nothing has changed");
    const logins = HOSTILE.filter((_, at) => outcome[at]);
    assert.deepEqual(logins, [], "nobody is logged in");
    assert.equal(outcome.length, HOSTILE.length);
  }
}

/** @param {import("./code_blocks.mjs").Code} code @param {string} key @returns {Promise<unknown[]>} */
async function attacked(code, key) {
  // A key that may write ends a session by its id too, which is no secret; a key that verifies does not.
  const logout = key === server.verifyKey ? HOSTILE : HOSTILE.filter((token) => token !== bobs.id);
  const { login } = await drive(code, { login: HOSTILE, logout }, server.app(key));
  const asks = !code.text.includes("AUTHROCKET_JWT_SECRET");
  return login.map((user, at) => (asks || !isAuthentic(HOSTILE[at]) ? user : null));
}

const documented = blocks();
const programs = examples();

test("the documents have code to look at", () => {
  const runnable = documented.filter(({ language, text }) => LANGUAGES[language]?.defines.test(text));
  const languages = [...new Set(runnable.map(({ language }) => language))].sort();
  assert.deepEqual(languages, ["go", "js", "php", "python", "ruby", "sh"]);
  assert(runnable.some(({ place }) => place.startsWith("README.md")));
});

test("nothing goes into an address as it is", () => {
  assert.deepEqual([...documented, ...programs].flatMap(unescaped), []);
});

for (const code of documented.filter(({ language }) => isProgram(language))) {
  const { place, language, text } = code;
  test(`${place} (${language})`, async (t) => {
    const logsIn = LANGUAGES[language].defines.test(text);
    assert(logsIn || !/token/i.test(text), "it has to do with tokens and has no `login` that can be tried");
    if (!(await isInstalled(language))) return t.skip(`${language} is not on this machine`);
    await syntax(language, text);
    if (!logsIn) return;
    await comesToNothing((key) => attacked(code, key));
    const { token } = await logIn();
    const app = server.app(server.verifyKey);
    const { login: [user] } = await drive(code, { login: [token] }, app);
    assert.match(JSON.stringify(user ?? null), new RegExp(ada.id), "a login is one");
    if (!/logout/.test(text)) return;
    await drive(code, { login: [], logout: [token] }, app);
    const { login: [gone] } = await drive(code, { login: [token] }, app);
    assert.equal(gone, null, "the logout has ended it");
  });
}

for (const code of documented.filter(({ language }) => language === "json")) {
  test(`${code.place} (json)`, () => void JSON.parse(code.text));
}

for (const { place, language } of programs.filter(({ place, language }) => isProgram(language) && !place.includes("static-site"))) {
  test(place, async (t) => {
    if (!(await isInstalled(language))) return t.skip(`${language} is not on this machine`);
    const words = await runnable(language, path.join(ROOT, place));
    const run = (/** @type {string} */ token, /** @type {string} */ key) => program([...words, token], { env: server.app(key) });
    await comesToNothing((key) => inTurns(HOSTILE, async (token) => {
      // No program can be given a NUL as an argument.
      return !token.includes("\0") && (await run(token, key)).status === 0;
    }), [server.adminKey]);
    const { status, stdout } = await run((await logIn()).token, server.verifyKey);
    assert.equal(status, 0);
    assert.match(stdout, /Ada is logged in/);
  });
}

/**
 * What `work` gives for each item, four at a time.
 * @template T, U
 * @param {T[]} items
 * @param {(item: T) => Promise<U>} work
 */
async function inTurns(items, work) {
  /** @type {U[]} */
  const done = [];
  for (let at = 0; at < items.length; at += 4) done.push(...(await Promise.all(items.slice(at, at + 4).map(work))));
  return done;
}

/** What documents said before: the token is put into the address as it is, and whatever answers counts. */
const VULNERABLE = `
const headers = { "X-Authrocket-Api-Key": process.env.AUTHROCKET_API_KEY, "X-Authrocket-Realm": process.env.AUTHROCKET_REALM };
const ask = (token, method) => fetch(process.env.AUTHROCKET_URL + "sessions/" + token, { method, headers });
async function login(token) { const answer = await ask(token, "GET"); return answer.ok ? answer.json() : null; }
const logout = (token) => ask(token, "DELETE");
`;

test("code that lets a token choose the address is found", async () => {
  const code = { place: "old.md:1", language: "js", text: VULNERABLE };
  await assert.rejects(comesToNothing(async (key) => (await drive(code, { login: HOSTILE }, server.app(key))).login), /nobody is logged in/);
  const doomed = await server.call("POST", "users", { user: person("doomed") });
  const before = await everything();
  await drive(code, { login: [], logout: [`../users/${doomed.id}`] }, server.app(server.adminKey));
  assert.notDeepEqual(await everything(), before);
  assert.deepEqual(unescaped(code), ['old.md:1, its line 3: const ask = (token, method) => fetch(process.env.AUTHROCKET_URL + "sessions/" + token, { method, headers });']);
  for (const line of ['"sessions/" . $token', "`sessions/${token}`", 'f"users/{name}"', '"users/#{name}"', '"$URL/sessions/$TOKEN"', '"users?after=" + id']) {
    assert.equal(unescaped({ place: "x", language: "js", text: line }).length, 1, line);
  }
});

test("a block that nothing can check is refused", () => {
  for (const fence of ["```", "```perl", "~~~", "    ```cobol"]) {
    assert.throws(() => blocksOf(`text\n${fence}\nx\n${fence.replace(/\w+/, "")}\n`, "some.md"), /some.md:2: nothing checks/);
  }
});
