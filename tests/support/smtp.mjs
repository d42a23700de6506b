// A mail server for one test, by nodemailer's `smtp-server`. It prints what happens as lines of JSON, and ends when its
// input does.
//
//   node smtp.mjs KIND KEY.pem CERTIFICATE.pem
//
// The receiver's name says what becomes of a mail: code-550@… is refused with 550, silence@… is never answered, hangup@…
// loses the connection in the middle of the text; every other is taken.
// @ts-check

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";

const require = createRequire(`${process.env.GANTRY_NODE_MODULES}/`);
const { SMTPServer } = require("smtp-server");
const { SMTPConnection } = require("smtp-server/lib/smtp-connection.js");

const USER = "me@example.com";
const PASSWORD = "p:/#%ä";

const [kind, key, certificate] = process.argv.slice(2);

/** @param {Record<string, unknown>} event */
const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

/** @param {number} code @param {string} text */
const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });

/** What each kind of server does besides or instead of the usual. */
const KINDS = {
  "starttls": {},
  // Takes passwords by the one mechanism that some of the large providers have.
  "tls": { secure: true, authMethods: ["LOGIN"] },
  // Offers to take passwords, and no TLS to take them over; knows ASCII addresses only.
  "clear": { hideSTARTTLS: true, disabledCommands: ["STARTTLS"], allowInsecureAuth: true, hideSMTPUTF8: true },
  // Ends connections that are idle for a moment.
  "impatient": { socketTimeout: 300 },
  // Somebody on the wire puts a reply of their own behind the one that begins TLS.
  "injected": {},
};

const onCommand = SMTPConnection.prototype._onCommand;
SMTPConnection.prototype._onCommand = function (command, callback) {
  const name = String(command).split(/\s/)[0].toUpperCase();
  tell({ event: "command", name, tls: this.secure });
  return onCommand.call(this, command, callback);
};

if (kind === "injected") {
  const send = SMTPConnection.prototype.send;
  SMTPConnection.prototype.send = function (code, data, context) {
    if (code !== 220 || data !== "Ready to start TLS") return send.call(this, code, data, context);
    this._socket.write("220 Ready to start TLS\r\n250-forged\r\n250 AUTH LOGIN\r\n");
  };
}

const start = () => {
  if (kind === "silent") {
    return createServer((socket) => socket.on("error", () => {}));
  }
  const server = new SMTPServer({
    key: readFileSync(key),
    cert: readFileSync(certificate),
    authMethods: ["PLAIN", "LOGIN"],
    authOptional: true,
    closeTimeout: 1,
    ...KINDS[kind],
    onConnect: (_session, done) => {
      tell({ event: "connected" });
      done();
    },
    onAuth: (auth, _session, done) => {
      const right = auth.username === USER && auth.password === PASSWORD;
      // Some servers repeat what they were given.
      const error = refusal(535, `5.7.8 no such login: ${auth.username} ${auth.password}`);
      right ? done(null, { user: auth.username }) : done(error);
    },
    onRcptTo: ({ address }, _session, done) => {
      const code = /^code-(\d{3})@/.exec(address)?.[1];
      if (address.startsWith("silence@")) return;
      done(code ? refusal(Number(code), `${code[0]}.1.1 not here`) : null);
    },
    onData: (stream, session, done) => {
      if (session.envelope.rcptTo.some(({ address }) => address.startsWith("hangup@"))) {
        for (const connection of server.connections) connection._socket.destroy();
        return;
      }
      /** @type {Buffer[]} */
      const chunks = [];
      stream.on("data", (/** @type {Buffer} */ chunk) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const raw = Buffer.concat(chunks).toString("utf8");
        const to = rcptTo.map((/** @type {{ address: string }} */ { address }) => address);
        tell({ event: "mail", from: mailFrom.address, to, tls: session.secure, user: session.user ?? null, raw });
        done(null, "2.6.0 taken");
      });
    },
    onClose: () => tell({ event: "closed" }),
  });
  // Clients that break off are what is tested.
  server.on("error", () => {});
  return server.server;
};

const server = start();
server.listen(0, "127.0.0.1", () => {
  tell({ event: "listening", port: /** @type {import("node:net").AddressInfo} */ (server.address()).port });
});
process.stdin.resume().on("end", () => process.exit());
