/** Load tests themselves, small: they pass on a server that is right, and fail on one that is not. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { adminToken, OPEN_TO_READERS, request, startScorewire } from '../test/support/scorewire.ts';
import { startTcpProxy, type TcpProxyOptions } from '../test/support/tcp-proxy.ts';
import { parseOptions } from './options.ts';
import type { RunResult } from './result.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** On a machine that does much else at the same time. */
const TIMEOUT_MS = 120_000;

const QUIET = { phase: () => undefined, moment: () => undefined };

function run(scenario: string, args: string): Promise<RunResult> {
  const options = parseOptions(['--scenario', scenario, ...args.split(' ')], SCENARIOS);
  if (options === undefined) throw new Error('nothing is asked for');
  return runScenario(SCENARIOS[scenario] as Scenario, options, QUIET);
}

/** The command as users run it. */
function command(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', 'loadtest/run.ts', ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

describe('on embedded engines', { timeout: TIMEOUT_MS }, () => {
  /** Few of what takes time to make. */
  const SMALL: Readonly<Record<string, string>> = {
    'ingest-http': '--rate 200 --connections 4',
    'ingest-socket': '--rate 2000 --connections 2',
    fanout: '--rate 100 --connections 20 --threads 2',
    'many-boards': '--rate 200 --connections 10',
    ranks: '--rate 100 --connections 3',
    'hot-member': '--rate 1000 --connections 10',
    'match-day': '--rate 60 --connections 10',
    'reconnect-storm': '--rate 100 --connections 10',
    'slow-clients': '--rate 500 --connections 8',
    soak: '--rate 200 --connections 20',
  };

  it('has a small run for every scenario', () => {
    expect(Object.keys(SMALL)).toEqual(Object.keys(SCENARIOS));
  });

  it.each(Object.entries(SMALL))('%s is right', async (scenario, args) => {
    const result = await run(scenario, `--spawn embedded --duration 1 ${args}`);
    expect(result.problems).toEqual([]);
    expect(result.ok).toBe(true);
    expect(result.published.acknowledged).toBeGreaterThan(0);
    expect(result.viewers.updates).toBeGreaterThan(0);
    expect(result.moments[0]?.processes.map(({ name }) => name)).toEqual(['scorewire', 'loadtest']);
    if (scenario === 'reconnect-storm') expect(result.viewers.cut).toBeGreaterThan(0);
  });
});

describe('on real engines', { timeout: TIMEOUT_MS }, () => {
  it('a little of everything is right, and every process is watched', async () => {
    const result = await run('soak', '--spawn real --duration 2 --rate 300 --connections 20');
    expect(result.problems).toEqual([]);
    expect(result.moments[0]?.processes.map(({ name }) => name)).toEqual([
      ...['scorewire', 'redis-server', 'nats-server', 'loadtest'],
    ]);
    expect(Object.keys(result.machine)).toEqual(expect.arrayContaining(['node', 'redis', 'nats']));
  });
});

describe('on a server that is not right', { timeout: TIMEOUT_MS }, () => {
  /** A server behind something that changes what passes. */
  async function spoiltServer(alter: TcpProxyOptions['alter']): Promise<{ target: string; url: string }> {
    const server = await startScorewire(OPEN_TO_READERS);
    ends.push(() => server.stop());
    const proxy = await startTcpProxy(Number(new URL(server.url).port), { ...(alter && { alter }) });
    ends.push(() => proxy.stop());
    const target = `--url http://127.0.0.1:${proxy.port} --token ${await adminToken()}`;
    return { target, url: server.url };
  }

  /** Changes the first chunk in which there is something to change. */
  function once(towards: 'target' | 'client', change: (text: string) => string): TcpProxyOptions['alter'] {
    let isDone = false;
    return (chunk, to) => {
      if (isDone || to !== towards) return chunk;
      const text = chunk.toString('latin1');
      const changed = change(text);
      isDone = changed !== text;
      return Buffer.from(changed, 'latin1');
    };
  }

  it('the command says which acknowledged event is missing, in the report too, and exits with 1', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'scorewire-loadtest-'));
    ends.push(() => rmSync(dir, { recursive: true }));
    const [json, report] = [join(dir, 'result.json'), join(dir, 'report.html')];
    const lose = (text: string): string => text.replace(/"delta":([2-9])/, '"delta":1');
    const { target } = await spoiltServer(once('target', lose));
    const load = `--scenario ingest-http --duration 1 --rate 100 --connections 2 --json ${json} --report ${report}`;
    const { code, output } = await command(...`${load} ${target}`.split(' '));
    const missing = /load-\w+-\d+: m\d+ has \d+, but acknowledged events make \d+/;
    expect(output).toMatch(new RegExp(`WRONG: ${missing.source}`));
    expect(code).toBe(1);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ ok: false, scenario: 'ingest-http' });
    expect(readFileSync(report, 'utf8')).toMatch(missing);
  });

  it('one viewer of many that was sent another score is found, and what the run has made is removed', async () => {
    const spoil = (text: string): string =>
      text.replace(
        /("type":"update".*?\["m\d+",)(\d)/,
        (_, before, digit) => `${before}${(Number(digit) % 9) + 1}`,
      );
    const { target, url } = await spoiltServer(once('client', spoil));
    const result = await run('fanout', `--duration 1 --rate 50 --connections 12 --encodings json ${target}`);
    expect(result.ok).toBe(false);
    expect(result.problems.join()).toMatch(/two states at position|holds another state/);
    const listed = await request(`${url}/v1/boards`, { token: await adminToken() });
    expect(listed.body.boards).toEqual([]);
  });
});
