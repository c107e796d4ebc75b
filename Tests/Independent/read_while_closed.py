#!/usr/bin/env python3
"""Reads a record over and over on one connection while that is closed to the reader on another.

    read_while_closed.py SOCKET < CASE

CASE is a JSON object: `uid`, `purpose`, `path` and perhaps `token` of who reads; `closing`, the request
that ends it: an array of method, path, purpose or null, body or null; `secret`, which the reader may see
until then. Run by an administrator as root. It connects as `uid`, keeps many requests under way, closes
as itself, and tells what the reader was answered before the closing was acknowledged and after: how
often with which status, and whether with the secret. What had left the daemon by then counts as before.
"""

import json
import os
import select
import socket
import sys

BEFORE, UNDER_WAY, AFTER = 300, 64, 300


def connect(path, uid):
    # The kernel notes who has connected (SO_PEERCRED).
    os.setegid(uid)
    os.seteuid(uid)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    os.seteuid(0)
    os.setegid(0)
    return connection


def encoded(method, path, purpose=None, body=None, token=None):
    head = [f"{method} {path} HTTP/1.1", "Host: v"]
    if purpose is not None:
        head.append(f"Aitta-Purpose: {purpose}")
    if token is not None:
        head.append(f"Authorization: Bearer {token}")
    content = (body or "").encode()
    if body is not None:
        head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


class Answers:
    """What a connection was answered with: the statuses, and whether the secret was shown."""

    def __init__(self, connection, secret=None):
        self.connection = connection
        self.secret = secret and secret.encode()
        self.rest = b""
        self.statuses = []

    def read(self, wait=True):
        """Takes what has come; answers whether anything had."""
        try:
            part = self.connection.recv(1 << 20, 0 if wait else socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        if not part:
            sys.exit("the daemon ended the connection")
        self.rest += part
        while (end := self.rest.find(b"\r\n\r\n")) >= 0:
            head = self.rest[:end].lower()
            start = head.index(b"content-length:") + len(b"content-length:")
            length = int(head[start:].split(b"\r\n")[0])
            if len(self.rest) < end + 4 + length:
                break
            body = self.rest[end + 4 : end + 4 + length]
            shown = " shown" if self.secret and self.secret in body else ""
            self.statuses.append(head.split()[1].decode() + shown)
            self.rest = self.rest[end + 4 + length :]
        return True


def main():
    case = json.load(sys.stdin)
    reader, admin = connect(sys.argv[1], case["uid"]), connect(sys.argv[1], 0)
    reads, closing = Answers(reader, case["secret"]), Answers(admin)
    request = encoded("GET", case["path"], case["purpose"], token=case.get("token"))
    sent = 0
    acknowledged = None
    while acknowledged is None or len(reads.statuses) < acknowledged + AFTER:
        while sent < len(reads.statuses) + UNDER_WAY:
            reader.sendall(request)
            sent += 1
        if len(reads.statuses) >= BEFORE and not closing.statuses:
            admin.sendall(encoded(*case["closing"]))
            while not closing.statuses:
                readable, _, _ = select.select([reader, admin], [], [])
                if admin in readable:
                    closing.read()
                elif reader in readable:
                    reads.read()
            while reads.read(wait=False):
                pass
            # One that has come in part left before, and is whole once its rest is read.
            acknowledged = len(reads.statuses) + (1 if reads.rest else 0)
        else:
            reads.read()
    print(f"closing {closing.statuses[0]}")
    for name, statuses in [
        ("before", reads.statuses[:acknowledged]),
        ("after", reads.statuses[acknowledged:]),
    ]:
        for status in sorted(set(statuses)):
            print(f"{name} {status} {statuses.count(status)}")


if __name__ == "__main__":
    main()
