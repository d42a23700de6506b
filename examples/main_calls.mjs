// The main calls of the API with Node.js 18 or later and nothing else.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

const { AUTHROCKET_URL, AUTHROCKET_API_KEY, AUTHROCKET_REALM } = process.env;

/** One call; throws what the server says when it refuses. */
async function call(method, path, body) {
  const response = await fetch(AUTHROCKET_URL + path, {
    method,
    headers: {
      "X-Authrocket-Api-Key": AUTHROCKET_API_KEY,
      "X-Authrocket-Realm": AUTHROCKET_REALM,
      "Content-Type": "application/json",
      Accept: "application/json",
    },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text ? JSON.parse(text) : null;
  if (!response.ok) throw Object.assign(new Error(`${method} ${path}: ${answer?.error}`), { status: response.status });
  return answer;
}

/** A text as one segment of an address, so that it cannot lead to another one. */
const segment = encodeURIComponent;

/** The session of a login token as a browser brought it, or null. It goes into the body, and nothing but a session counts. */
async function check(token) {
  const session = await call("POST", "sessions/verify?expand=memberships", { token }).catch((error) => {
    if (error.status === 404 || error.status === 422) return null;
    throw error;
  });
  return session?.object === "session" ? session : null;
}

/** Whether a webhook's body is from our server: signed with the hook's secret, and not long ago. */
function isFromUs(headers, body, secret) {
  const timestamp = headers["webhook-timestamp"] ?? "";
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const hmac = createHmac("sha256", key).update(`${headers["webhook-id"]}.${timestamp}.`).update(body);
  const wanted = Buffer.from(`v1,${hmac.digest("base64")}`);
  const given = (headers["webhook-signature"] ?? "").split(" ").map((one) => Buffer.from(one));
  return given.some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
}

// With a login token as its argument the program says whose it is, and no more.
if (process.argv.length > 2) {
  const session = await check(process.argv[2]);
  console.log(session ? `${session.user.name} is logged in` : "nobody is logged in");
  process.exit(session ? 0 : 1);
}

const username = `ada-${randomBytes(4).toString("hex")}@example.com`;
const password = "tr0mbone-under-glass";

// A webhook reports users who sign up from now on. On a developer's machine the server must be allowed to call it
// (delivery.allowed_networks).
const receiver = createServer().listen(0, "127.0.0.1");
await once(receiver, "listening");
const hook = await call("POST", "app_hooks", {
  app_hook: {
    hook_type: "webhook",
    destination: `http://127.0.0.1:${receiver.address().port}/hooks`,
    event_type: ["user.created"],
  },
});
const webhook = new Promise((received) =>
  receiver.on("request", async (request, response) => {
    const parts = await request.toArray();
    const body = Buffer.concat(parts);
    if (isFromUs(request.headers, Buffer.concat([body, Buffer.from(" ")]), hook.secret)) throw new Error("a changed body passes");
    const good = isFromUs(request.headers, body, hook.secret);
    response.writeHead(good ? 204 : 403).end();
    if (good) received(JSON.parse(body.toString()));
  }),
);

const org = await call("POST", "orgs", { org: { name: "Analytical Engines" } });
const user = await call("POST", "users", {
  user: {
    user_type: "human",
    username,
    email: username,
    password,
    first_name: "Ada",
    last_name: "Lovelace",
  },
});
await call("POST", "memberships", { membership: { user_id: user.id, org_id: org.id, permissions: ["owner"] } });

const event = await webhook;
if (event.user_id !== user.id) throw new Error("another event");
console.log(`webhook: ${event.event_type}`);
receiver.close();

// A login, as an app's own login form makes it. What a browser brings back from LoginRocket is such a token too.
const login = await call("POST", `users/${segment(username)}/authenticate`, { password });
const session = await check(login.token);
if (!session) throw new Error("the login does not count");
console.log(`${session.user.name} is logged in, ${session.user.memberships[0].permissions} of ${org.name}`);

// A wrong password is 401.
const wrong = await call("POST", `users/${segment(username)}/authenticate`, { password: "wrong" }).catch((error) => error);
if (wrong.status !== 401) throw new Error("a wrong password got in");

// Out at once: the next check does not find the session.
await call("DELETE", `sessions/${segment(login.token)}`);
if (await check(login.token)) throw new Error("the session lives on");

// Lists go on behind the last id that was seen.
let after = "";
let users = 0;
for (let more = true; more; ) {
  const page = await call("GET", `users?max_results=100&after=${segment(after)}`);
  users += page.collection.length;
  after = page.collection.at(-1)?.id ?? "";
  more = page.more_results;
}
console.log(`${users} users in the realm`);

await call("DELETE", `app_hooks/${segment(hook.id)}`);
await call("DELETE", `users/${segment(user.id)}`);
await call("DELETE", `orgs/${segment(org.id)}`);
console.log("done");
