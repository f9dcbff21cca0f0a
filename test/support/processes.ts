/**
 * Real servers for tests: spawned on a free port, waited for until ready, raced against an early exit, and ended by
 * pid. What is still running when the test process ends, however that ends, is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

export interface ServerCommand {
  /** Looked up in PATH. */
  readonly binary: string;
  readonly args: readonly string[];
  /** What to do where the binary is missing, as an instruction. */
  readonly install: string;
  /** Polled until it is true; it may throw or reject while the server is not there yet. */
  readonly ready: (server: RunningServer) => boolean | Promise<boolean>;
  /** Default 10 s. */
  readonly readyTimeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Default: who runs the tests. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export interface RunningServer {
  readonly pid: number;
  /** Standard output and error so far (the last 256 KiB). */
  log(): string;
  /** Resolves when the process is gone, however it went. */
  readonly exited: Promise<void>;
  /** `null` while it runs, or where a signal ended it. */
  exitCode(): number | null;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL where that takes longer than 5 s. Idempotent; works on a paused process too. */
  stop(): Promise<void>;
}

const LOG_CHARACTERS = 256 * 1024;
const STOP_TIMEOUT_MS = 5000;
const POLL_MS = 10;

/** A shell that waits for our end of a pipe to close, which the system does even if we are killed, and then kills the server. */
function killWithUs(pid: number): ChildProcess {
  const watchdog = spawn('sh', ['-c', 'read -r _; kill -KILL "$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => undefined);
  watchdog.stdin?.on('error', () => undefined);
  watchdog.unref();
  return watchdog;
}

/** A port of 127.0.0.1 that was free a moment ago. Another process may take it first: see `retryOnTakenPort`. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** Starts on a free port, and on another one where it was taken between finding and binding it. */
export async function retryOnTakenPort<Server>(start: (port: number) => Promise<Server>): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      const taken = error instanceof Error && /address already in use/i.test(error.message);
      if (!taken || attempt === 5) throw error;
    }
  }
}

/** Polls until `condition` is true; what it throws counts as false. Throws after the deadline, saying what was awaited. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      if (await condition()) return;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause: lastError });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Rejects where the binary is missing, exits early or does not become ready; the message carries the server's log. */
export async function spawnServer(command: ServerCommand): Promise<RunningServer> {
  const { binary, args } = command;
  const child = spawn(binary, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(command.env ? { env: command.env } : {}),
    ...command.user,
  });
  let log = '';
  const keep = (chunk: Buffer): void => {
    log = (log + chunk.toString('utf8')).slice(-LOG_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);

  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new Error(`${binary} is not installed, and these tests need it: ${command.install}`)
          : error,
      ),
    );
  });
  const watchdog = killWithUs(child.pid ?? 0);
  void exited.then(() => watchdog.kill('SIGKILL'));

  const server: RunningServer = {
    pid: child.pid ?? 0,
    log: () => log,
    exited,
    exitCode: () => child.exitCode,
    signal: (signal) => void child.kill(signal),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return exited;
      child.kill('SIGTERM');
      child.kill('SIGCONT');
      const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(impatient);
    },
  };

  let gone = false;
  void exited.then(() => {
    gone = true;
  });
  try {
    await waitUntil(
      async () => gone || (await command.ready(server)),
      `${binary} to be ready`,
      command.readyTimeoutMs,
    );
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    throw new Error(`${String(error)}; its log:\n${log}`, { cause: error });
  }
  if (gone) throw new Error(`${binary} ${args.join(' ')} exited at once; its log:\n${log}`);
  return server;
}
