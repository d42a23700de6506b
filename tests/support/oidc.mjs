// An OpenID provider for one test: npm's `oidc-provider`, which is certified. It prints one line of JSON when it listens,
// and ends when its input does.
//
//   node oidc.mjs REDIRECT_URI…
//
// Its login page has a button for each of two people: Ada, who is ada@example.com (also whoever is not named), and Grace,
// who tells no address. PKCE is demanded.
// @ts-check

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// Its notes on how it is used are no lines of ours.
for (const name of /** @type {const} */ (["info", "log", "warn"])) console[name] = () => {};

const require = createRequire(`${process.env.GANTRY_NODE_MODULES}/`);
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);

const { createServer } = await import("node:http");
const server = createServer();
await new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(undefined)));
const address = server.address();
const port = typeof address === "object" ? address?.port : undefined;

const PEOPLE = new Map([
  [
    "ada-at-the-issuer",
    {
      email: "ada@example.com",
      email_verified: true,
      name: "Ada Lovelace",
      given_name: "Ada",
      family_name: "Lovelace",
    },
  ],
  ["grace-at-the-issuer", { name: "Grace Hopper", given_name: "Grace", family_name: "Hopper" }],
]);

const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      client_id: "gantry",
      client_secret: "a secret: with/odd+characters%",
      redirect_uris: process.argv.slice(2),
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "given_name", "family_name"] },
  /** @param {unknown} _ @param {string} id */
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE.get(id) }) }),
  features: { devInteractions: { enabled: false }, introspection: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ["of this test"] },
  interactions: { url: (/** @type {unknown} */ _, /** @type {{ uid: string }} */ { uid }) => `/interaction/${uid}` },
  // Whoever is logged in agrees.
  /** @param {any} ctx */
  async loadExistingGrant(ctx) {
    const { client, session } = ctx.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
server.on("request", async (request, response) => {
  if (!request.url?.startsWith("/interaction/")) {
    answer(request, response);
  } else if (request.method === "POST") {
    let form = "";
    for await (const part of request) form += part;
    const who = new URLSearchParams(form).get("who") ?? "ada";
    await provider.interactionFinished(request, response, { login: { accountId: `${who}-at-the-issuer` } });
  } else {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(
      `<!doctype html><html lang="en"><title>Issuer</title><h1>Issuer</h1>` +
        `<form method="post" action="${request.url}"><button name="who" value="ada">I am Ada</button>` +
        `<button name="who" value="grace">I am Grace</button></form></html>`,
    );
  }
});

process.stdout.write(`${JSON.stringify({ event: "listening", port, now: Date.now() })}\n`);
process.stdin.resume().on("end", () => process.exit(0));
