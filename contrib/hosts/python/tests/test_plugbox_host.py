# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests against a real plugbox: PLUGBOX=… python3 -m unittest discover -s tests"""

import json
import os
import shutil
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from plugbox_host import (  # noqa: E402
    JsonRpcError,
    PluginExited,
    SandboxRunner,
    SessionClosed,
    UnknownPlugin,
)

PLUGBOX = os.environ.get("PLUGBOX") or shutil.which("plugbox")
# The interpreter of the system: one from a home directory would have to be granted.
PATH = "/usr/local/bin:/usr/bin:/bin"
PATIENCE = 30  # seconds until a test that hangs is a failure

PLUGINS = {
    "upper": "import sys; sys.stdout.write(sys.stdin.read().upper())",
    "args": "import sys; print(sys.argv[1:])",
    "seven": "import sys; print('why', file=sys.stderr); sys.exit(7)",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "deaf": "print('x', flush=True)",  # ends without reading
    "forever": "import sys; print('up', flush=True); sys.stdin.read(); \nwhile True: pass",
    "chatty": "import sys; sys.stderr.write('a' * 300000 + 'end')",
    "flood": "import os\nwhile True: os.write(1, b'x' * 65536)",
    "forks": """
import os
try:
    os.fork()
    print("forked")
except OSError as e:
    print("refused", e.errno)
""",
    "rpc": """
import json, os, sys
def send(**m): sys.stdout.write(json.dumps({"jsonrpc": "2.0", **m}) + "\\n"); sys.stdout.flush()
for line in sys.stdin:
    m = json.loads(line); i, method, p = m.get("id"), m["method"], m.get("params")
    if method == "echo": send(id=i, result=p)
    elif method == "fail": send(id=i, error={"code": -32000, "message": "no", "data": p})
    elif method == "silent": pass
    elif method == "die": print("last words", file=sys.stderr, flush=True); os._exit(3)
    elif method == "ask":
        send(id="q", method="question", params=p)
        send(id=i, result=json.loads(sys.stdin.readline()))
    elif method == "tell": send(method="told", params=p); send(id=i, result=None)
    elif method == "garbage": print("this is no JSON", flush=True)
    elif method == "flood":
        while True: send(method="n")
    elif method == "long":
        while True: os.write(1, b"x" * 65536)
    elif method == "stop-reading":
        send(id=i, result=None)
        while True: pass
    elif method == "shutdown": send(id=i, result="bye"); break
""",
    "stubborn": """
import signal, sys
for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(n, signal.SIG_IGN)
sys.stdin.readline()
print('{"jsonrpc": "2.0", "id": 1, "result": null}', flush=True)
while True: pass
""",
}


@unittest.skipUnless(PLUGBOX, "no plugbox: set PLUGBOX")
class HostTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory(prefix="plugbox-host-")
        cls.addClassCleanup(cls.tmp.cleanup)
        cls.plugins = Path(cls.tmp.name) / "plugins"
        for name, source in PLUGINS.items():
            cls.add(name, source)
        cls.add("asks", "print('up')", permissions=["storage"])
        cls.add("absent", "", entrypoint=["not-there"])
        cls.add("broken", "", entrypoint=["python3"], colour="red")

    @classmethod
    def add(cls, name, source, **extra):
        bundle = cls.plugins / name
        bundle.mkdir(parents=True)
        entrypoint = ["python3", "-u", "main.py"]
        manifest = {"name": name, "version": "1", "entrypoint": entrypoint, **extra}
        (bundle / "plugin.json").write_text(json.dumps(manifest))
        (bundle / "main.py").write_text(source)

    def setUp(self):
        self.runner = SandboxRunner(PLUGBOX, plugins_dir=self.plugins, env={"PATH": PATH})

    def session(self, name="rpc", **kwargs):
        s = self.runner.session(name, **kwargs)
        self.addCleanup(s.close)
        return s


