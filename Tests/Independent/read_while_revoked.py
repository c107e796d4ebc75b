#!/usr/bin/env python3
"""Reads a record over and over on one connection while the grant to do so is revoked on another.

    read_while_revoked.py SOCKET UID PURPOSE RECORD GRANT

Run by an administrator as root. It connects as UID, keeps many requests under way, revokes GRANT as
itself, and tells what UID was answered: how often data before the revocation was acknowledged, and
what after. Data that had left the daemon by then counts as before.
"""

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


class Answers:
    """The statuses that a connection was answered with."""

    def __init__(self, connection):
        self.connection = connection
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
            self.statuses.append(int(head.split()[1]))
            self.rest = self.rest[end + 4 + length :]
        return True


def main():
    path, uid, purpose, record, grant = sys.argv[1:]
    reader, admin = connect(path, int(uid)), connect(path, 0)
    reads, revocation = Answers(reader), Answers(admin)
    request = f"GET /v1/records/{record} HTTP/1.1\r\nHost: v\r\nAitta-Purpose: {purpose}\r\n\r\n"
    sent = 0
    acknowledged = None
    while acknowledged is None or len(reads.statuses) < acknowledged + AFTER:
        while sent < len(reads.statuses) + UNDER_WAY:
            reader.sendall(request.encode())
            sent += 1
        if len(reads.statuses) >= BEFORE and not revocation.statuses:
            admin.sendall(f"DELETE /v1/grants/{grant} HTTP/1.1\r\nHost: v\r\n\r\n".encode())
            while not revocation.statuses:
                readable, _, _ = select.select([reader, admin], [], [])
                if admin in readable:
                    revocation.read()
                elif reader in readable:
                    reads.read()
            while reads.read(wait=False):
                pass
            # One that has come in part left before, and is whole once its rest is read.
            acknowledged = len(reads.statuses) + (1 if reads.rest else 0)
        else:
            reads.read()
    print(f"revocation {revocation.statuses[0]}")
    for name, statuses in [
        ("before", reads.statuses[:acknowledged]),
        ("after", reads.statuses[acknowledged:]),
    ]:
        for status in sorted(set(statuses)):
            print(f"{name} {status} {statuses.count(status)}")


if __name__ == "__main__":
    main()
