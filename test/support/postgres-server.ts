import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type RunningServer, retryOnTakenPort, spawnServer } from './processes.ts';

export interface PostgresServer {
  /** Of a superuser and a new, empty database. */
  readonly url: string;
  readonly port: number;
  /** Ends the process and removes its data. Idempotent. */
  stop(): Promise<void>;
  /** SIGKILL to the server, which takes its children with it: connections break. */
  kill(): void;
  /** A new process on the same port and data, whatever became of the old one. */
  restart(): Promise<void>;
  log(): string;
}

export interface PostgresServerOptions {
  /** More arguments, such as `['-c', 'fsync=on']`. */
  readonly args?: readonly string[];
  /** Asked for from everybody who connects; default: nobody is. */
  readonly password?: string;
  /** Who connects, and the name of the database; default `postgres`. */
  readonly user?: string;
}

const INSTALL = 'install PostgreSQL 15 or later (apt-get install postgresql, brew install postgresql)';
const DEBIAN_FOLDER = '/usr/lib/postgresql';
const STARTING = 60_000;

/** A real PostgreSQL on a loopback port. It survives kills, and not the loss of power, which no test arranges. */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const user = unprivileged();
  const dir = mkdtempSync(join(tmpdir(), 'scorewire-postgres-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  if (user !== undefined) chownSync(dir, user.uid, user.gid);
  const data = join(dir, 'data');
  const { password = 'unused', user: role = 'postgres' } = options;
  const launch = (port: number): Promise<RunningServer> =>
    spawnServer({
      binary: find('postgres'),
      args: [
        ...['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', dir],
        ...['-c', 'fsync=off', '-c', 'shared_buffers=32MB', ...(options.args ?? [])],
      ],
      install: INSTALL,
      readyTimeoutMs: STARTING,
      ready: (server) => /ready to accept connections/.test(server.log()) && answers(port),
      ...(user === undefined ? {} : { user }),
    });
  const start = async (port: number) => ({ port, server: await launch(port) });
  let current: { port: number; server: RunningServer };
  try {
    initialise(data, {
      user,
      role,
      dir,
      password,
      auth: options.password === undefined ? 'trust' : 'scram-sha-256',
    });
    current = await retryOnTakenPort(start);
  } catch (error) {
    remove();
    throw error;
  }
  const { port } = current;
  return {
    url: `postgres://${role}:${password}@127.0.0.1:${port}/${role}`,
    port,
    stop: async () => {
      // Smart shutdown waits for clients to leave; this one sends them away.
      current.server.signal('SIGINT');
      await current.server.stop();
      remove();
    },
    kill: () => current.server.signal('SIGKILL'),
    restart: async () => {
      current.server.signal('SIGINT');
      await current.server.stop();
      current = { port, server: await relaunch(() => launch(port)) };
    },
    log: () => current.server.log(),
  };
}

interface Initial {
  readonly user: User | undefined;
  readonly role: string;
  readonly dir: string;
  readonly password: string;
  readonly auth: string;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
    if (uid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('there is no user that PostgreSQL could run as');
}

function initialise(data: string, { user, role, dir, password, auth }: Initial): void {
  const secret = join(dir, 'password');
  writeFileSync(secret, `${password}\n`);
  const { status, stdout, stderr, error } = spawnSync(
    find('initdb'),
    ['-D', data, '-U', role, '-E', 'UTF8', '--locale=C', '--no-sync', '-A', auth, `--pwfile=${secret}`],
    { ...user, cwd: dir, encoding: 'utf8' },
  );
  if (error !== undefined) throw new Error(`initdb can't be run: ${INSTALL}`, { cause: error });
  if (status !== 0) throw new Error(`initdb failed:\n${stdout}${stderr}`);
  // As the image does, a database of the user's name.
  if (role === 'postgres') return;
  const input = `CREATE DATABASE ${role}`;
  const made = spawnSync(find('postgres'), ['--single', '-D', data, 'postgres'], {
    ...user,
    cwd: dir,
    input,
  });
  if (made.status !== 0) throw new Error(`the database could not be made:\n${made.stderr}`);
}

/** After a kill the children of the old process may take a moment to notice. */
async function relaunch(launch: () => Promise<RunningServer>): Promise<RunningServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch();
    } catch (error) {
      if (attempt === 20 || !/shared memory block|lock file/.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

/** In PATH, or where Debian has the programs of each version. */
function find(program: string): string {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER).toSorted().toReversed() : [];
  const folders = [
    ...versions.map((version) => join(DEBIAN_FOLDER, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? program;
}

/** Whether it takes connections. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