class Run(HostTest):
    def test_payloads(self):
        for payload, out in [
            (b"bytes\0", b"BYTES\0"),
            ("text é", "TEXT É".encode()),
            ({"a": [1]}, b'{"A":[1]}\n'),
            (None, b""),
        ]:
            with self.subTest(payload=payload):
                result = self.runner.run("upper", payload, 30000)
                self.assertEqual((result.stdout, result.exit_code), (out, 0), result)
                self.assertTrue(result.ok)
                self.assertIsNone(result.error)

    def test_metadata_is_the_exit_event(self):
        result = self.runner.run("upper", "x", 30000)
        self.assertEqual(result.metadata["event"], "exit")
        self.assertEqual(result.metadata["outcome"], "exited")
        self.assertEqual(result.metadata["plugin"], "upper")
        self.assertGreater(result.metadata["wall_seconds"], 0)
        self.assertIn("seccomp", result.metadata["layers"])

    def test_arguments(self):
        result = self.runner.run("args", args=["--one", "two"])
        self.assertEqual(result.stdout, b"['--one', 'two']\n", result)

    def test_a_big_payload_and_a_big_answer(self):
        payload = "x" * (8 << 20)
        self.assertEqual(len(self.runner.run("upper", payload, 60000).stdout), len(payload))

    def test_a_payload_that_is_not_read(self):
        self.assertTrue(self.runner.run("deaf", "x" * (4 << 20), 30000).ok)

    def test_exit_code_and_stderr(self):
        result = self.runner.run("seven")
        self.assertEqual((result.exit_code, result.outcome, result.ok), (7, "exited", False))
        self.assertIn("why", result.stderr_text)
        self.assertIsNone(result.error)

    def test_signal(self):
        result = self.runner.run("killed")
        self.assertEqual((result.exit_code, result.outcome), (137, "signaled"))
        self.assertEqual(result.metadata["signal"], 9)

    def test_stderr_is_bounded(self):
        self.runner.max_stderr = 1000
        result = self.runner.run("chatty")
        self.assertEqual(len(result.stderr), 1000)
        self.assertIn(b"end", result.stderr)
        self.assertGreaterEqual(result.stderr_dropped, 299003)

    def test_stdout_is_bounded(self):
        self.runner.max_stdout = 1 << 20
        result = self.runner.run("flood", budget_ms=60000)
        self.assertEqual(result.error.outcome, "limit")
        self.assertLessEqual(len(result.stdout), 1 << 20)

    def test_budget(self):
        result = self.runner.run("forever", "", 1000)
        self.assertEqual((result.exit_code, result.error.outcome), (124, "timeout"), result)

    def test_denied_call(self):
        result = self.runner.run("forks")
        self.assertEqual(result.stdout, b"refused 1\n")
        self.assertTrue(result.ok)
        self.assertTrue(result.error and result.denials, result)
        self.assertIn("subprocess", result.denials[0].remedy)

    def test_allowed_call_is_no_denial(self):
        self.add("may-fork", PLUGINS["forks"], permissions=["subprocess"])
        result = self.runner.run("may-fork")
        self.assertIn(b"forked", result.stdout)
        self.assertIsNone(result.error)

    def test_refused_launch(self):
        result = self.runner.run("asks")
        self.assertEqual((result.exit_code, result.error.outcome), (77, "refused"), result)
        self.assertIn("storage", result.error.reason + result.stderr_text)

    def test_granted_launch(self):
        options = ["--allow", "storage", "--data-dir", os.path.join(self.tmp.name, "data")]
        self.assertTrue(self.runner.run("asks", options=options).ok)

    def test_entrypoint_that_is_not_there(self):
        result = self.runner.run("absent")
        self.assertEqual((result.exit_code, result.error.outcome), (127, "not-found"), result)

    def test_broken_manifest(self):
        result = self.runner.run("broken")
        self.assertEqual((result.exit_code, result.error.outcome), (2, "usage"), result)
        self.assertIn("colour", result.stderr_text)

    def test_wrong_options(self):
        result = self.runner.run("upper", options=["--nonsense"])
        self.assertEqual((result.exit_code, result.error.outcome), (2, "usage"), result)
        self.assertIn("nonsense", result.error.reason)

    def test_no_plugbox(self):
        result = SandboxRunner("/nonexistent/plugbox", plugins_dir=self.plugins).run("upper")
        self.assertEqual(result.error.outcome, "setup-failed")

    def test_something_else_than_plugbox(self):
        result = SandboxRunner("/bin/true", plugins_dir=self.plugins).run("upper")
        self.assertEqual(result.error.outcome, "setup-failed")
        self.assertFalse(result.ok)

    def test_ids(self):
        for bad in ["nobody", "../plugins/upper", "/etc", "", ".", "..", "-x"]:
            with self.subTest(id=bad), self.assertRaises(UnknownPlugin):
                self.runner.run(bad)
        self.runner.register("../odd", self.plugins / "upper")
        self.assertEqual(self.runner.run("../odd", "a").stdout, b"A")

    def test_many_at_once(self):
        out = {}

        def one(i):
            out[i] = self.runner.run("upper", f"n{i}", 60000).stdout

        threads = [threading.Thread(target=one, args=(i,)) for i in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(PATIENCE * 2)
        self.assertEqual(out, {i: f"N{i}".encode() for i in range(8)})

    def test_no_descriptor_is_left(self):
        def count():
            return len(os.listdir("/proc/self/fd"))

        self.runner.run("upper", "x")
        before = count()
        self.runner.run("upper", "x")
        with self.runner.session("rpc") as s:
            s.call("echo", 1, PATIENCE)
        self.assertEqual(count(), before)


class Session(HostTest):
    def test_calls_and_shutdown(self):
        s = self.session()
        self.assertEqual(s.call("echo", {"a": "é"}, PATIENCE), {"a": "é"})
        self.assertIsNone(s.call("echo", timeout=PATIENCE))
        with self.assertRaises(JsonRpcError) as caught:
            s.call("fail", [1], PATIENCE)
        self.assertEqual((caught.exception.code, caught.exception.data), (-32000, [1]))
        result = s.close()
        self.assertTrue(result.ok, result)
        self.assertEqual(result.metadata["outcome"], "exited")
        self.assertIs(s.close(), result)
        with self.assertRaises(SessionClosed):
            s.call("echo")

    def test_big_messages_both_ways_at_once(self):
        s = self.session()
        text = "x" * (3 << 20)
        out = {}

        def one(i):
            out[i] = s.call("echo", [i, text], PATIENCE)

        threads = [threading.Thread(target=one, args=(i,)) for i in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(PATIENCE * 2)
        self.assertEqual(out, {i: [i, text] for i in range(4)})

    def test_timeout_and_a_session_that_goes_on(self):
        s = self.session()
        with self.assertRaises(TimeoutError):
            s.call("silent", timeout=0.05)
        self.assertEqual(s.call("echo", 2, PATIENCE), 2)

    def test_plugin_that_ends(self):
        s = self.session()
        with self.assertRaises(PluginExited) as caught:
            s.call("die", timeout=PATIENCE)
        self.assertEqual(caught.exception.result.exit_code, 3)
        self.assertIn("last words", str(caught.exception))
        self.assertIn(b"last words", s.stderr)
        with self.assertRaises(PluginExited):
            s.call("echo", timeout=PATIENCE)

    def test_every_waiting_call_is_told_of_the_end(self):
        s = self.session()
        told = []

        def wait():
            try:
                s.call("silent", timeout=PATIENCE)
            except PluginExited as e:
                told.append(e.result.exit_code)

        threads = [threading.Thread(target=wait) for _ in range(5)]
        for t in threads:
            t.start()
        s.notify("die")
        for t in threads:
            t.join(PATIENCE * 2)
        # A call that came after the end was told so when it began.
        self.assertEqual(told, [3] * 5)

    def test_refused_launch(self):
        s = self.session("asks")
        with self.assertRaises(PluginExited) as caught:
            s.call("echo", timeout=PATIENCE)
        self.assertEqual(caught.exception.result.error.outcome, "refused")

    def test_questions_of_the_plugin(self):
        def handler(method, params):
            # It may call back, as it does not run in the thread that reads.
            return {"asked": method, "params": params}

        s = self.session(handler=handler)
        answer = s.call("ask", 5, PATIENCE)
        self.assertEqual(answer["id"], "q")
        self.assertEqual(answer["result"], {"asked": "question", "params": 5})

    def test_questions_without_a_handler(self):
        answer = self.session().call("ask", 5, PATIENCE)
        self.assertEqual(answer["error"]["code"], -32601)

    def test_handler_may_call(self):
        done, got = threading.Event(), []

        def handler(method, params):
            got.append(s.call("echo", [method, params], PATIENCE))
            done.set()

        s = self.session(handler=handler)
        s.call("tell", 7, PATIENCE)
        self.assertTrue(done.wait(PATIENCE))
        self.assertEqual(got, [["told", 7]])

    def test_garbage_ends_the_session(self):
        s = self.session()
        with self.assertRaises(PluginExited) as caught:
            s.call("garbage", timeout=PATIENCE)
        self.assertEqual(caught.exception.result.error.outcome, "protocol")

    def test_a_message_without_end(self):
        s = self.session(max_message=1 << 20)
        with self.assertRaises(PluginExited) as caught:
            s.call("long", timeout=PATIENCE)
        self.assertEqual(caught.exception.result.error.outcome, "limit")

    def test_a_flood_of_messages(self):
        hold = threading.Event()
        self.addCleanup(hold.set)
        s = self.session(handler=lambda method, params: hold.wait(PATIENCE))
        with self.assertRaises(PluginExited) as caught:
            s.call("flood", timeout=PATIENCE)
        self.assertEqual(caught.exception.result.error.outcome, "limit")

    def test_a_plugin_that_does_not_read(self):
        s = self.session(max_message=1 << 20, grace=0.1)
        s.call("stop-reading", timeout=PATIENCE)
        with self.assertRaises(TimeoutError):
            s.call("echo", "x" * (1 << 19), timeout=0.05)
        with self.assertRaises(SessionClosed):
            for _ in range(20):
                s.notify("echo", "x" * (1 << 19))
        with self.assertRaises(ValueError):
            s.notify("echo", "x" * (2 << 20))
        self.assertNotEqual(s.close().exit_code, 0)

    def test_a_plugin_that_does_not_want_to_end(self):
        s = self.session("stubborn", grace=0.1)
        s.call("anything", timeout=PATIENCE)
        result = s.close()
        self.assertEqual(result.error.outcome, "timeout")
        self.assertEqual(result.exit_code, 137)


if __name__ == "__main__":
    unittest.main()
