// The main calls of the API with Node.js 18 or later and nothing else.
import { randomBytes } from "node:crypto";

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

// With a login token as its argument the program says whose it is, and no more.
if (process.argv.length > 2) {
  const session = await check(process.argv[2]);
  console.log(session ? `${session.user.name} is logged in` : "nobody is logged in");
  process.exit(session ? 0 : 1);
}

const username = `ada-${randomBytes(4).toString("hex")}`;
const password = "tr0mbone-under-glass";

const org = await call("POST", "orgs", { org: { name: "Analytical Engines" } });
const user = await call("POST", "users", {
  user: {
    user_type: "human",
    username,
    email: `${username}@example.com`,
    password,
    first_name: "Ada",
    last_name: "Lovelace",
  },
});
await call("POST", "memberships", { membership: { user_id: user.id, org_id: org.id, permissions: ["owner"] } });

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

await call("DELETE", `users/${segment(user.id)}`);
await call("DELETE", `orgs/${segment(org.id)}`);
console.log("done");
