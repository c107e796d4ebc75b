#!/usr/bin/env python3
"""Sends requests to a Unix socket, as whoever runs it, and writes the answers.

    send_requests.py SOCKET [CONNECTIONS] < REQUESTS > ANSWERS

A line of REQUESTS is a JSON array: method, path, purpose or null, body or null, token or null and, if
there are any, further headers as an object. A line of ANSWERS is the status, a tab and the body,
without its request id. With several connections, the requests are dealt to them in turn, and all
connections begin at once; the answers are in the order of the requests in any case.
"""

import json
import re
import socket
import sys
import threading

# As many are under way at once on a connection; the daemon answers them in order.
WINDOW = 16
REQUEST_ID = re.compile(rb',"requestId":"[^"]*"')


def encoded(method, path, purpose=None, body=None, token=None, headers=None):
    head = [f"{method} {path} HTTP/1.1", "Host: vault"]
    if purpose is not None:
        head.append(f"Aitta-Purpose: {purpose}")
    if token is not None:
        head.append(f"Authorization: Bearer {token}")
    head += [f"{name}: {value}" for name, value in (headers or {}).items()]
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
    # An answer is a line, whatever its body is.
    body = REQUEST_ID.sub(b"", stream.read(length)).replace(b"\n", b" ")
    return status + b"\t" + body + b"\n"


def exchange(path, requests, answers, start):
    """Sends the requests over one connection of its own; adds their answers."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(60)
    connection.connect(path)
    stream = connection.makefile("rb")
    start.wait()
    for first in range(0, len(requests), WINDOW):
        window = requests[first : first + WINDOW]
        connection.sendall(b"".join(window))
        for _ in window:
            answers.append(answer(stream))


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    requests = [encoded(*json.loads(line)) for line in sys.stdin]
    answers = [[] for _ in range(count)]
    start = threading.Barrier(count)
    threads = [
        threading.Thread(
            target=exchange, args=(sys.argv[1], requests[place::count], answers[place], start)
        )
        for place in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A connection that ended early leaves too few of them.
    for place in range(len(requests)):
        sys.stdout.buffer.write(answers[place % count][place // count])


if __name__ == "__main__":
    main()
