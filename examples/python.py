#!/usr/bin/env python3
"""The life of a customer's record, from Python over the vault's socket; standard library only.

Who calls is known from the user that runs this; grants say what that user may do. Here the user
needs the roles checkout, customer-service and dpo.
"""

import http.client
import json
import os
import socket
import sys
import uuid

SOCKET = os.environ.get("AITTA_SOCKET", "/run/aitta/aitta.sock")


class VaultError(Exception):
    """The vault refused: `code` says why and never changes; programs decide by it alone."""

    def __init__(self, problem):
        super().__init__(f"{problem['code']}: {problem['title']}")
        self.code = problem["code"]


class Vault(http.client.HTTPConnection):
    """One connection to the vault, for one purpose."""

    def __init__(self, path, purpose):
        super().__init__("localhost", timeout=30)
        self.path = path
        self.purpose = purpose

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)

    def call(self, method, path, body=None, **headers):
        headers |= {"Aitta-Purpose": self.purpose, "Content-Type": "application/json"}
        self.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self.getresponse()
        content = json.load(answer)
        if answer.status >= 400:
            raise VaultError(content)
        return content


def main():
    shop = Vault(SOCKET, "order")
    service = Vault(SOCKET, "customer-service")
    rights = Vault(SOCKET, "data-subject-rights")

    person = {
        "kind": "person",
        "reference": "EXAMPLE-PYTHON-1",
        "source": "subject",
        "fields": {
            "name": {"given": "Aino", "family": "Korhonen"},
            "email": "aino@example.fi",
            "phone": "+358 40 123 4567",
        },
    }
    # With a key of its own, a request may be repeated until it is answered: it is carried out once.
    key = {"Idempotency-Key": str(uuid.uuid4())}
    record = shop.call("POST", "/v1/records", person, **key)
    assert shop.call("POST", "/v1/records", person, **key) == record
    print("created ", record)
    path = f"/v1/records/{record['id']}"

    print("read    ", service.call("GET", path + "?fields=name,email")["fields"])
    query = {"field": "phone", "value": "040 1234567", "fields": ["name"]}
    print("found   ", service.call("POST", "/v1/search", query)["matches"])

    # If another has changed the record since, this is refused with `version_mismatch`.
    change = {"fields": {"phone": "+358 50 765 4321"}}
    version = {"If-Match": f'"{record["version"]}"'}
    print("updated ", service.call("PATCH", path, change, **version))

    certificate = rights.call("POST", path + "/erasure", {"reason": "erasure-request"})
    print("erased  ", certificate["record"])
    try:
        service.call("GET", path)
    except VaultError as error:
        print("after   ", error)
        if error.code == "erased":
            return
    sys.exit("the record is still there")


main()
