// Programs of six languages, as documents show them: run with tokens of a stranger's choice.
// Guarantees: each runs in a folder of its own, knows only what an app knows, and is given one minute at most.
// @ts-check

import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT } from "./installation.mjs";

/** @typedef {{ status: number | null, stdout: string, stderr: string }} Ended */
/** @typedef {{ login: unknown[], logout: unknown[] }} Outcome what `login` and `logout` gave for each token */
/** @typedef {{ name: string, file: string, defines: RegExp, checks: string[], driver: string }} Language */

/** One that has the packages which the documents name. */
const PYTHON = process.env.GANTRY_PYTHON ?? "python3";

/**
 * `defines` finds the function `login` in a block; `checks` looks at the syntax of a file; `driver` calls `login` and
 * `logout` for the tokens on the input. What a function throws is no login.
 * @type {Record<string, Language>}
 */
export const LANGUAGES = {
  sh: { name: "sh", file: "block.sh", defines: /\$\{?TOKEN\b/, checks: ["sh", "-n"], driver: "" },
  python: {
    name: PYTHON,
    file: "block.py",
    defines: /^def login\(/m,
    checks: [PYTHON, "-m", "py_compile"],
    driver: `
import json as _json, sys as _sys
def _each(name, tokens):
    for token in tokens:
        try:
            yield globals()[name](token)
        except Exception as error:
            print(repr(error), file=_sys.stderr)
            yield None
_asked = _json.load(_sys.stdin)
print(_json.dumps({name: list(_each(name, tokens)) for name, tokens in _asked.items()}))
`,
  },
  js: {
    name: "node",
    file: "block.mjs",
    defines: /function login\(/,
    checks: ["node", "--check"],
    driver: `
const asked = JSON.parse(await new Response((await import("node:stream")).Readable.toWeb(process.stdin)).text());
const outcome = { login: [], logout: [] };
const named = { login, logout: typeof logout === "undefined" ? () => null : logout };
for (const name of ["login", "logout"])
  for (const token of asked[name] ?? []) {
    try { outcome[name].push(await named[name](token) ?? null); } catch (error) { console.error(error); outcome[name].push(null); }
  }
console.log(JSON.stringify(outcome));
`,
  },
  ruby: {
    name: "ruby",
    file: "block.rb",
    defines: /^def login\(/m,
    checks: ["ruby", "-c"],
    driver: `
asked = JSON.parse($stdin.read)
outcome = asked.to_h do |name, tokens|
  [name, tokens.map { |token| begin; method(name).call(token); rescue StandardError => e; warn e.inspect; nil; end }]
end
puts JSON.generate(outcome.transform_values { |all| all.map { |one| one.is_a?(Net::HTTPResponse) ? nil : one } })
`,
  },
  php: {
    name: "php",
    file: "block.php",
    defines: /^function login\(/m,
    checks: ["php", "-l"],
    driver: `
$outcome = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $name => $tokens) {
    foreach ($tokens as $token) {
        try { $outcome[$name][] = $name($token); } catch (Throwable $error) { fwrite(STDERR, $error . "\\n"); $outcome[$name][] = null; }
    }
}
echo json_encode($outcome);
`,
  },
  go: {
    name: "go",
    file: "block.go",
    defines: /^func login\(/m,
    checks: ["gofmt", "-e", "-l"],
    driver: `package main

import (
	"encoding/json"
	"os"
)

func main() {
	var asked map[string][]string
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	outcome := map[string][]any{}
	for _, token := range asked["login"] {
		outcome["login"] = append(outcome["login"], login(token))
	}
	for _, token := range asked["logout"] {
		logout(token)
		outcome["logout"] = append(outcome["logout"], nil)
	}
	if err := json.NewEncoder(os.Stdout).Encode(outcome); err != nil {
		panic(err)
	}
}
`,
  },
};

/**
 * Runs a program to its end.
 * @param {string[]} words
 * @param {{ env?: Record<string, string>, cwd?: string, input?: string }} [how]
 * @returns {Promise<Ended>}
 */
export function program(words, { env = { PATH: process.env.PATH ?? "" }, cwd, input = "" } = {}) {
  return new Promise((done, failed) => {
    const options = { env, cwd, timeout: 60_000, maxBuffer: 1 << 26 };
    const child = execFile(words[0], words.slice(1), options, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") return failed(error);
      done({ status: child.exitCode, stdout, stderr });
    });
    // A program that reads no input may be gone before it is written.
    child.stdin?.on("error", () => {}).end(input);
  });
}

/** Whether the language is on this machine. @param {string} language */
export async function isInstalled(language) {
  const { name } = LANGUAGES[language];
  return program(["sh", "-c", `command -v ${name}`]).then(({ status }) => status === 0);
}

/** What Go needs where it has no home, and finds again at the next run. */
const GO = { GOCACHE: path.join(ROOT, "target/go"), GO111MODULE: "off" };

/**
 * The words that run a file, which is built first where its language wants that.
 * @param {string} language
 * @param {string} file
 */
export async function runnable(language, file) {
  const { name } = LANGUAGES[language];
  if (language !== "go") return [name, file];
  const built = path.join(GO.GOCACHE, path.basename(file, ".go"));
  const { status, stderr } = await program([name, "build", "-o", built, file], { env: { PATH: process.env.PATH ?? "", ...GO } });
  if (status !== 0) throw new Error(stderr);
  return [built];
}

/**
 * A folder for the time of `work`.
 * @template T
 * @param {(folder: string) => Promise<T>} work
 */
export async function inFolder(work) {
  const folder = await mkdtemp(path.join(tmpdir(), "gantry-blocks-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Fails for code that its own language does not read.
 * @param {string} language
 * @param {string} text
 */
export async function syntax(language, text) {
  const { file, checks } = LANGUAGES[language];
  const { status, stderr } = await inFolder(async (folder) => {
    await writeFile(path.join(folder, file), text);
    return program([...checks, file], { cwd: folder });
  });
  if (status !== 0) throw new Error(stderr);
}

/**
 * Calls the `login` and `logout` of a block, or runs a block of shell once for each token as `$TOKEN`.
 * @param {{ language: string, text: string }} code
 * @param {{ login: string[], logout?: string[] }} tokens
 * @param {Record<string, string>} env
 * @returns {Promise<Outcome>}
 */
export function drive({ language, text }, tokens, env) {
  return inFolder(async (folder) => {
    if (language === "sh") return driveShell(text, tokens.login, { env, cwd: folder });
    const { name, file, driver } = LANGUAGES[language];
    const go = language === "go";
    await writeFile(path.join(folder, file), go ? text : text + driver);
    if (go) await writeFile(path.join(folder, "driver.go"), driver);
    // Where packages of npm are found.
    if (language === "js") await symlink(path.join(ROOT, "e2e/node_modules"), path.join(folder, "node_modules"));
    const words = go ? [name, "run", file, "driver.go"] : [name, file];
    const ended = await program(words, { env: { ...env, ...GO }, cwd: folder, input: JSON.stringify(tokens) });
    if (ended.status !== 0) throw new Error(`${words.join(" ")}: ${ended.stderr}`);
    return JSON.parse(ended.stdout);
  });
}

/**
 * @param {string} text
 * @param {string[]} tokens
 * @param {{ env: Record<string, string>, cwd: string }} how
 * @returns {Promise<Outcome>}
 */
async function driveShell(text, tokens, how) {
  const login = [];
  for (const token of tokens) {
    // The environment holds no NUL, so no shell can get such a token.
    const ended = token.includes("\0") ? null : await program(["sh", "-c", text], { ...how, env: { ...how.env, TOKEN: token } });
    login.push(ended?.status === 0 && ended.stdout !== "" ? ended.stdout : null);
  }
  return { login, logout: [] };
}
