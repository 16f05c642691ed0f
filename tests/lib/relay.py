#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stands between a client and a D-Bus server, and changes what they say.

    relay.py LISTEN SERVER [REGEXP=TEXT...]

Each REGEXP, over bytes and with $ for the end of what came in one piece, is replaced in both
directions. Lengths stand in the messages: what is put in the place of something is as long.
"""
import re
import socket
import sys
import threading

listen_at, server, *changes = sys.argv[1:]
CHANGES = [(re.compile(pattern.encode(), re.DOTALL), text.encode().replace(rb"\0", b"\0"))
           for pattern, _, text in (change.partition("=") for change in changes)]


def carry(source, sink):
    while data := source.recv(1 << 20):
        for pattern, text in CHANGES:
            changed = pattern.sub(text, data)
            assert len(changed) == len(data), (pattern, data)
            data = changed
        sink.sendall(data)
    sink.shutdown(socket.SHUT_WR)


with socket.socket(socket.AF_UNIX) as door:
    # the client asks who listens here, and takes no other user
    door.bind(listen_at)
    door.listen()
    while True:
        client, _ = door.accept()
        bus = socket.socket(socket.AF_UNIX)
        bus.connect(server)
        for ends in ((client, bus), (bus, client)):
            threading.Thread(target=carry, args=ends, daemon=True).start()
