// Another site to log in by: a real OpenID provider (npm's `oidc-provider`), known to the demo's realm as Example ID.
// Its page has a button for each of two people: Ada, who has the address of the demo's user, and Grace, who tells none.
// @ts-check

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** @import { Stage } from "./support.mjs" */

/** What the server has to be started with: the issuer is on this machine, which only the operator can allow. */
export const ALLOWED = { GANTRY_DELIVERY_ALLOWED_NETWORKS: "127.0.0.0/8,::1/128" };

/** What the realm calls it. */
export const NAME = "Example ID";

/**
 * Starts it and makes it a provider of the realm.
 * @param {Stage} stage opened with `ALLOWED`
 * @returns {Promise<{ end: () => void }>}
 */
export async function openIssuer(stage) {
  const { port, end } = await start(stage.login("auth/callback"));
  await makeProvider(stage, { name: NAME, issuer: `http://localhost:${port}` });
  return { end };
}

/**
 * @param {Stage} stage
 * @param {{ name: string, issuer: string }} fields
 */
export async function makeProvider(stage, fields) {
  const client = { client_id: "gantry", client_secret: "a secret: with/odd+characters%" };
  const body = { auth_provider: { provider_type: "oauth2", ...client, ...fields } };
  const made = await stage.api("auth_providers", { method: "POST", body });
  assert.equal(made.status, 201, JSON.stringify(made.body));
}

/**
 * @param {string} callback
 * @returns {Promise<{ port: number, end: () => void }>}
 */
async function start(callback) {
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
