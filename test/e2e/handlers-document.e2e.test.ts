/** The walk-through of docs/handlers.md, done as it is written: its module, its requests, its answers. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { request, startScorewire } from '../support/scorewire.ts';

const text = readFileSync(new URL('../../docs/handlers.md', import.meta.url), 'utf8');
const ADDRESS = 'http://127.0.0.1:8080';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Command {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The line that the document shows below it. */
  readonly answer: string;
}

/** Every `curl` of the document, in order. What this does not know of curl, it refuses. */
function readCommands(): readonly Command[] {
  const fences = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  const blocks = fences.flatMap(([, language, block = '']) => (language === '' ? block : []));
  const curls = blocks.flatMap((block) => block.split(/^(?=curl )/m)).filter((part) => /^curl /.test(part));
  return curls.map((curl) => {
    const [, command = '', answer = ''] =
      /^curl ((?:'[^']*'|"[^"]*"|\\\n|[^\n'"\\])*)\n(.*)$/s.exec(curl) ?? [];
    const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"\\]+)/g)].map(
      ([, single, double, bare]) => single ?? double ?? bare ?? '',
    );
    const headers: Record<string, string> = {};
    let method: string | undefined;
    let path: string | undefined;
    let body: string | undefined;
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      if (word === '-X') method = words.shift();
      else if (word === '-d') body = words.shift();
      else if (word === '-H') {
        const [name = '', value = ''] = (words.shift() ?? '').split(/: (.*)/s);
        headers[name.toLowerCase()] = value;
      } else if (word.startsWith(ADDRESS)) path = word.slice(ADDRESS.length);
      else throw new Error(`the document uses ${word}`);
    }
    if (path === undefined) throw new Error(`no address in: ${curl}`);
    method ??= body === undefined ? 'GET' : 'POST';
    return { method, path, headers, answer: answer.trim(), ...(body === undefined ? {} : { body }) };
  });
}

it('gives the answers that it shows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'scorewire-walk-through-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'my-handlers.js');
  writeFileSync(file, /```js\n(.*?)```/s.exec(text)?.[1] ?? '');
  const server = await startScorewire({ HANDLERS: file });
  ends.push(() => server.stop());
  const token = /admin token of this run:\s+(\S+)/.exec(server.process.log())?.[1];
  if (token === undefined) expect.fail(server.process.log());

  const commands = readCommands();
  expect(commands.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'PUT /v1/products/duel',
    'POST /v1/events',
    'GET /v1/boards/coins',
    'GET /v1/products/duel/players/ann',
  ]);
  for (const { method, path, headers, body, answer } of commands) {
    const given = Object.entries(headers).map(([name, value]) => [name, value.replace('$TOKEN', token)]);
    const reply = await request(`${server.url}${path}`, {
      method,
      headers: Object.fromEntries(given),
      ...(body === undefined ? {} : { body }),
    });
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    // The order of counters means nothing.
    if (method === 'GET') expect(reply.body).toEqual(JSON.parse(answer));
    if (method === 'POST') expect(reply.body).toEqual({ applied: 3, duplicates: 0, rejected: [] });
  }
  const { body: duels } = await request(`${server.url}/v1/boards/duels`);
  expect(duels.rows).toEqual([{ rank: 1, member: 'ann', score: 1 }]);
});
