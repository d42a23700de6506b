// A stage for one test file: the real server with its demo on free ports, and one browser.
// Guarantees: each file has its own server and its own data; what was started here is ended by its own process id.
// @ts-check

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/** @import { ChildProcessByStdio } from "node:child_process" */
/** @import { Readable } from "node:stream" */
/** @import { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core" */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BINARY = path.resolve(ROOT, process.env.GANTRY_BIN ?? "target/debug/gantry");
const CHROMIUM = process.env.GANTRY_CHROMIUM ?? process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARTIFACTS = path.resolve(ROOT, process.env.GANTRY_ARTIFACTS ?? "target/e2e");

/** How long the server may take to be ready, and a page to arrive. Generous: it only delays a failure. */
const PATIENCE_MS = 30_000;

const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What the demo prints as `NAME=value`. */
const NAMES = /** @type {const} */ ([
  "AUTHROCKET_URL",
  "AUTHROCKET_ACCOUNT",
  "AUTHROCKET_API_KEY",
  "AUTHROCKET_REALM",
  "AUTHROCKET_JWT_SECRET",
  "AUTHROCKET_LOGIN_URL",
  "SAMPLE_APP_URL",
  "DEMO_USERNAME",
  "DEMO_PASSWORD",
]);

/** @typedef {Record<(typeof NAMES)[number], string>} Card */
/** @typedef {{ page: Page, context: BrowserContext, visited: string[] }} Visit `visited` lists every address that was asked for, in order. */

/** The password of users that tests make. */
export const PASSWORD = "tr0mbone-under-glass";

/** With and without JavaScript, since every page has to work both ways. */
export const MODES = [
  { name: "with JavaScript", javaScriptEnabled: true },
  { name: "without JavaScript", javaScriptEnabled: false },
];

/** A running demo and a browser. */
export class Stage {
  /** @type {Card} */
  card;
  /** @type {Browser} */
  #browser;
  /** @type {() => Promise<void>} */
  #endServer;

  /**
   * @param {Card} card
   * @param {Browser} browser
   * @param {() => Promise<void>} endServer
   */
  constructor(card, browser, endServer) {
    this.card = card;
    this.#browser = browser;
    this.#endServer = endServer;
  }

  /**
   * Starts both; if the browser does not start, the server is ended again.
   * @param {Record<string, string>} [settings] of the server, as environment variables
   */
  static async open(settings = {}) {
    const { card, end } = await startDemo(settings);
    try {
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
      return new Stage(card, browser, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  async close() {
    await this.#browser.close();
    await this.#endServer();
  }

  /**
   * The address of a page of the login host.
   * @param {string} page for example `login?redir=/jwt`
   */
  login(page) {
    return new URL(page, this.card.AUTHROCKET_LOGIN_URL).href;
  }

  /**
   * The address of a page of the sample app.
   * @param {string} page
   */
  app(page) {
    return new URL(page, this.card.SAMPLE_APP_URL).href;
  }

  /**
   * One person with a fresh browser profile does something. Fails if a script broke or the page broke its own
   * Content-Security-Policy on the way.
   * @param {BrowserContextOptions} options
   * @param {(visit: Visit) => Promise<void>} walk
   */
  async visit(options, walk) {
    const context = await this.#browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    /** @type {string[]} */
    const visited = [];
    /** @type {string[]} */
    const faults = [];
    page.on("request", (request) => visited.push(request.url()));
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) faults.push(message.text());
    });
    try {
      await walk({ page, context, visited });
      assert.deepEqual(faults, []);
    } finally {
      await context.close();
    }
  }

