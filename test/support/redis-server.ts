import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, retryOnTakenPort, spawnServer } from './processes.ts';

export interface RedisServer {
  /** `redis://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  /** Where it keeps its data. */
  readonly dir: string;
  /** Of the present process: `restart` changes it. */
  readonly pid: number;
  /** Ends the process and removes the data directory if it was made here. Idempotent. */
  stop(): Promise<void>;
  /** SIGKILL, at once: clients see their connections break. */
  kill(): void;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** A new process on the same port and data directory, whatever became of the old one. Data survives only with `--appendonly yes`. */
  restart(): Promise<void>;
  log(): string;
}

export interface RedisServerOptions {
  /** More arguments, such as `['--appendonly', 'yes']`. */
  readonly args?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
  /** Default: a new temporary directory. */
  readonly dir?: string;
  /** A Sentinel, which keeps what it knows in a file and no data. */
  readonly mode?: 'server' | 'sentinel';
}

const INSTALL = 'install Redis 7 or later (apt-get install redis-server, brew install redis)';

/** A real redis-server on a loopback port, without persistence unless `args` ask for it. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'scorewire-redis-')));
  const place = (port: number): readonly string[] => [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
  ];
  const sentinelFile = join(dir, 'sentinel.conf');
  if (options.mode === 'sentinel') await writeFile(sentinelFile, '', { flag: 'a' });
  const argsFor = (port: number): readonly string[] =>
    options.mode === 'sentinel'
      ? [sentinelFile, '--sentinel', ...place(port)]
      : [...place(port), '--save', '', '--appendonly', 'no', '--daemonize', 'no'];
  const launch = (port: number): Promise<RunningServer> =>
    spawnServer({
      binary: 'redis-server',
      args: [...argsFor(port), ...(options.args ?? [])],
      install: INSTALL,
      ready: () => answersPing(port),
    });

  const removeDir = async (): Promise<void> => {
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
  };
  const start = async (port: number) => ({ port, server: await launch(port) });
  let current: { port: number; server: RunningServer };
  try {
    current = await (options.port === undefined ? retryOnTakenPort(start) : start(options.port));
  } catch (error) {
    await removeDir();
    throw error;
  }
  const { port } = current;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    get pid() {
      return current.server.pid;
    },
    stop: async () => {
      await current.server.stop();
      await removeDir();
    },
    kill: () => current.server.signal('SIGKILL'),
    pause: () => current.server.signal('SIGSTOP'),
    resume: () => current.server.signal('SIGCONT'),
    restart: async () => {
      await current.server.stop();
      current = { port, server: await launch(port) };
    },
    log: () => current.server.log(),
  };
}

/** False while it loads its data too. A server that wants a password counts as ready. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer to PING')));
    socket.once('error', reject);
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (answer) => {
      socket.destroy();
      resolve(/^(\+PONG|-NOAUTH)/.test(answer.toString('latin1')));
    });
    socket.once('close', () => resolve(false));
  });
}
