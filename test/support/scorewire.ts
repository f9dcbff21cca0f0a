/** The product as its users run it: the built program in a process of its own, reached over the network. */
import { signToken } from '../../server/auth/tokens.ts';
import { type RunningServer, spawnServer } from './processes.ts';

export interface RunningScorewire {
  /** Such as `http://127.0.0.1:40123`; empty for a broadcaster or an archiver. */
  readonly url: string;
  /** Such as `ws://127.0.0.1:40123/v1/ws`. */
  readonly socketUrl: string;
  readonly process: RunningServer;
  /** SIGTERM, then waits for the exit. */
  stop(): Promise<void>;
}

/** Shared by all processes of a test, so that a token of one is good at all. */
export const TEST_SECRET = 'a secret of the tests, long enough for HS256';

/** A machine that has much else to do takes many times as long as one that has not. */
const START_TIMEOUT_MS = 30_000;

const ADDRESS = /scorewire is listening on (http:\/\/\S+)/;
const WITHOUT_ADDRESS = /scorewire (broadcaster|archiver) is running/;

export async function startScorewire(
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<RunningScorewire> {
  const process = await spawnServer({
    binary: globalThis.process.execPath,
    args: ['dist/main.js', ...args],
    install: 'npm ci',
    readyTimeoutMs: START_TIMEOUT_MS,
    env: { PATH: globalThis.process.env.PATH, PORT: '0', LOG_LEVEL: 'warn', ...env },
    ready: (server) => ADDRESS.test(server.log()) || WITHOUT_ADDRESS.test(server.log()),
  });
  const url = ADDRESS.exec(process.log())?.[1] ?? '';
  return { url, socketUrl: `${url.replace('http', 'ws')}/v1/ws`, process, stop: () => process.stop() };
}

/** Settings under which everybody may read and tokens of `adminToken` may write. */
export const OPEN_TO_READERS = { AUTH_SECRET: TEST_SECRET, ANONYMOUS_SUBSCRIBE: '*' } as const;

export function adminToken(): Promise<string> {
  return signToken(TEST_SECRET, { sub: 'test', admin: true }, 3600);
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into by expectations
  readonly body: any;
}

/** One HTTP request, with JSON both ways. */
export async function request(
  url: string,
  options: { method?: string; token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { method = options.body === undefined ? 'GET' : 'POST', token, body } = options;
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
