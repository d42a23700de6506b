// Sites of an app's own, on other origins than the login server: files from memory, the same at every host name.
// @ts-check

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".svg", "image/svg+xml"],
]);

/** A web server for some files. */
export class Site {
  /** @type {import("node:http").Server} */
  #server;
  /** @type {Record<string, string>} */
  #headers;
  /** @type {Map<string, string>} */
  #files;

  /**
   * @param {Map<string, string>} files by path, `/` being one
   * @param {Record<string, string>} headers sent with each
   */
  constructor(files, headers = {}) {
    this.#headers = headers;
    this.#files = files;
    this.#server = createServer((request, response) => {
      const asked = new URL(request.url ?? "/", "http://site.invalid").pathname;
      const text = files.get(asked);
      const type = TYPES.get(path.extname(asked)) ?? "text/html; charset=utf-8";
      response.writeHead(text === undefined ? 404 : 200, { "Content-Type": type, ...this.#headers });
      response.end(text ?? "");
    });
  }

  /**
   * Files of the repository's folder, with this login server in place of the one that they name.
   * @param {string} folder
   * @param {string} loginUrl
   */
  static async ofFolder(folder, loginUrl) {
    const root = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
    const files = new Map();
    for (const name of await readdir(root)) {
      const text = await readFile(path.join(root, name), "utf8");
      files.set(`/${name}`, text.replaceAll("http://demo.localhost:8000", new URL(loginUrl).origin));
    }
    files.set("/", files.get("/index.html"));
    return new Site(files);
  }

  /** Another file from now on. @param {string} path @param {string} text */
  put(path, text) {
    this.#files.set(path, text);
  }

  /** More headers from now on. @param {Record<string, string>} headers */
  send(headers) {
    Object.assign(this.#headers, headers);
  }

  /** @returns {Promise<void>} */
  open() {
    return new Promise((ready, failed) => {
      this.#server.once("error", failed);
      this.#server.listen(0, "127.0.0.1", ready);
    });
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((closed) => this.#server.close(closed));
  }

  /**
   * Its origin at this host, which browsers find on this machine.
   * @param {string} host ends in `localhost`
   */
  at(host) {
    const address = this.#server.address();
    assert.ok(address && typeof address === "object");
    return `http://${host}:${address.port}`;
  }
}
