// Two apps on different ports that share a login: the second asks nobody for a password, and they end together.
// @ts-check

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, describe, test } from "node:test";
import { MODES, Stage } from "./support.mjs";

const stage = await Stage.open();
const second = await secondApp();
after(async () => {
  await second.close();
  await stage.close();
});

await stage.setProvider("login_rocket", { sso: "seamless" });
await stage.setApp({ redirect_uris: [second.handler] });

for (const { name, javaScriptEnabled } of MODES) {
  describe(name, () => {
    test("whoever is logged in at one is at once logged in at the other, and both end together", () =>
      stage.visit({ javaScriptEnabled }, async (visit) => {
        const { page, visited } = visit;
        await page.goto(second.url);
        await page.getByRole("heading", { name: "Log in" }).waitFor();
        await stage.logIn(visit);

        visited.length = 0;
        await page.goto(second.url);
        await page.getByText(`Second app: ${stage.card.DEMO_USERNAME}`).waitFor();
        assert.ok(!visited.some((address) => address.includes("/login/code")), visited.join(" "));
        assert.ok(visited.some((address) => address.startsWith(`${second.handler}?token=`)), visited.join(" "));

        await page.goto(stage.app("/hello"));
        await page.getByRole("button", { name: "Log out" }).click();
        await page.waitForURL(stage.login("login?notice=logged-out"));
        await page.goto(second.url);
        await page.getByRole("heading", { name: "Log in" }).waitFor();
        assert.equal(new URL(page.url()).origin, new URL(stage.login("login")).origin);
      }));

    test("an app can have the password asked for all the same", () =>
      stage.visit({ javaScriptEnabled }, async (visit) => {
        await stage.logIn(visit);
        await visit.page.goto(stage.login("login?prompt=login"));
        await visit.page.getByRole("heading", { name: "Log in" }).waitFor();
      }));
  });
}

/**
 * An app as small as one can be: it keeps the token in a cookie, and asks the API on each page whether it still counts.
 * @returns {Promise<{ url: string, handler: string, close: () => Promise<unknown> }>}
 */
async function secondApp() {
  let url = "";
  const server = createServer(async (request, response) => {
    const asked = new URL(request.url ?? "/", url);
    const handed = asked.pathname === "/in" ? asked.searchParams.get("token") : null;
    if (handed) {
      response.writeHead(302, { location: url, "set-cookie": `second=${handed}; HttpOnly; SameSite=Lax` });
      return response.end();
    }
    const token = /second=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    const session = token ? await stage.api(`sessions/${token}`) : { status: 404, body: null };
    if (session.status === 200) {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      return response.end(`<p>Second app: ${session.body.user.username}</p>`);
    }
    const back = encodeURIComponent(`${url}in`);
    response.writeHead(302, { location: stage.login(`login?redirect_uri=${back}`) });
    response.end();
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(undefined)));
  const address = server.address();
  assert.ok(address && typeof address === "object");
  url = `http://localhost:${address.port}/`;
  return { url, handler: `${url}in`, close: () => new Promise((closed) => server.close(closed)) };
}
