#!/usr/bin/env python3
"""Runs a program on a terminal and types a line of standard input at each prompt (": "). Prints all
that the terminal showed, and ends as the program does."""

import os
import pty
import sys

lines = sys.stdin.buffer.read().splitlines()
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown = answered = b""
while True:
    try:
        some = os.read(terminal, 4096)
    except OSError:
        break
    if not some:
        break
    shown += some
    if shown.endswith(b": ") and shown != answered and lines:
        answered = shown
        os.write(terminal, lines.pop(0) + b"\n")
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
