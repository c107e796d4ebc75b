#!/usr/bin/env python3
"""Sends requests over one connection to a Unix socket, as whoever runs it, and writes the answers.

    send_requests.py SOCKET < REQUESTS > ANSWERS

A line of REQUESTS is a JSON array: method, path, purpose or null, body or null, token or null. A line
of ANSWERS is the status, a tab and the body, without its request id.
"""

import json
import re
import socket
import sys

# As many are under way at once; the daemon answers them in order.
WINDOW = 16
REQUEST_ID = re.compile(rb',"requestId":"[^"]*"')


def encoded(method, path, purpose=None, body=None, token=None):
    head = [f"{method} {path} HTTP/1.1", "Host: vault"]
    if purpose is not None:
        head.append(f"Aitta-Purpose: {purpose}")
    if token is not None:
        head.append(f"Authorization: Bearer {token}")
    content = b""
    if body is not None:
        content = body.encode()
        head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


def answer(stream):
    status = stream.readline().split()[1]
    length = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status + b"\t" + REQUEST_ID.sub(b"", stream.read(length)) + b"\n"


def main():
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(60)
    connection.connect(sys.argv[1])
    stream = connection.makefile("rb")
    requests = [encoded(*json.loads(line)) for line in sys.stdin]
    for first in range(0, len(requests), WINDOW):
        window = requests[first : first + WINDOW]
        connection.sendall(b"".join(window))
        for _ in window:
            sys.stdout.buffer.write(answer(stream))


if __name__ == "__main__":
    main()
