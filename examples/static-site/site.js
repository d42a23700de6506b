// A site of files alone, whose logins happen here: authrocket.js speaks with the login server, and nothing else does.
// @ts-check

/** Kept in this tab only. A script of this site's own could read it, so there is none but ours: see the page's policy. */
const KEPT = "login-token";

const VIEWS = ["login", "code", "signup", "forgot", "account"];

/** What a login that waits for a code goes on with. */
let pending = "";

/** @param {string} id */
const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} name */
function show(name) {
  for (const view of VIEWS) $(view).hidden = view !== name;
  for (const box of document.querySelectorAll(".errors")) box.textContent = "";
  $(name).querySelector("input")?.focus();
}

/** @param {string} text */
const note = (text) => ($("note").textContent = text);

/**
 * Whether this token, or without one this browser, is logged in; the login server knows.
 * @param {string | null} token
 */
async function enter(token) {
  const session = await AuthRocket.session(token ? { token } : {});
  if (session.error || !session.token || !session.user) {
    sessionStorage.removeItem(KEPT);
    return show(VIEWS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "login");
  }
  sessionStorage.setItem(KEPT, session.token);
  history.replaceState(null, "", location.pathname);
  $("name").textContent = session.user.name;
  show("account");
}

/**
 * Sends a form and shows what is wrong with it.
 * @param {string} name
 * @param {(form: HTMLFormElement) => Promise<ARResponse>} send
 * @param {(response: ARResponse) => void} then
 */
function onSubmit(name, send, then) {
  const form = /** @type {HTMLFormElement} */ ($(`${name}-form`));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    note("");
    const response = await send(form);
    $(`${name}-errors`).textContent = response.error ?? "";
    if (response.error) return;
    form.reset();
    then(response);
  });
}

/** @param {ARResponse} response */
function loggedIn(response) {
  if (!response.second_factor) return enter(response.token ?? null);
  pending = response.token ?? "";
  show("code");
}

const nothing = () => {};
/** @param {string} name */
const text = (name) => (/** @type {HTMLFormElement} */ form) => String(new FormData(form).get(name));

onSubmit("login", (form) => AuthRocket.authenticate(form, nothing), loggedIn);
onSubmit("code", (form) => AuthRocket.authenticateCode({ token: pending, code: text("code")(form) }, nothing), loggedIn);
onSubmit("signup", (form) => AuthRocket.signup(form, nothing), loggedIn);
onSubmit("forgot", (form) => AuthRocket.forgotPassword(form, nothing), (response) => {
  show("login");
  note(response.message ?? "");
});
onSubmit("password", (form) => {
  const token = sessionStorage.getItem(KEPT);
  return AuthRocket.updatePassword({ ...Object.fromEntries(new FormData(form)), token }, nothing);
}, (response) => note(response.message ?? ""));

$("logout").addEventListener("click", async () => {
  await AuthRocket.logout({ token: sessionStorage.getItem(KEPT) }, nothing);
  sessionStorage.removeItem(KEPT);
  show("login");
  note("You are logged out.");
});

addEventListener("hashchange", () => {
  const view = location.hash.slice(1);
  if (["login", "signup", "forgot"].includes(view)) show(view);
});

// Whoever logs in by another site comes back to this page.
AuthRocket.authProviders({ redirect_uri: location.origin + location.pathname }, ({ collection }) => {
  for (const { name, url } of collection ?? []) {
    const link = Object.assign(document.createElement("a"), { href: url, textContent: `Log in with ${name}` });
    $("providers").appendChild(document.createElement("li")).append(link);
  }
});

// Logins that ended elsewhere (a hosted page, a social provider) come with their token in the address, where it must not
// stay.
const arrived = new URLSearchParams(location.search).get("token");
if (arrived) history.replaceState(null, "", location.pathname + location.hash);
enter(arrived ?? sessionStorage.getItem(KEPT));
