# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs plugins in a plugbox sandbox from a Python program.

One call, one answer::

    runner = SandboxRunner(plugins_dir="/srv/plugins", options=["--allow", "storage"])
    result = runner.run("weather", {"city": "Oslo"}, budget_ms=2000)
    if result.ok:
        print(result.stdout)
    else:
        print(result.error, result.stderr_text)

A plugin that stays and speaks newline-delimited JSON-RPC 2.0::

    with runner.session("weather") as plugin:
        print(plugin.call("forecast", {"city": "Oslo"}, timeout=5))

Needs nothing but the standard library and the plugbox binary. What happened inside is taken from
plugbox's status stream, see plugbox-status(7), and never guessed from the exit code.
"""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from pathlib import Path
from typing import (
    Any, BinaryIO, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union,
)

__all__ = [
    "Denial",
    "JsonRpcError",
    "JsonRpcSession",
    "PluginExited",
    "SandboxError",
    "SandboxResult",
    "SandboxRunner",
    "SessionClosed",
    "UnknownPlugin",
]

__version__ = "0.1.0"

StrPath = Union[str, "os.PathLike[str]"]

_PLUGIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CHUNK = 65536
_MAX_STATUS_LINE = 1 << 20
_MAX_DENIALS = 1000
# What plugbox may take beyond the budget to start, and to end what does not want to end.
_OVERTIME = 15.0


class UnknownPlugin(LookupError):
    """No bundle is known under that plugin id."""


@dataclass(frozen=True)
class Denial:
    """A system call the sandbox refused, and the permission that would allow it, if any does."""

    call: str
    remedy: Optional[str] = None
    count: int = 1
    pid: Optional[int] = None
    errno: Optional[str] = None

    @classmethod
    def _of(cls, event: Dict[str, Any]) -> "Denial":
        return cls(
            str(event.get("call")),
            event.get("remedy"),
            event.get("count", 1),
            event.get("pid"),
            event.get("errno"),
        )


@dataclass(frozen=True)
class SandboxError:
    """Why there is no result, or what the plugin was refused on its way.

    ``outcome`` is plugbox's: ``setup-failed``, ``refused``, ``not-found``, ``not-executable`` and
    ``usage`` mean that the plugin never ran; ``timeout``, ``oom`` and ``limit`` that it was ended;
    ``exited`` and ``signaled`` that it ran but was denied something, see ``denials``. This module
    adds ``timeout`` and ``limit`` of its own, and ``protocol`` for a session's plugin that sends
    what is no JSON-RPC.
    """

    outcome: str
    reason: str
    denials: List[Denial] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.outcome}: {self.reason}"


@dataclass(frozen=True)
class SandboxResult:
    """What became of one run."""

    plugin_id: str
    exit_code: int
    stdout: bytes
    stderr: bytes
    #: bytes that were dropped from the front of stderr to keep it within its bound
    stderr_dropped: int
    #: the ``exit`` event of the status stream: usage, limits, layers in force; {} where none came
    metadata: Dict[str, Any]
    error: Optional[SandboxError]

    @property
    def ok(self) -> bool:
        """The plugin ran and ended with code 0, whatever it may have been denied."""
        return self.exit_code == 0 and self.metadata.get("outcome") == "exited"

    @property
    def outcome(self) -> str:
        if self.metadata.get("outcome"):
            return str(self.metadata["outcome"])
        return self.error.outcome if self.error else "unknown"

    @property
    def denials(self) -> List[Denial]:
        return self.error.denials if self.error else []

    @property
    def stderr_text(self) -> str:
        return self.stderr.decode("utf-8", "replace")

    def json(self) -> Any:
        """The plugin's stdout as JSON."""
        return json.loads(self.stdout)


