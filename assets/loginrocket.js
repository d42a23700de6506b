// What the hosted pages gain from a script: a button that shows the password, a caps-lock notice, how good a new
// password is, and no double submit.
// Guarantee: without this file every page still works; all words come from the page, so a translated page needs no other script.
// @ts-check

/** How long a form stays locked if the browser never leaves the page (the person pressed Stop, the network died). */
const LOCK_MS = 10_000;

/** How long nothing is typed before a password is looked at. */
const STILL_MS = 400;

/**
 * Brings the Show/Hide button of one password field to life.
 * @param {HTMLButtonElement} button its two children are the words for Show and for Hide
 * @param {HTMLInputElement} input
 */
function revealing(button, input) {
  const [show, hide] = button.children;
  /** @param {boolean} visible */
  const set = (visible) => {
    input.type = visible ? "text" : "password";
    show.toggleAttribute("hidden", visible);
    hide.toggleAttribute("hidden", !visible);
  };
  button.addEventListener("click", () => set(input.type === "password"));
  // Browsers remember what is typed into text fields, so it must be a password again before it is sent.
  input.form?.addEventListener("submit", () => set(false));
  button.hidden = false;
}

/**
 * Tells the person that Caps Lock is on while a password is typed.
 * @param {HTMLInputElement} input
 * @param {HTMLElement} notice a live region with its words in `data-caps`
 */
function watchCapsLock(input, notice) {
  /** @param {Event} event password managers send key events that are not KeyboardEvents */
  const look = (event) => {
    if (!(event instanceof KeyboardEvent)) return;
    const words = event.getModifierState("CapsLock") ? (notice.dataset.caps ?? "") : "";
    if (notice.textContent !== words) notice.textContent = words;
  };
  input.addEventListener("keydown", look);
  input.addEventListener("keyup", look);
  input.addEventListener("blur", () => (notice.textContent = ""));
}

/**
 * Says what the rules think of a new password while it is typed.
 * @param {HTMLInputElement} input
 * @param {HTMLElement} notice a live region with the address to ask in `data-ask`
 */
function tellStrength(input, notice) {
  const { form } = input;
  if (!form) return;
  // Not the page's own query: the address of a reset link holds its token.
  const address = `${notice.dataset.ask}?locale=${document.documentElement.lang}`;
  let timer = 0;
  let asked = 0;
  /** @param {string} text @param {number | null} score none where a rule is broken */
  const say = (text, score) => {
    notice.textContent = text;
    notice.dataset.score = String(score ?? 0);
  };
  const ask = async () => {
    const mine = ++asked;
    const sent = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") sent.append(name, value);
    try {
      const answer = await fetch(address, { method: "POST", body: sent });
      const { text, score } = answer.ok ? await answer.json() : { text: "", score: null };
      if (mine === asked && input.value) say(text, score);
    } catch {
      // Without an answer the form still tells, once it is sent.
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value) timer = setTimeout(ask, STILL_MS);
    else say("", null);
  });
}

/**
 * Lets a form be sent once. The button keeps its focus and stays in the tab order.
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button its busy words are in `data-busy`
 */
function sendOnce(form, button) {
  const words = button.textContent;
  let timer = 0;
  const unlock = () => {
    clearTimeout(timer);
    timer = 0;
    button.textContent = words;
    button.removeAttribute("aria-disabled");
  };
  form.addEventListener("submit", (event) => {
    if (timer) return event.preventDefault();
    timer = setTimeout(unlock, LOCK_MS);
    button.textContent = button.dataset.busy ?? words;
    button.setAttribute("aria-disabled", "true");
  });
  // Coming back with the Back button shows the page as it was left.
  addEventListener("pageshow", unlock);
}

for (const button of document.querySelectorAll("button.reveal")) {
  const input = button.parentElement?.querySelector("input");
  const notice = button.closest(".field")?.querySelector(".caps");
  if (button instanceof HTMLButtonElement && input) revealing(button, input);
  if (input && notice instanceof HTMLElement) watchCapsLock(input, notice);
  const strength = button.closest(".field")?.querySelector(".strength");
  if (input && strength instanceof HTMLElement && input.name === "password") tellStrength(input, strength);
}
for (const form of document.forms) {
  const button = form.querySelector("button[type=submit]");
  if (button instanceof HTMLButtonElement) sendOnce(form, button);
}
