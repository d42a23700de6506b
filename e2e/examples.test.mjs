// The examples, run as their README says: against `gantry serve`, with what `gantry quickstart` prints.
// @ts-check

import assert from "node:assert/strict";
import path from "node:path";
import { after, test } from "node:test";
import { Installation, ROOT } from "./installation.mjs";
import { program } from "./programs.mjs";

const server = await Installation.start();
after(() => server.end());

for (const [name, file] of [["node", "main_calls.mjs"], ["python3", "main_calls.py"], ["sh", "main_calls.sh"]]) {
  test(file, async () => {
    const { status, stdout, stderr } = await program([name, path.join(ROOT, "examples", file)], { env: server.app(server.adminKey) });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /Ada Lovelace is logged in/);
    assert.match(stdout, /^done$/m);
  });
}