class _Tail:
    """The last bytes of a stream. Not more than twice the bound is ever held."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._data = bytearray()
        self._dropped = 0
        self._lock = threading.Lock()

    def add(self, data: bytes) -> None:
        with self._lock:
            self._data += data
            extra = len(self._data) - self._bound
            if extra > 0:
                del self._data[:extra]
                self._dropped += extra

    def get(self) -> Tuple[bytes, int]:
        with self._lock:
            return bytes(self._data), self._dropped


class _Process:
    """plugbox as a child, with threads that keep its stderr and its status stream flowing."""

    def __init__(
        self,
        plugbox: str,
        arguments: Sequence[str],
        env: Optional[Mapping[str, str]],
        stderr_bound: int,
    ) -> None:
        self.stderr = _Tail(stderr_bound)
        self.exit_event: Dict[str, Any] = {}
        self._denied: Dict[Tuple[Any, Any], Denial] = {}
        status_r, status_w = os.pipe()
        try:
            self.popen = subprocess.Popen(
                [plugbox, "run", "--status-fd", str(status_w), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=None if env is None else dict(env),
                pass_fds=(status_w,),
            )
        except BaseException:
            os.close(status_r)
            raise
        finally:
            os.close(status_w)  # so that the end of plugbox is the end of the stream
        assert self.popen.stdin and self.popen.stdout and self.popen.stderr
        self.stdin, self.stdout = self.popen.stdin, self.popen.stdout
        self._threads = [
            _thread("status", self._read_status, os.fdopen(status_r, "rb")),
            _thread("stderr", self._read_stderr, self.popen.stderr),
        ]

    def _read_stderr(self, stream: BinaryIO) -> None:
        with stream:
            for chunk in iter(lambda: stream.read(_CHUNK), b""):
                self.stderr.add(chunk)

    def _read_status(self, stream: BinaryIO) -> None:
        with stream:
            for line in iter(lambda: stream.readline(_MAX_STATUS_LINE), b""):
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if isinstance(event, dict):
                    self._take(event)

    def _take(self, event: Dict[str, Any]) -> None:
        if event.get("event") == "exit":
            self.exit_event = event
        elif event.get("event") == "denied" and len(self._denied) < _MAX_DENIALS:
            # One call is told again as its count grows.
            key = event.get("call"), event.get("family"), event.get("path")
            self._denied[key] = Denial._of(event)

    def denials(self) -> List[Denial]:
        """The exit event counts them all; the events before it are what is left of a run that
        did not get there."""
        told = self.exit_event.get("denied")
        if isinstance(told, list):
            return [Denial._of(d) for d in told if isinstance(d, dict)]
        return list(self._denied.values())

    def wait(self, timeout: Optional[float]) -> bool:
        """Whether plugbox ended in that many seconds. Its end closes the status stream, which
        can be waited for without polling."""
        self._threads[0].join(timeout)
        if self._threads[0].is_alive():
            return False
        self.popen.wait()
        return True

    def kill(self) -> None:
        """Ends plugbox, and with it everything in the sandbox."""
        self.popen.kill()  # does nothing once the process was waited for
        self.wait(None)

    def result(
        self, plugin_id: str, stdout: bytes, failure: Optional[Tuple[str, str]] = None
    ) -> SandboxResult:
        """After the end. failure is outcome and reason where the host itself ended the run."""
        for t in self._threads:
            t.join()
        code = self.popen.returncode
        code = 128 - code if code < 0 else code
        event, denials = self.exit_event, self.denials()
        error = None
        if failure:
            error = SandboxError(*failure, denials)
        elif not event:
            error = self._without_event(code)
        elif event.get("outcome") not in ("exited", "signaled"):
            reason = str(event.get("reason") or f"exit code {code}")
            error = SandboxError(str(event.get("outcome")), reason, denials)
        elif denials:
            reason = "the sandbox denied " + ", ".join(dict.fromkeys(d.call for d in denials))
            error = SandboxError(str(event["outcome"]), reason, denials)
        stderr, dropped = self.stderr.get()
        return SandboxResult(plugin_id, code, stdout, stderr, dropped, event, error)

    def _without_event(self, code: int) -> SandboxError:
        """plugbox was killed, or ended before it knew where to report: its options are wrong."""
        said = self.stderr.get()[0].decode("utf-8", "replace").strip().splitlines()
        if code == 2 and said:
            return SandboxError("usage", said[0])
        return SandboxError("setup-failed", f"plugbox ended with code {code} and left no result")


def _thread(name: str, target: Callable[..., None], *args: Any) -> threading.Thread:
    t = threading.Thread(target=target, args=args, name=f"plugbox-{name}", daemon=True)
    t.start()
    return t


def _write(stream: BinaryIO, data: bytes) -> None:
    """Writes everything; a reader that has gone is not an error here."""
    view = memoryview(data)
    try:
        while view:
            view = view[stream.write(view) :]
    except (BrokenPipeError, ConnectionResetError):
        pass


def _payload(payload: Any) -> bytes:
    if payload is None:
        return b""
    if isinstance(payload, (bytes, bytearray, memoryview)):
        return bytes(payload)
    if isinstance(payload, str):
        return payload.encode()
    return json.dumps(payload, separators=(",", ":")).encode() + b"\n"


class SandboxRunner:
    """Starts plugins that it knows by id.

    :param plugbox: the binary, by path or by name in PATH
    :param options: options of ``plugbox run`` for every run: what this host grants, as in
        ``["--allow", "storage", "--data-dir", "/var/lib/myhost"]``
    :param plugins_dir: where an id that was not registered is looked up as a directory
    :param env: the environment plugbox itself is given; the plugin gets none of it unless granted
    :param max_stdout: bytes of stdout after which a run is ended
    :param max_stderr: bytes of stderr that are kept, the last ones

    An object may be used by many threads at once.
    """

    def __init__(
        self,
        plugbox: StrPath = "plugbox",
        options: Sequence[str] = (),
        plugins_dir: Optional[StrPath] = None,
        *,
        env: Optional[Mapping[str, str]] = None,
        max_stdout: int = 64 << 20,
        max_stderr: int = 64 << 10,
    ) -> None:
        self.plugbox = os.fspath(plugbox)
        self.options = list(options)
        self.plugins_dir = None if plugins_dir is None else Path(plugins_dir)
        self.env = env
        self.max_stdout = max_stdout
        self.max_stderr = max_stderr
        self._bundles: Dict[str, Path] = {}

    def register(self, plugin_id: str, bundle: StrPath) -> None:
        """Makes a bundle known under an id, before what plugins_dir has under it."""
        self._bundles[plugin_id] = Path(bundle)

    def bundle(self, plugin_id: str) -> Path:
        """The bundle directory of an id. Raises UnknownPlugin."""
        if plugin_id in self._bundles:
            return self._bundles[plugin_id]
        # An id may come from outside: it must not lead out of the directory.
        if self.plugins_dir is not None and _PLUGIN_ID.fullmatch(plugin_id):
            path = self.plugins_dir / plugin_id
            if path.is_dir():
                return path
        raise UnknownPlugin(plugin_id)

    def _start(self, plugin_id: str, options: Sequence[str], args: Sequence[str]) -> _Process:
        bundle = os.path.abspath(self.bundle(plugin_id))  # so that it cannot look like an option
        rest = ["--", *args] if args else []
        return _Process(
            self.plugbox, [*self.options, *options, bundle, *rest], self.env, self.max_stderr
        )

    def run(
        self,
        plugin_id: str,
        payload: Any = None,
        budget_ms: Optional[int] = None,
        *,
        options: Sequence[str] = (),
        args: Sequence[str] = (),
    ) -> SandboxResult:
        """Runs a plugin to its end.

        :param payload: sent on stdin, which is closed after it: bytes as they are, a string as
            UTF-8, None as nothing, and anything else as one line of JSON
        :param budget_ms: wall-clock milliseconds after which plugbox ends the plugin
        :param options: further options of ``plugbox run``
        :param args: further arguments of the plugin

        Raises UnknownPlugin, and TypeError or ValueError where the payload is no JSON. Everything
        that goes wrong with the run itself is in the result's ``error``.
        """
        data = _payload(payload)
        budget = [] if budget_ms is None else ["--timeout", f"{int(budget_ms)}ms"]
        try:
            process = self._start(plugin_id, [*budget, *options], args)
        except OSError as e:
            error = SandboxError("setup-failed", f"cannot start {self.plugbox!r}: {e.strerror}")
            return SandboxResult(plugin_id, 127, b"", b"", 0, {}, error)
        chunks: List[bytes] = []
        flooded = threading.Event()

        def read_stdout() -> None:
            total = 0
            with process.stdout as stream:
                for chunk in iter(lambda: stream.read(_CHUNK), b""):
                    total += len(chunk)
                    if total <= self.max_stdout:
                        chunks.append(chunk)
                    elif not flooded.is_set():
                        flooded.set()
                        process.popen.kill()

        def write_stdin() -> None:
            with process.stdin as stream:
                _write(stream, data)

        threads = [_thread("stdout", read_stdout), _thread("stdin", write_stdin)]
        failure = None
        try:
            if not process.wait(None if budget_ms is None else budget_ms / 1000 + _OVERTIME):
                failure = ("timeout", f"plugbox did not end {_OVERTIME:.0f} s after the budget")
        finally:  # also where the wait was interrupted
            process.kill()
            for t in threads:
                t.join()
        if flooded.is_set():
            failure = ("limit", f"more than {self.max_stdout} bytes on stdout")
        return process.result(plugin_id, b"".join(chunks), failure)

    def session(self, plugin_id: str, **kwargs: Any) -> "JsonRpcSession":
        """Starts a plugin that stays; see JsonRpcSession for the arguments."""
        return JsonRpcSession(self, plugin_id, **kwargs)


class JsonRpcError(Exception):
    """The plugin answered with an error."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code
        self.message = message
        self.data = data


