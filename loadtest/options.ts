import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ENCODINGS, type Encoding } from '../protocol/encodings.ts';
import type { WatchedProcess } from './processes.ts';
import type { Defaults } from './scenario.ts';

export interface Options extends Defaults {
  readonly scenario: string;
  readonly encodings: readonly Encoding[];
  readonly seed: number;
  readonly threads: number;
  readonly matches: readonly string[];
  readonly target: TargetOptions;
  readonly json: string | undefined;
  readonly report: string | undefined;
}

export type TargetOptions =
  | {
      readonly type: 'running';
      readonly url: string;
      readonly token: string;
      readonly processes: readonly WatchedProcess[];
    }
  | { readonly type: 'spawned'; readonly engines: 'embedded' | 'real' };

const DEFAULT_URL = 'http://127.0.0.1:8080';
const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** Everything is bounded, so that a slip of the finger does not take a machine down. */
const BOUNDS = {
  seconds: { min: 1, max: 24 * 3600 },
  rate: { min: 1, max: 1_000_000 },
  connections: { min: 1, max: 20_000 },
  seed: { min: 0, max: 2 ** 32 - 1 },
  threads: { min: 1, max: 64 },
} as const;

/** `undefined` where help is asked for. Throws what to tell whoever typed it. */
export function parseOptions(
  args: readonly string[],
  scenarios: Readonly<Record<string, { readonly defaults: Defaults }>>,
  environment: Readonly<Record<string, string | undefined>> = {},
): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string' },
      duration: { type: 'string' },
      rate: { type: 'string' },
      connections: { type: 'string' },
      encodings: { type: 'string', default: ENCODINGS.join(',') },
      seed: { type: 'string', default: '1' },
      threads: { type: 'string', default: String(Math.max(1, availableParallelism() >> 1)) },
      match: { type: 'string', multiple: true, default: [] },
      url: { type: 'string' },
      'allow-remote': { type: 'boolean', default: false },
      token: { type: 'string', default: environment.SCOREWIRE_TOKEN ?? '' },
      process: { type: 'string', multiple: true, default: [] },
      spawn: { type: 'string' },
      json: { type: 'string' },
      report: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const { scenario = '' } = values;
  const found = Object.hasOwn(scenarios, scenario) ? scenarios[scenario] : undefined;
  if (found === undefined) {
    throw new Error(`--scenario ${scenario}: must be one of ${Object.keys(scenarios).join(', ')}`);
  }
  const { defaults } = found;
  return {
    scenario,
    seconds: values.duration === undefined ? defaults.seconds : readSeconds(values.duration),
    rate: readNumber('rate', values.rate, defaults.rate),
    connections: readNumber('connections', values.connections, defaults.connections),
    encodings: readEncodings(values.encodings),
    seed: readNumber('seed', values.seed, 1),
    threads: readNumber('threads', values.threads, 1),
    matches: values.match,
    target: readTarget({ ...values, allowRemote: values['allow-remote'] }),
    json: values.json,
    report: values.report,
  };
}

function readNumber(name: keyof typeof BOUNDS, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const { min, max } = BOUNDS[name];
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`--${name} ${text}: must be a whole number from ${min} to ${max}`);
}

function readSeconds(text: string): number {
  const [, number, unit = 's'] = /^(\d{1,9})([smh])?$/.exec(text) ?? [];
  const { min, max } = BOUNDS.seconds;
  const seconds = Number(number) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds >= min && seconds <= max) return seconds;
  throw new Error(`--duration ${text}: must be from 1s to 24h, such as 30s, 5m or 1h`);
}

function readEncodings(text: string): readonly Encoding[] {
  const names = text.split(',') as Encoding[];
  const stranger = names.find((name) => !ENCODINGS.includes(name));
  if (stranger === undefined) return names;
  throw new Error(
    `--encodings ${text}: must be ${ENCODINGS.join(' or ')}, or both with a comma between them`,
  );
}

function readTarget(values: {
  readonly url?: string | undefined;
  readonly spawn?: string | undefined;
  readonly token: string;
  readonly process: readonly string[];
  readonly allowRemote: boolean;
}): TargetOptions {
  const { spawn, url = DEFAULT_URL } = values;
  if (spawn !== undefined) {
    if (values.url !== undefined) throw new Error('--url and --spawn: choose one');
    if (spawn === 'embedded' || spawn === 'real') return { type: 'spawned', engines: spawn };
    throw new Error(`--spawn ${spawn}: must be embedded or real`);
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new Error(`--url ${url}: must be an address such as ${DEFAULT_URL}`);
  }
  if (!isLoopback(parsed.hostname) && !values.allowRemote) {
    throw new Error(
      `--url ${url}: is another machine; --allow-remote says that it may be put under load, by you and today`,
    );
  }
  return { type: 'running', url, token: values.token, processes: values.process.map(readProcess) };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function readProcess(text: string): WatchedProcess {
  const [, name = '', pid] = /^([\w.-]{1,32})=(\d{1,10})$/.exec(text) ?? [];
  if (pid === undefined)
    throw new Error(`--process ${text}: must be a name and a number, such as redis=1234`);
  return { name, pid: Number(pid) };
}
