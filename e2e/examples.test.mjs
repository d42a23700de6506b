// The examples, run as their README says: against `gantry serve`, with what `gantry quickstart` prints.
// @ts-check

import assert from "node:assert/strict";
import path from "node:path";
import { after, test } from "node:test";
import { examples } from "./code_blocks.mjs";
import { Installation, ROOT } from "./installation.mjs";
import { isInstalled, program, runnable } from "./programs.mjs";

const server = await Installation.start();
after(() => server.end());

test("people are called by their address in the realm of quickstart", async () => {
  const realm = await server.call("GET", `realms/${server.environment.AUTHROCKET_REALM}`);
  assert.equal(realm.username_validation_human, "email");
});

for (const { place, language } of examples().filter(({ place }) => place.startsWith("examples/main_calls."))) {
  test(place, async (t) => {
    if (!(await isInstalled(language))) return t.skip(`${language} is not on this machine`);
    const { status, stdout, stderr } = await program(await runnable(language, path.join(ROOT, place)), { env: server.app(server.adminKey) });
    assert.equal(status, 0, stderr);
    // A shell takes no webhooks.
    if (language !== "sh") assert.match(stdout, /^webhook: user.created$/m);
    assert.match(stdout, /Ada Lovelace is logged in/);
    assert.match(stdout, /^done$/m);
  });
}