  /**
   * Calls the API as an app's server does.
   * @param {string} address for example `sessions/kss_…`
   * @param {{ method?: string, body?: unknown }} [what]
   */
  async api(address, { method = "GET", body } = {}) {
    const answer = await fetch(new URL(address, this.card.AUTHROCKET_URL), {
      method,
      headers: {
        "X-Authrocket-Api-Key": this.card.AUTHROCKET_API_KEY,
        "X-Authrocket-Realm": this.card.AUTHROCKET_REALM,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
  }

  /**
   * Changes a provider of the realm.
   * @param {string} kind `login_rocket`, `password`
   * @param {Record<string, unknown>} auth_provider
   */
  async setProvider(kind, auth_provider) {
    const { status, body } = await this.api(`auth_providers/${kind}`, { method: "PUT", body: { auth_provider } });
    assert.equal(status, 200, JSON.stringify(body));
  }

  /**
   * Changes the demo's Connected App.
   * @param {Record<string, unknown>} login_policy
   */
  async setApp(login_policy) {
    const [app] = (await this.api("login_policies")).body.collection;
    const { status, body } = await this.api(`login_policies/${app.id}`, { method: "PUT", body: { login_policy } });
    assert.equal(status, 200, JSON.stringify(body));
  }

  /**
   * Changes the realm.
   * @param {Record<string, unknown>} realm
   */
  async setRealm(realm) {
    const { status, body } = await this.api(`realms/${this.card.AUTHROCKET_REALM}`, { method: "PUT", body: { realm } });
    assert.equal(status, 200, JSON.stringify(body));
  }

  /**
   * Makes a user, with an address of their name unless another is given.
   * @param {Record<string, unknown> & { username: string }} fields
   */
  async makeUser(fields) {
    const user = { user_type: "human", email: `${fields.username}@example.com`, password: PASSWORD, ...fields };
    const { status, body } = await this.api("users", { method: "POST", body: { user } });
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  }

  /**
   * The token that a mail would take to the user.
   * @param {string} username
   * @param {"generate_password_token" | "request_email_verification"} call
   * @returns {Promise<string>}
   */
  async mailed(username, call) {
    const { status, body } = await this.api(`users/${username}/${call}`, { method: "POST", body: {} });
    assert.equal(status, 200, JSON.stringify(body));
    return body.token;
  }

  /**
   * The heading by which the sample app greets this user.
   * @param {string} username
   */
  async greeting(username) {
    const { status, body } = await this.api(`users/${encodeURIComponent(username)}`);
    assert.equal(status, 200);
    return `Hello ${body.name}`;
  }

  /**
   * Fills in the login form that is shown and sends it.
   * @param {Page} page
   * @param {{ username?: string, password?: string }} [person] the demo's user by default
   */
  async sendLogin(page, { username = this.card.DEMO_USERNAME, password = this.card.DEMO_PASSWORD } = {}) {
    await page.getByLabel("Username or email", { exact: true }).fill(username);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
  }

  /**
   * Logs the demo's user in, from the sample app's front page to its greeting.
   * @param {Visit} visit
   * @returns {Promise<string>} the login token, as the app got it
   */
  async logIn({ page, visited }) {
    await page.goto(this.app("/"));
    await page.getByRole("link", { name: "Log in" }).click();
    await this.sendLogin(page);
    await page.waitForURL(this.app("/hello"));
    return this.handed(visited).get("token") ?? assert.fail("the app got no token");
  }

  /**
   * What the login pages handed to the app's login handler last.
   * @param {string[]} visited
   */
  handed(visited) {
    const handler = visited.findLast((address) => address.startsWith(this.app("/login?")));
    assert.ok(handler, `the login handler was never called: ${visited.join(" ")}`);
    return new URL(handler).searchParams;
  }

  /**
   * Keeps a picture of the whole page for people to look at.
   * @param {Page} page
   * @param {string} name
   */
  async picture(page, name) {
    await mkdir(ARTIFACTS, { recursive: true });
    await page.screenshot({ path: path.join(ARTIFACTS, `${name}.png`), fullPage: true });
  }
}

/** Two ports that were free a moment ago. */
async function freePorts() {
  const probes = await Promise.all([0, 0].map(listen));
  const ports = probes.map((probe) => {
    const address = probe.address();
    assert.ok(address && typeof address === "object");
    return address.port;
  });
  await Promise.all(probes.map((probe) => new Promise((closed) => probe.close(closed))));
  return ports;
}

/** @param {number} port */
function listen(port) {
  const probe = createServer();
  return new Promise((ready, failed) => {
    probe.once("error", failed);
    probe.listen(port, "127.0.0.1", () => ready(probe));
  });
}

/**
 * @param {Record<string, string>} settings
 * @returns {Promise<{ card: Card, end: () => Promise<void> }>}
 */
async function startDemo(settings) {
  const data = await mkdtemp(path.join(tmpdir(), "gantry-e2e-"));
  const [port, appPort] = await freePorts();
  // The settings of whoever runs the tests must not reach this server.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GANTRY_"));
  const env = { ...Object.fromEntries(own), ...settings };
  const flags = ["--data", data, "--listen", `127.0.0.1:${port}`, "--app-listen", `127.0.0.1:${appPort}`];
  const server = spawn(BINARY, ["demo", ...flags], { cwd: data, env, stdio: ["ignore", "pipe", "pipe"] });
  const killNow = () => server.kill("SIGKILL");
  process.once("exit", killNow);
  const gone = new Promise((resolve) => server.once("close", resolve));
  const end = async () => {
    server.kill("SIGTERM");
    const late = setTimeout(killNow, PATIENCE_MS);
    await gone;
    clearTimeout(late);
    process.removeListener("exit", killNow);
    await rm(data, { recursive: true, force: true });
  };
  try {
    return { card: await printed(server), end };
  } catch (error) {
    await end();
    throw error;
  }
}

/**
 * Waits until the server has printed every line of the card.
 * @param {ChildProcessByStdio<null, Readable, Readable>} server
 * @returns {Promise<Card>}
 */
function printed(server) {
  return new Promise((ready, failed) => {
    let said = "";
    /** @param {string} why */
    const fail = (why) => {
      clearTimeout(late);
      failed(new Error(`${BINARY} demo ${why}; it said:\n${said}`));
    };
    const late = setTimeout(() => fail(`was not ready after ${PATIENCE_MS} ms`), PATIENCE_MS);
    const look = () => {
      const values = NAMES.map((name) => new RegExp(`^${name}=(.+)\\r?\\n`, "m").exec(said)?.[1]);
      if (values.includes(undefined)) return;
      clearTimeout(late);
      ready(/** @type {Card} */ (Object.fromEntries(NAMES.map((name, at) => [name, values[at]]))));
    };
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
        said += text;
        look();
      });
    }
    server.once("error", (error) => fail(`did not start (${error.message})`));
    server.once("close", (code) => fail(`ended with ${code}`));
  });
}
