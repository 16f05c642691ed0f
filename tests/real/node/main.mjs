// Node: worker threads, file promises, streams, child processes.
import assert from 'node:assert';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { gzip, gunzip } from 'node:zlib';

const self = fileURLToPath(import.meta.url);

async function workers() {
	const shared = new Int32Array(new SharedArrayBuffer(4));
	const all = [1, 2, 3].map((n) => new Worker(self, { workerData: { n, shared } }));
	const answers = await Promise.all(all.map(async (worker) => (await once(worker, 'message'))[0]));
	await Promise.all(all.map((worker) => worker.terminate()));
	assert.deepEqual(answers, [1, 4, 9]);
	assert.equal(shared[0], 6);
}

async function pool() {
	const packed = await promisify(gzip)('x'.repeat(100000));
	assert.equal((await promisify(gunzip)(packed)).length, 100000);
}

async function files() {
	await rm('/data/files', { recursive: true, force: true });
	await mkdir('/data/files/deep', { recursive: true });
	await Promise.all([...Array(20).keys()].map((n) => writeFile(`/data/files/${n}`, String(n))));
	await rename('/data/files/7', '/data/files/deep/seven');
	assert.equal(await readFile('/data/files/deep/seven', 'utf8'), '7');
	assert.equal((await readdir('/data/files')).length, 20);
	let text = '';
	for await (const part of createReadStream('/data/files/8', 'utf8')) text += part;
	assert.equal(text, '8');
}

async function children() {
	const { stdout } = await promisify(execFile)('/usr/bin/expr', ['6', '*', '7']);
	assert.equal(stdout, '42\n');
	const child = fork(self, ['child']);
	child.send(20);
	const [answer] = await once(child, 'message');
	assert.equal(answer, 21);
	const [code] = await once(child, 'exit');
	assert.equal(code, 0);
}

if (!isMainThread) {
	Atomics.add(workerData.shared, 0, workerData.n);
	parentPort.postMessage(workerData.n ** 2);
} else if (process.argv[2] === 'child') {
	process.once('message', (n) => process.send(n + 1, () => process.disconnect()));
} else {
	for (const part of [workers, pool, files, children]) {
		await part();
		console.log(part.name);
	}
}
