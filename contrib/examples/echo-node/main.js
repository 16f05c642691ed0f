// SPDX-License-Identifier: LGPL-2.1-or-later
// A plugin: one JSON-RPC 2.0 request per line on stdin, one answer per line on stdout.
'use strict';

const fs = require('node:fs');
const readline = require('node:readline');

const DATA = '/data'; // writable and kept between runs: the manifest asks for `storage`

class RpcError extends Error {
	constructor(code, message) {
		super(message);
		this.code = code;
	}
}

const methods = {
	initialize: () => ({ name: 'echo-node', version: '1.0.0', methods: Object.keys(methods) }),

	echo: (params) => params ?? null,

	// Writes a value to the file /data/KEY and answers what it reads back.
	store: (params) => {
		const { key, value } = params ?? {};
		if (typeof key !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(key))
			throw new RpcError(-32602, 'key must be 1 to 64 of A-Z a-z 0-9 _ -');
		if (typeof value !== 'string')
			throw new RpcError(-32602, 'value must be a string');
		try {
			fs.writeFileSync(`${DATA}/${key}`, value);
			return { key, value: fs.readFileSync(`${DATA}/${key}`, 'utf8') };
		} catch (e) {
			throw new RpcError(-32000, `cannot store: ${e.message}`);
		}
	},

	shutdown: () => null,
};

function send(id, body) {
	process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...body }) + '\n');
}

const lines = readline.createInterface({ input: process.stdin });

// Ends by having nothing left to do, so that an answer on its way out is not cut.
function stop() {
	lines.removeAllListeners('line');
	lines.close();
	process.stdin.destroy();
}

lines.on('line', (line) => {
	let request;
	try {
		request = JSON.parse(line);
	} catch {
		send(null, { error: { code: -32700, message: 'Parse error' } });
		return;
	}
	if (typeof request?.method !== 'string') {
		send(request?.id ?? null, { error: { code: -32600, message: 'Invalid Request' } });
		return;
	}
	const { id, method, params } = request;
	let body;
	try {
		if (!Object.hasOwn(methods, method)) throw new RpcError(-32601, 'Method not found');
		body = { result: methods[method](params) };
	} catch (e) {
		body = { error: { code: e.code ?? -32603, message: e.message } };
	}
	if (id !== undefined) send(id, body); // without an id it is a notification
	if (method === 'shutdown') stop();
});
