// The examples, run as their README says: against `gantry serve`, with what `gantry quickstart` prints.
// @ts-check

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BINARY = path.resolve(ROOT, process.env.GANTRY_BIN ?? "target/debug/gantry");

/** @type {Record<string, string>} */
let environment = {};
/** @type {() => Promise<void>} */
let end = async () => {};

before(async () => {
  const data = await mkdtemp(path.join(tmpdir(), "gantry-examples-"));
  const port = await freePort();
  const settings = { PATH: process.env.PATH ?? "", GANTRY_DATA: data, GANTRY_LISTEN: `127.0.0.1:${port}`, GANTRY_LOG_LEVEL: "warn" };
  const { stdout } = await run(BINARY, ["quickstart", "--app-url", "http://localhost:3000/", "--email", "you@example.com"], { env: settings });
  environment = { PATH: settings.PATH };
  for (const [, name, value] of stdout.matchAll(/^\s*(AUTHROCKET_\w+)=(.*)$/gm)) environment[name] = value;
  const server = spawn(BINARY, ["serve"], { env: settings, stdio: "inherit" });
  end = async () => {
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    await ended;
    await rm(data, { recursive: true });
  };
  for (let tries = 0; tries < 300; tries++) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (ready?.ok) return;
    await pause(50);
  }
  throw new Error("gantry serve does not answer");
});

after(() => end());

for (const [program, file] of [["node", "main_calls.mjs"], ["python3", "main_calls.py"], ["sh", "main_calls.sh"]]) {
  test(file, async () => {
    const { stdout } = await run(program, [path.join(ROOT, "examples", file)], { env: environment });
    assert.match(stdout, /Ada Lovelace is logged in/);
    assert.match(stdout, /^done$/m);
  });
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
