#!/usr/bin/env python3
"""Does to a stopped vault's audit log what whoever can write its files could do (docs/FORMAT.md).

    tamper_log.py STATE flip|forge|drop|reorder|backdate|truncate NUMBER

flip changes a byte of entry NUMBER and leaves its hash; forge and backdate make its hash anew; drop
takes the entry's row out; reorder swaps the entry with the next; truncate drops all from NUMBER on.
"""

import hashlib
import os
import sqlite3
import sys

TABLES = [("vault.db", "audit"), ("access.db", "accesses")]


def rows(state):
    for name, table in TABLES:
        database = sqlite3.connect(os.path.join(state, name))
        for first, count, hashes, entries in database.execute(
            f"SELECT first, count, hashes, entries FROM {table}"
        ):
            bodies, offset = [], 0
            while offset < len(entries):
                length = int.from_bytes(entries[offset : offset + 4], "little")
                bodies.append(bytearray(entries[offset + 4 : offset + 4 + length]))
                offset += 4 + length
            leaves = [hashes[place : place + 32] for place in range(0, len(hashes), 32)]
            yield database, table, first, bodies, leaves


def write(database, table, first, bodies, leaves):
    joined = b"".join(len(body).to_bytes(4, "little") + body for body in bodies)
    database.execute(
        f"UPDATE {table} SET count = ?, hashes = ?, entries = ? WHERE first = ?",
        (len(bodies), b"".join(leaves), joined, first),
    )
    database.commit()


def leaf(body):
    return hashlib.sha256(b"\0" + bytes(body)).digest()


def find(state, number):
    for database, table, first, bodies, leaves in rows(state):
        if first <= number < first + len(bodies):
            return database, table, first, bodies, leaves
    sys.exit(f"there is no entry {number}")


def main():
    state, how, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if how == "truncate":
        for database, table, first, bodies, leaves in list(rows(state)):
            keep = max(0, number - first)
            if keep == 0:
                database.execute(f"DELETE FROM {table} WHERE first = ?", (first,))
                database.commit()
            elif keep < len(bodies):
                write(database, table, first, bodies[:keep], leaves[:keep])
        return
    database, table, first, bodies, leaves = find(state, number)
    place = number - first
    if how == "drop":
        database.execute(f"DELETE FROM {table} WHERE first = ?", (first,))
        database.commit()
        return
    if how == "reorder":
        other = find(state, number + 1)
        if other[2] == first:
            bodies[place], bodies[place + 1] = bodies[place + 1], bodies[place]
            leaves[place], leaves[place + 1] = leaves[place + 1], leaves[place]
        else:
            bodies[place], other[3][0] = other[3][0], bodies[place]
            leaves[place], other[4][0] = other[4][0], leaves[place]
            write(*other)
    elif how == "backdate":
        time = int.from_bytes(bodies[place][1:9], "little") - 86_400_000
        bodies[place][1:9] = time.to_bytes(8, "little")
        leaves[place] = leaf(bodies[place])
    else:
        # The last byte of the uid: the entry still reads well, and names somebody else.
        bodies[place][12] ^= 1
        if how == "forge":
            leaves[place] = leaf(bodies[place])
    write(database, table, first, bodies, leaves)


main()
