import { connect } from 'node:net';
import { type RunningServer, retryOnTakenPort, spawnServer } from './processes.ts';

export interface NatsServer {
  /** `nats://127.0.0.1:<port>`, without user information. */
  readonly url: string;
  readonly port: number;
  /** Of the present process: `restart` changes it. */
  readonly pid: number;
  /** Idempotent. */
  stop(): Promise<void>;
  /** SIGKILL, at once: clients see their connections break. */
  kill(): void;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** A new process on the same port, whatever became of the old one. */
  restart(): Promise<void>;
  log(): string;
}

export interface NatsServerOptions {
  /** More arguments, such as `['--user', 'anna', '--pass', 'secret']`. */
  readonly args?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
}

const INSTALL = 'install NATS 2.9 or later (apt-get install nats-server, brew install nats-server)';

/** A real nats-server on a loopback port. */
export async function startNats(options: NatsServerOptions = {}): Promise<NatsServer> {
  const launch = (port: number): Promise<RunningServer> =>
    spawnServer({
      binary: 'nats-server',
      args: ['--addr', '127.0.0.1', '--port', String(port), ...(options.args ?? [])],
      install: INSTALL,
      ready: () => greets(port),
    });
  const start = async (port: number) => ({ port, server: await launch(port) });
  const started = await (options.port === undefined ? retryOnTakenPort(start) : start(options.port));
  const { port } = started;
  let { server } = started;
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: () => server.signal('SIGKILL'),
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    restart: async () => {
      await server.stop();
      server = await launch(port);
    },
    log: () => server.log(),
  };
}

/** A server that takes clients says `INFO` first. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(1000, () => socket.destroy(new Error('no greeting')));
    socket.once('error', reject);
    socket.once('data', (words) => {
      socket.destroy();
      resolve(words.toString('latin1').startsWith('INFO'));
    });
    socket.once('close', () => resolve(false));
  });
}
