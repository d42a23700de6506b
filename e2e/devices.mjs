// Devices that make one-time codes, as authenticator apps do (RFC 6238).
// @ts-check

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

/** @import { Stage } from "./support.mjs" */

/**
 * What the device shows.
 * @param {string} secret base32
 * @param {number} [steps] of 30 seconds, later or earlier
 */
export function code(secret, steps = 0) {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0"));
  const key = Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", key).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/**
 * Gives a user a device that is in use, in a realm where there was none: its secret. The current code is still unused.
 * @param {Stage} stage
 * @param {string} user_id
 * @returns {Promise<string>}
 */
export async function enrol(stage, user_id) {
  const provider = { auth_provider: { provider_type: "totp" } };
  const made = await stage.api("auth_providers", { method: "POST", body: provider });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const credential = { user_id, auth_provider_id: made.body.id, credential_type: "totp", name: "Phone" };
  const device = await stage.api("credentials", { method: "POST", body: { credential } });
  const secret = device.body.otp_secret;
  const proof = { credential: { code: code(secret, -1) } };
  const verified = await stage.api(`credentials/${device.body.id}/verify`, { method: "POST", body: proof });
  assert.equal(verified.status, 200, JSON.stringify(verified.body));
  return secret;
}
