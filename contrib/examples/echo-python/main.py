# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plugin: one JSON-RPC 2.0 request per line on stdin, one answer per line on stdout."""

import json
import re
import sys
from pathlib import Path

DATA = Path("/data")  # writable and kept between runs: the manifest asks for `storage`
METHODS = ["initialize", "echo", "store", "shutdown"]


class RpcError(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def initialize(_params):
    return {"name": "echo-python", "version": "1.0.0", "methods": METHODS}


def store(params):
    """Writes a value to the file /data/KEY and answers what it reads back."""
    if not isinstance(params, dict):
        raise RpcError(-32602, "params must be an object with key and value")
    key, value = params.get("key"), params.get("value")
    if not isinstance(key, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", key):
        raise RpcError(-32602, "key must be 1 to 64 of A-Z a-z 0-9 _ -")
    if not isinstance(value, str):
        raise RpcError(-32602, "value must be a string")
    path = DATA / key
    try:
        path.write_text(value, encoding="utf-8")
        return {"key": key, "value": path.read_text(encoding="utf-8")}
    except (OSError, ValueError) as e:
        raise RpcError(-32000, f"cannot store: {e}") from e


HANDLERS = {
    "initialize": initialize,
    "echo": lambda params: params,
    "store": store,
    "shutdown": lambda _params: None,
}


def answer(line):
    """Returns the reply to one line, or None for a notification; and the method's name."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        error = {"code": -32700, "message": "Parse error"}
        return {"jsonrpc": "2.0", "id": None, "error": error}, ""
    reply = {"jsonrpc": "2.0", "id": request.get("id") if isinstance(request, dict) else None}
    method = request.get("method") if isinstance(request, dict) else None
    if not isinstance(method, str):
        return {**reply, "error": {"code": -32600, "message": "Invalid Request"}}, ""
    try:
        if method not in HANDLERS:
            raise RpcError(-32601, "Method not found")
        reply["result"] = HANDLERS[method](request.get("params"))
    except RpcError as e:
        reply["error"] = {"code": e.code, "message": str(e)}
    return (reply if "id" in request else None), method


def main():
    for line in sys.stdin.buffer:
        reply, method = answer(line)
        if reply is not None:
            sys.stdout.write(json.dumps(reply, separators=(",", ":")) + "\n")
            sys.stdout.flush()
        if method == "shutdown":
            break


if __name__ == "__main__":
    main()
