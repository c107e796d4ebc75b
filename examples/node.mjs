#!/usr/bin/env node
// The life of a customer's record, from Node over the vault's socket; no package.
//
// Who calls is known from the user that runs this; grants say what that user may do. Here the user
// needs the roles checkout, customer-service and dpo, and the vault must accept artificial
// henkilötunnus (identifiers.acceptArtificialHenkilotunnus), since this one belongs to nobody.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import http from "node:http";

const socketPath = process.env.AITTA_SOCKET || "/run/aitta/aitta.sock";
const HENKILOTUNNUS = "010190-900P";

/** The vault refused: `code` says why and never changes; programs decide by it alone. */
class VaultError extends Error {
  constructor(problem) {
    super(`${problem.code}: ${problem.title}`);
    this.code = problem.code;
  }
}

/** Speaks to the vault for one purpose. Values travel in bodies, never in a path: paths get logged. */
class Vault {
  // One connection, kept open from request to request.
  #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  constructor(purpose) {
    this.purpose = purpose;
  }

  call(method, path, body, headers = {}) {
    const content = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = http.request({
        agent: this.#agent,
        socketPath,
        method,
        path,
        timeout: 30_000,
        headers: {
          "Aitta-Purpose": this.purpose,
          ...(content === undefined
            ? {}
            : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(content) }),
          ...headers,
        },
      });
      request.on("timeout", () => request.destroy(new Error("the vault did not answer in time")));
      request.on("error", reject);
      request.on("response", async (answer) => {
        try {
          const parts = [];
          for await (const part of answer) parts.push(part);
          const value = JSON.parse(Buffer.concat(parts).toString("utf8"));
          if (answer.statusCode >= 400) throw new VaultError(value);
          resolve(value);
        } catch (error) {
          reject(error);
        }
      });
      request.end(content);
    });
  }

  close() {
    this.#agent.destroy();
  }
}

const show = (what, value) => console.log(what.padEnd(8), JSON.stringify(value));

const shop = new Vault("order");
const service = new Vault("customer-service");
const rights = new Vault("data-subject-rights");

const person = {
  kind: "person",
  reference: "EXAMPLE-NODE-1",
  source: "subject",
  fields: {
    name: { given: "Aino", family: "Korhonen" },
    henkilotunnus: HENKILOTUNNUS,
    email: "aino@example.fi",
    phone: "+358 40 123 4567",
  },
};

try {
  // With a key of its own, a request may be repeated until it is answered: it is carried out once.
  const key = { "Idempotency-Key": randomUUID() };
  const record = await shop.call("POST", "/v1/records", person, key);
  assert.deepEqual(await shop.call("POST", "/v1/records", person, key), record);
  show("created", record);
  const path = `/v1/records/${record.id}`;

  try {
    const shown = await service.call("GET", `${path}?fields=name,henkilotunnus&view=masked`);
    show("read", shown.fields);
    const query = { field: "phone", value: "040 1234567", fields: ["name"] };
    show("found", (await service.call("POST", "/v1/search", query)).matches);

    // Who calls says the number; whether it is the right one the vault tells, and not what it is.
    const claim = { field: "henkilotunnus", value: HENKILOTUNNUS };
    show("verified", await service.call("POST", `${path}/verify`, claim));

    // If another has changed the record since, this is refused with `version_mismatch`.
    const change = { fields: { phone: "+358 50 765 4321" } };
    const version = { "If-Match": `"${record.version}"` };
    show("updated", await service.call("PATCH", path, change, version));
  } finally {
    const certificate = await rights.call("POST", `${path}/erasure`, { reason: "erasure-request" });
    show("erased", certificate.record);
  }

  const refusal = await service.call("GET", path).catch((error) => error);
  show("after", String(refusal.message));
  assert.equal(refusal.code, "erased", "the record is still there");
} finally {
  for (const vault of [shop, service, rights]) vault.close();
}
