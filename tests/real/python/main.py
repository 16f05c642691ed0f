"""CPython: threads, asyncio, TLS, sqlite, other programs and other processes."""
import asyncio
import concurrent.futures
import multiprocessing
import multiprocessing.shared_memory
import queue
import sqlite3
import ssl
import subprocess
import sys
import threading


def threads():
    numbers = queue.Queue()
    workers = [threading.Thread(target=lambda n=n: numbers.put(n * n)) for n in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(numbers.get() for _ in workers) == 140
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert list(pool.map(str, range(4))) == ["0", "1", "2", "3"]


def event_loop():
    async def main():
        return sum(await asyncio.gather(asyncio.to_thread(lambda: 2), asyncio.sleep(0.01, 1)))

    assert asyncio.run(asyncio.wait_for(main(), 20)) == 3


def tls():
    async def main():
        server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server_side.load_cert_chain("cert.pem", "key.pem")
        client_side = ssl.create_default_context(cafile="cert.pem")

        async def answer(reader, writer):
            writer.write((await reader.readline()).upper())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=server_side)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=client_side, server_hostname="localhost")
        writer.write(b"hello\n")
        assert await reader.readline() == b"HELLO\n"
        writer.close()
        server.close()

    asyncio.run(asyncio.wait_for(main(), 20))


def database():
    with sqlite3.connect("/data/numbers.db") as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE IF NOT EXISTS numbers (n)")
        db.execute("DELETE FROM numbers")
        db.executemany("INSERT INTO numbers VALUES (?)", [(n,) for n in range(100)])
        assert db.execute("SELECT sum(n) FROM numbers").fetchone() == (4950,)
    db.close()


def programs():
    words = subprocess.run(["tr", "a-z", "A-Z"], input="hello", capture_output=True, text=True,
                           check=True, timeout=20)
    assert words.stdout == "HELLO"
    child = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True,
                           check=True, timeout=20)
    assert child.stdout == "42\n"


def double(n):
    return 2 * n


def processes():
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert pool.map_async(double, range(4)).get(20) == [0, 2, 4, 6]
    block = multiprocessing.shared_memory.SharedMemory(create=True, size=4096)
    child = multiprocessing.get_context("fork").Process(
        target=lambda: block.buf.__setitem__(0, 7))
    child.start()
    child.join(20)
    assert block.buf[0] == 7
    block.close()
    block.unlink()


if __name__ == "__main__":
    for part in (threads, event_loop, tls, database, programs, processes):
        part()
        print(part.__name__, flush=True)
