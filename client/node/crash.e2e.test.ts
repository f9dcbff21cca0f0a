import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type RunningServer, spawnServer, waitUntil } from '../../test/support/processes.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../../test/support/scorewire.ts';

const RUNS = 4;
const PAGE_ROWS = 1000;

let folder = '';
let server: RunningScorewire | undefined;
const publishers: RunningServer[] = [];

afterEach(async () => {
  for (const publisher of publishers.splice(0)) await publisher.stop();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const settledBy = (publisher: RunningServer): number =>
  Number([...publisher.log().matchAll(/^settled (\d+)$/gm)].at(-1)?.[1] ?? 0);

async function startPublisher(run: string, path: string): Promise<RunningServer> {
  const publisher = await spawnServer({
    binary: process.execPath,
    args: [
      '--import',
      'tsx',
      'test/support/publishing-process.ts',
      server?.socketUrl ?? '',
      await adminToken(),
      path,
      run,
    ],
    install: 'npm ci',
    env: { PATH: process.env.PATH },
    ready: (started) => /^(settled|flushed)/m.test(started.log()),
    readyTimeoutMs: 20_000,
  });
  publishers.push(publisher);
  return publisher;
}

async function readScores(): Promise<Map<string, number>> {
  const scores = new Map<string, number>();
  for (let offset = 0; ; offset += PAGE_ROWS) {
    const { body } = await request(`${server?.url}/v1/boards/crashes?limit=${PAGE_ROWS}&offset=${offset}`);
    for (const { member, score } of body.rows) scores.set(member, score);
    if (body.rows.length < PAGE_ROWS) return scores;
  }
}

test('a game server that is killed again and again loses nothing that it was told of and doubles nothing', async () => {
  folder = mkdtempSync(join(tmpdir(), 'scorewire-crash-'));
  const path = join(folder, 'events.queue');
  server = await startScorewire(OPEN_TO_READERS);
  const settled: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const publisher = await startPublisher(`run${run}`, path);
    await waitUntil(() => settledBy(publisher) > 500 * (run + 1), 'acks', 20_000);
    publisher.signal('SIGKILL');
    await publisher.exited;
    settled.push(settledBy(publisher));
    expect(publisher.log()).not.toMatch(/^error/m);
  }
  const last = await startPublisher('drain', path);
  await last.exited;
  expect(last.log()).toBe('flushed\n');

  const scores = await readScores();
  expect([...scores].filter(([, score]) => score !== 1)).toEqual([]);
  for (let run = 0; run < RUNS; run++) {
    const numbers = [...scores.keys()]
      .filter((member) => member.startsWith(`run${run}-`))
      .map((member) => Number(member.split('-')[1]));
    // Everything up to the crash, without gaps.
    expect(Math.max(...numbers)).toBe(numbers.length);
    expect(numbers.length).toBeGreaterThanOrEqual(settled[run] ?? 0);
  }
}, 90_000);
