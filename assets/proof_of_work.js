// Does the work that a signup is asked for, while the person fills the form: for each piece a number whose SHA-256 with
// the seed begins with so many zero bits. What that means is told in crates/core/src/challenges/work.rs.
// Guarantee: the page stays usable meanwhile, and a form sent too early waits for the work instead of failing.
// @ts-check

/** How long the work goes on before the page may breathe. */
const SLICE_MS = 12;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
const ROUND = new Int32Array(64);
/** The same of the square roots of the first eight (5.3.3). */
const START = new Int32Array(8);
for (let prime = 2, found = 0; found < 64; prime++) {
  let isPrime = true;
  for (let by = 2; by * by <= prime; by++) isPrime &&= prime % by !== 0;
  if (!isPrime) continue;
  const fraction = (/** @type {number} */ root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  if (found < 8) START[found] = fraction(Math.sqrt(prime));
  ROUND[found++] = fraction(Math.cbrt(prime));
}

const words = new Int32Array(64);

/**
 * The first word of the SHA-256 of a short ASCII text.
 * @param {string} text at most 55 characters, so that it fits into one block
 */
function firstWord(text) {
  words.fill(0);
  for (let at = 0; at < text.length; at++) words[at >> 2] |= text.charCodeAt(at) << (24 - 8 * (at & 3));
  words[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  words[15] = 8 * text.length;
  for (let at = 16; at < 64; at++) {
    const x = words[at - 15];
    const y = words[at - 2];
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[at] = (words[at - 16] + low + words[at - 7] + high) | 0;
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let at = 0; at < 64; at++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[at] + words[at]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  return (a + START[0]) | 0;
}

const rest = () => new Promise((resolve) => setTimeout(resolve));

/**
 * @param {string} challenge `EXPIRY.BITS.PIECES.RANDOM.SEED`
 * @returns {Promise<string>} the numbers, with dots in between
 */
export async function solve(challenge) {
  const [, bits, pieces, , seed] = challenge.split(".");
  const numbers = [];
  let breathe = performance.now() + SLICE_MS;
  for (let piece = 0; piece < Number(pieces); piece++) {
    let number = 0;
    while (firstWord(`${seed}.${piece}.${number}`) >>> (32 - Number(bits)) !== 0) {
      if (++number % 512 === 0 && performance.now() > breathe) {
        await rest();
        breathe = performance.now() + SLICE_MS;
      }
    }
    numbers.push(number);
  }
  return numbers.join(".");
}

/**
 * Begins with the first thing that the person does in the form, since many look at a form and leave.
 * @param {HTMLInputElement} challenge
 * @param {HTMLInputElement} solution
 */
function workFor(challenge, solution) {
  const form = challenge.form;
  if (!form) return;
  /** @type {Promise<void> | undefined} */
  let working;
  const begin = () =>
    (working ??= solve(challenge.value).then((numbers) => {
      solution.value = numbers;
    }));
  form.addEventListener("input", begin, { once: true });
  form.addEventListener("submit", (event) => {
    if (solution.value || event.defaultPrevented) return;
    event.preventDefault();
    begin().then(() => form.submit());
  });
}

if (typeof document !== "undefined") {
  const challenge = document.querySelector("input[name=challenge]");
  const solution = document.querySelector("input[name=challenge_solution]");
  if (challenge instanceof HTMLInputElement && solution instanceof HTMLInputElement) workFor(challenge, solution);
}
