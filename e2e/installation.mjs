// `gantry serve` on an installation that `gantry quickstart` made, for tests of what documents tell people to do.
// Guarantees: a folder and a port of its own; `end` stops the server by its process and removes the folder.
// @ts-check

import { strict as assert } from "node:assert";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BINARY = path.resolve(ROOT, process.env.GANTRY_BIN ?? "target/debug/gantry");
const run = promisify(execFile);

/** A running server with an account and a realm. */
export class Installation {
  /** What `gantry quickstart` printed for the app. @type {Record<string, string>} */
  environment = {};
  /** A key with every right. */
  adminKey = "";
  /** A key with the right `verify`. */
  verifyKey = "";
  /** @type {() => Promise<void>} */
  end = async () => {};

  /** @param {string[]} more words for `gantry quickstart` */
  static async start(...more) {
    const made = new Installation();
    const data = await mkdtemp(path.join(tmpdir(), "gantry-installation-"));
    const port = await freePort();
    const PATH = process.env.PATH ?? "";
    const env = { PATH, GANTRY_DATA: data, GANTRY_LISTEN: `127.0.0.1:${port}`, GANTRY_LOG_LEVEL: "error", GANTRY_PASSWORD_MEMORY_KIB: "64", GANTRY_PASSWORD_PASSES: "1", GANTRY_DELIVERY_ALLOWED_NETWORKS: "127.0.0.0/8" };
    const gantry = async (/** @type {string[]} */ ...words) => (await run(BINARY, words, { env })).stdout;
    const lines = await gantry("quickstart", "--app-url", "http://localhost:3000/", "--email", "you@example.com", ...more);
    for (const [, name, value] of lines.matchAll(/^(AUTHROCKET_\w+)=(.*)$/gm)) made.environment[name] = value;
    made.adminKey = (await gantry("keys", "create", "--name", "admin", "--access", "admin_account")).trim();
    made.verifyKey = (await gantry("keys", "create", "--name", "app", "--access", "verify")).trim();
    const server = spawn(BINARY, ["serve"], { env, stdio: "inherit" });
    const killNow = () => server.kill("SIGKILL");
    process.once("exit", killNow);
    made.end = async () => {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
      process.removeListener("exit", killNow);
      await rm(data, { recursive: true });
    };
    for (let tries = 0; tries < 300; tries++) {
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      if (ready?.ok) return made;
      await pause(50);
    }
    await made.end();
    throw new Error("gantry serve does not answer");
  }

  /**
   * What a program needs to know that calls the API with this key.
   * @param {string} key
   * @returns {Record<string, string>}
   */
  app(key) {
    return { ...this.environment, AUTHROCKET_API_KEY: key, PATH: process.env.PATH ?? "" };
  }

  /**
   * Makes a call with every right, which must succeed.
   * @param {string} method
   * @param {string} address for example `users?max_results=10`
   * @param {unknown} [body]
   * @param {string} [realm] another realm than the first one
   */
  async call(method, address, body, realm = this.environment.AUTHROCKET_REALM) {
    const headers = { "X-Authrocket-Api-Key": this.adminKey, "X-Authrocket-Realm": realm, "Content-Type": "application/json" };
    const answer = await fetch(this.environment.AUTHROCKET_URL + address, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    assert(answer.ok, `${method} ${address}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert(address && typeof address === "object");
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}