class SessionClosed(Exception):
    """The session cannot be used any more, or not for this message."""


class PluginExited(SessionClosed):
    """The plugin ended before it answered. ``result`` tells how."""

    def __init__(self, result: SandboxResult) -> None:
        if result.error:
            told = str(result.error)
        else:
            told = f"the plugin ended with code {result.exit_code}"
        last = result.stderr_text.strip().splitlines()[-1:]
        super().__init__(": ".join([told, *last]))
        self.result = result


Handler = Callable[[str, Any], Any]


class JsonRpcSession:
    """A plugin that stays, and speaks JSON-RPC 2.0, one message per line.

    :param runner: knows the plugin and how to start plugbox
    :param handler: called as ``handler(method, params)`` for what the plugin sends of its own
        accord; what it returns answers a request, a JsonRpcError it raises does too. It runs in a
        thread of its own and may use the session. Without one, requests get -32601.
    :param options: further options of ``plugbox run``
    :param args: further arguments of the plugin
    :param max_message: bytes of one message, either way; a plugin that sends more is ended
    :param grace: seconds for each step of close()

    Any thread may call any method. Reading, writing and handling have a thread each, so neither a
    plugin that does not read nor one that answers while it is being written to can block the
    other direction, and a timeout always ends a call.
    """

    def __init__(
        self,
        runner: SandboxRunner,
        plugin_id: str,
        *,
        handler: Optional[Handler] = None,
        options: Sequence[str] = (),
        args: Sequence[str] = (),
        max_message: int = 16 << 20,
        grace: float = 3.0,
    ) -> None:
        self.plugin_id = plugin_id
        self.result: Optional[SandboxResult] = None  # after the end
        self._handler = handler
        self._max_message = max_message
        self._grace = grace
        self._lock = threading.Lock()  # guards the four below
        self._pending: Dict[int, "Future[Any]"] = {}
        self._next_id = 1
        self._queued = 0  # bytes waiting in _out
        self._closing = False
        self._close_lock = threading.Lock()
        self._ended = threading.Event()
        self._failure: Optional[Tuple[str, str]] = None
        self._out: "queue.SimpleQueue[Optional[bytes]]" = queue.SimpleQueue()
        self._in: "queue.Queue[Optional[Dict[str, Any]]]" = queue.Queue(maxsize=1024)
        self._process = runner._start(plugin_id, options, args)
        self._writer = _thread("writer", self._write_loop)
        _thread("handler", self._handle_loop)
        _thread("reader", self._read_loop)

    def __enter__(self) -> "JsonRpcSession":
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()

    @property
    def stderr(self) -> bytes:
        """The last that the plugin, or plugbox itself, wrote to stderr."""
        return self._process.stderr.get()[0]

    def call(self, method: str, params: Any = None, timeout: Optional[float] = None) -> Any:
        """Sends a request and waits for its result.

        Raises JsonRpcError where the plugin answers with one, TimeoutError after timeout seconds
        (a late answer is dropped), PluginExited where it ended, SessionClosed after close().
        """
        return self._call(method, params, timeout, closing=False)

    def _call(self, method: str, params: Any, timeout: Optional[float], closing: bool) -> Any:
        future: "Future[Any]" = Future()
        with self._lock:
            request_id = self._next_id
            self._next_id += 1
            self._pending[request_id] = future
        message = {"jsonrpc": "2.0", "id": request_id, "method": method}
        if params is not None:
            message["params"] = params
        try:
            self._send(message, closing)
            return future.result(timeout)
        except FutureTimeout:
            raise TimeoutError(f"no answer to {method!r} in {timeout} s") from None
        finally:
            with self._lock:
                self._pending.pop(request_id, None)

    def notify(self, method: str, params: Any = None) -> None:
        """Sends a notification, which is not answered."""
        message = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            message["params"] = params
        self._send(message)

    def _send(self, message: Mapping[str, Any], closing: bool = False) -> None:
        data = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        if len(data) > self._max_message:
            raise ValueError(f"a message of {len(data)} bytes is above {self._max_message}")
        with self._lock:
            if self._ended.is_set():
                raise self._exited()
            if self._closing and not closing:
                raise SessionClosed("the session is closed")
            if self._queued + len(data) > 4 * self._max_message:
                raise SessionClosed("the plugin does not read what it is sent")
            self._queued += len(data)
            self._out.put(data)

    def _exited(self) -> SessionClosed:
        return PluginExited(self.result) if self.result else SessionClosed("the plugin ended")

    def _write_loop(self) -> None:
        with self._process.stdin as stream:
            for data in iter(self._out.get, None):
                _write(stream, data)
                with self._lock:
                    self._queued -= len(data)

    def _read_loop(self) -> None:
        with self._process.stdout as stream:
            self._read_lines(stream)
        # The plugin can close its stdout and live on, of no more use.
        if not self._process.wait(self._grace):
            self._fail("the plugin closed its stdout and did not end", "timeout")
            self._process.wait(None)
        self._out.put(None)
        self._writer.join()
        result = self._process.result(self.plugin_id, b"", self._failure)
        with self._lock:
            self.result = result
            self._ended.set()
            waiting = list(self._pending.values())
        for future in waiting:
            if not future.done():
                future.set_exception(PluginExited(result))
        try:
            self._in.put_nowait(None)
        except queue.Full:
            pass  # the handler sees _ended

    def _read_lines(self, stream: BinaryIO) -> None:
        parts: List[bytes] = []
        size = 0
        for chunk in iter(lambda: stream.read(_CHUNK), b""):
            *lines, rest = chunk.split(b"\n")
            for line in lines:
                self._take(b"".join([*parts, line]))
                parts, size = [], 0
            parts.append(rest)
            size += len(rest)
            if size > self._max_message:
                self._fail(f"the plugin sent a message above {self._max_message} bytes")
            if self._failure:
                return

    def _fail(self, why: str, outcome: str = "limit") -> None:
        if not self._failure:
            self._failure = (outcome, why)
        self._process.popen.kill()

    def _take(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            self._fail("the plugin sent a line that is no JSON", "protocol")
            return
        for m in message if isinstance(message, list) else [message]:
            if not isinstance(m, dict):
                self._fail("the plugin sent JSON that is no message", "protocol")
            elif "method" in m:
                try:
                    self._in.put_nowait(m)
                except queue.Full:
                    self._fail("the plugin sends more than the host handles")
            else:
                self._resolve(m)

    def _resolve(self, message: Dict[str, Any]) -> None:
        request_id = message.get("id")
        with self._lock:
            # A key of another type would not be hashable, or equal to an id that it is not.
            future = self._pending.pop(request_id, None) if type(request_id) is int else None
        if future is None:
            return
        error = message.get("error")
        if error is None:
            future.set_result(message.get("result"))
            return
        error = error if isinstance(error, dict) else {"message": error}
        code = error.get("code")
        code = code if isinstance(code, int) else -32603
        future.set_exception(JsonRpcError(code, str(error.get("message")), error.get("data")))

    def _handle_loop(self) -> None:
        while True:
            try:
                message = self._in.get(timeout=None if not self._ended.is_set() else 0)
            except queue.Empty:
                return
            if message is None:
                return
            body: Dict[str, Any]
            try:
                if self._handler is None:
                    raise JsonRpcError(-32601, "Method not found")
                body = {"result": self._handler(str(message["method"]), message.get("params"))}
            except JsonRpcError as e:
                body = {"error": {"code": e.code, "message": e.message}}
            except Exception as e:  # the host's own fault must not end its thread
                body = {"error": {"code": -32603, "message": f"{type(e).__name__}"}}
            if "id" in message:
                try:
                    self._send({"jsonrpc": "2.0", "id": message["id"], **body})
                except (SessionClosed, TypeError, ValueError):
                    pass

    def close(self) -> SandboxResult:
        """Ends the plugin: a ``shutdown`` request, then end of file on its stdin, then SIGTERM,
        then SIGKILL, with ``grace`` seconds for each. May be called more than once."""
        with self._close_lock:
            with self._lock:
                first, self._closing = not self._closing, True
            if first and not self._ended.is_set():
                self._shut_down()
            self._ended.wait()
        assert self.result is not None
        return self.result

    def _shut_down(self) -> None:
        try:
            self._call("shutdown", None, self._grace, closing=True)
        except (JsonRpcError, TimeoutError, SessionClosed):
            pass
        self._out.put(None)  # the writer closes stdin after what is queued
        if self._ended.wait(self._grace):
            return
        self._process.popen.send_signal(signal.SIGTERM)
        if not self._ended.wait(self._grace):
            self._fail("the plugin did not end when it was told to", "timeout")
