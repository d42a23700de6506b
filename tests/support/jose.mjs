// What npm's `jose` says of login tokens, by the keys that a server publishes. Input and output are one line of JSON:
// {jwks, tokens, seconds} (the time that it is), and a list of `kid`s, null for each token that is refused.
// @ts-check

import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.env.GANTRY_NODE_MODULES}/`);
const { createLocalJWKSet, jwtVerify } = await import(pathToFileURL(require.resolve("jose")).href);

const { jwks, tokens, seconds } = JSON.parse(await text(process.stdin));
const keys = createLocalJWKSet(jwks);
const options = { algorithms: ["RS256"], currentDate: new Date(seconds * 1000) };
const kids = [];
for (const token of tokens) {
  kids.push(await jwtVerify(token, keys, options).then(({ protectedHeader }) => protectedHeader.kid, () => null));
}
console.log(JSON.stringify(kids));
