// The code that the documents show, and the rules that hold for every line of it.
// Guarantees: a block is found wherever it stands in a Markdown file, and one of an unknown kind is an error.
// @ts-check

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./installation.mjs";

/** @typedef {{ place: string, language: string, text: string }} Code `place` is a file with the line where the block begins. */

/** The languages of blocks, and what is known of each: whether it is a program. */
const LANGUAGES = new Map([
  ["sh", true], ["python", true], ["js", true], ["ruby", true], ["php", true], ["go", true],
  ["console", false], ["html", false], ["http", false], ["json", false], ["text", false], ["toml", false],
]);

/** What files of `examples/` are written in, by their ends. */
const ENDS = new Map([
  [".sh", "sh"], [".py", "python"], [".mjs", "js"], [".js", "js"], [".rb", "ruby"], [".php", "php"], [".go", "go"],
  [".html", "html"], [".css", "text"], [".md", "text"],
]);

/** @param {string} language */
export const isProgram = (language) => LANGUAGES.get(language) === true;

/** Every file of this folder of the repository, by its path from the root. @param {string} folder @returns {string[]} */
function files(folder) {
  const entries = readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name))).sort();
}

/** @param {string} file */
const read = (file) => readFileSync(path.join(ROOT, file), "utf8");

/** The blocks of every Markdown file that people read. @returns {Code[]} */
export function blocks() {
  const documents = [...readdirSync(ROOT), ...files("docs"), ...files("examples")].filter((file) => file.endsWith(".md"));
  return documents.flatMap((file) => blocksOf(read(file), file));
}

/** @param {string} text @param {string} file @returns {Code[]} */
export function blocksOf(text, file) {
  const found = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$/.exec(lines[at]);
    if (!fence) continue;
    const [, indent, marks, language] = fence;
    const place = `${file}:${at + 1}`;
    if (!LANGUAGES.has(language)) throw new Error(`${place}: nothing checks a block in "${language}"`);
    const body = [];
    while (++at < lines.length && lines[at].trim() !== marks) body.push(lines[at].startsWith(indent) ? lines[at].slice(indent.length) : lines[at]);
    if (at === lines.length) throw new Error(`${place}: the block does not end`);
    found.push({ place, language, text: body.join("\n") + "\n" });
  }
  return found;
}

/** The files of `examples/` as code. @returns {Code[]} */
export function examples() {
  return files("examples").map((file) => {
    const language = ENDS.get(path.extname(file));
    if (!language) throw new Error(`${file}: nothing checks such a file`);
    return { place: file, language, text: read(file) };
  });
}

const RESOURCE = "(?:sessions|users|memberships|orgs|realms|credentials|user_tokens|events|app_hooks|auth_providers|login_policies|jwt_keys)";
const ESCAPES = "(?:encodeURIComponent|segment|quote|urllib\\.parse\\.quote|ERB::Util\\.url_encode|rawurlencode|url\\.PathEscape|url\\.QueryEscape)";
/** A value that is joined to an address: `"sessions/" + x`, `"sessions/" . x`, `${x}`, `{x}`, `#{x}`, `$x`, `$(x)`, `%s`. */
const JOINED = new RegExp(`(?:${RESOURCE}/|[?&][a-z_]+=)(?:["'\`]\\s*[+.]\\s*|\\$\\{|#\\{|\\{|\\$\\(|(?=[$%]))(.*)`, "g");
const ESCAPED = new RegExp(`^\\s*${ESCAPES}\\b`);

/**
 * The places where a value goes into an address as it is, so that the value chooses the address.
 * @param {Code} code
 */
export function unescaped({ place, language, text }) {
  if (["text", "json", "toml", "http"].includes(language)) return [];
  return text.split("\n").flatMap((line, at) =>
    [...line.matchAll(JOINED)].filter(([, value]) => !ESCAPED.test(value)).map(() => `${place}, its line ${at + 1}: ${line.trim()}`));
}
