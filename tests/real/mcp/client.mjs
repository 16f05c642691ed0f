// The official client of the Model Context Protocol, which starts its server through plugbox:
//     node client.mjs STATUS_FILE BUNDLE
import assert from 'node:assert';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const [statusFile, bundle] = process.argv.slice(2);
const client = new Client({ name: 'real', version: '1.0.0' }, { capabilities: {} });
const transport = new StdioClientTransport({
	command: 'plugbox',
	args: ['run', '--status-file', statusFile, bundle],
	env: { PATH: process.env.PATH, REAL_SECRET: 'of the host' },
});
const timeout = 20000;

async function call(name, args, options = {}) {
	const { content } = await client.callTool({ name, arguments: args }, undefined,
		{ timeout, ...options });
	return content[0].text;
}

const parts = {
	async initialize() {
		await client.connect(transport, { timeout });
		assert.ok(client.getServerVersion().name);
	},
	async tools() {
		const { tools } = await client.listTools(undefined, { timeout });
		const names = tools.map((tool) => tool.name);
		for (const name of ['echo', 'get-sum', 'trigger-long-running-operation'])
			assert.ok(names.includes(name), name);
	},
	async echo() {
		const text = 'ä line\nand another '.repeat(5000);
		assert.equal(await call('echo', { message: text }), `Echo: ${text}`);
	},
	async sum() {
		const all = await Promise.all([...Array(50).keys()].map((n) => call('get-sum', { a: n, b: 1 })));
		assert.deepEqual(all, all.map((_, n) => `The sum of ${n} and 1 is ${n + 1}.`));
	},
	async progress() {
		const seen = [];
		const text = await call('trigger-long-running-operation', { duration: 0.5, steps: 5 },
			{ onprogress: ({ progress }) => seen.push(progress) });
		assert.match(text, /^Long running operation completed/);
		assert.deepEqual(seen.slice(0, 3), [1, 2, 3]);
	},
	async error() {
		const wrong = await client.callTool({ name: 'get-sum', arguments: { a: 'x' } }, undefined, { timeout });
		assert.equal(wrong.isError, true);
	},
	async prompts() {
		const { prompts } = await client.listPrompts(undefined, { timeout });
		assert.ok(prompts.some((prompt) => prompt.name === 'args-prompt'));
		const { messages } = await client.getPrompt(
			{ name: 'args-prompt', arguments: { city: 'Oslo' } }, { timeout });
		assert.match(messages[0].content.text, /Oslo/);
	},
	async resources() {
		const { resources } = await client.listResources(undefined, { timeout });
		const { contents } = await client.readResource({ uri: resources[0].uri }, { timeout });
		assert.ok(contents[0].text.length > 100);
		await client.readResource({ uri: 'demo://resource/dynamic/text/1' }, { timeout });
	},
	async environment() {
		const seen = JSON.parse(await call('get-env', {}));
		assert.equal(seen.PLUGBOX, '1');
		assert.equal(seen.REAL_SECRET, undefined);
	},
	async cancel() {
		const stop = new AbortController();
		const long = call('trigger-long-running-operation', { duration: 0.5, steps: 10 },
			{ signal: stop.signal, onprogress: () => stop.abort() });
		await assert.rejects(long);
		// the server goes on with it all the same, and would not end before that is over
		assert.match(await call('trigger-long-running-operation', { duration: 1, steps: 1 }), /completed/);
	},
	async shutdown() {
		await client.close();
		assert.equal(transport.pid, null);
	},
};

for (const [name, part] of Object.entries(parts)) {
	await part();
	console.log(name);
}
