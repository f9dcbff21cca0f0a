/**
 * Makes sure that the servers and the browser of the tests are on this machine. `npm test` runs it first: where all is there it only
 * looks; where something is missing, root on a Debian-like machine gets it installed, and everybody else is told what to install.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Requirement {
  /** Any of them will do. */
  readonly binaries: readonly string[];
  /** The package of Debian and Ubuntu. */
  readonly debian: string;
  readonly elsewhere: string;
  // Where else than in PATH; a star stands for any one folder, as in /usr/lib/postgresql/*/bin.
  readonly folders?: readonly string[];
}

const REQUIREMENTS: readonly Requirement[] = [
  { binaries: ['redis-server'], debian: 'redis-server', elsewhere: 'Redis 7 or later' },
  { binaries: ['nats-server'], debian: 'nats-server', elsewhere: 'NATS server 2.9 or later' },
  {
    binaries: ['chromium', 'chromium-browser', 'google-chrome'],
    debian: 'chromium',
    elsewhere: 'Chromium or Chrome',
  },
  {
    binaries: ['haproxy'],
    debian: 'haproxy',
    elsewhere: 'HAProxy 2.6 or later',
    // Of packages whose programs are for root, it is where users' PATH does not lead.
    folders: ['/usr/sbin', '/usr/local/sbin'],
  },
  {
    binaries: ['initdb'],
    debian: 'postgresql',
    elsewhere: 'PostgreSQL 15 or later',
    folders: ['/usr/lib/postgresql/*/bin'],
  },
];

const APT_GET = '/usr/bin/apt-get';

/** With this file in place, packages of Debian start no service after their installation. */
const POLICY = '/usr/sbin/policy-rc.d';

const missing = REQUIREMENTS.filter((requirement) => !isInstalled(requirement));
if (missing.length > 0) {
  if (process.getuid?.() === 0 && isExecutable(APT_GET)) install(missing);
  const stillMissing = missing.filter((requirement) => !isInstalled(requirement));
  if (stillMissing.length > 0) {
    const packages = stillMissing.map(({ debian }) => debian).join(' ');
    const names = stillMissing.map(({ elsewhere, binaries }) => `${elsewhere} (${binaries[0]} in PATH)`);
    console.error(`The tests run against real servers. Please install: ${names.join(', ')}.`);
    console.error(`On Debian and Ubuntu: sudo apt-get install --no-install-recommends ${packages}`);
    process.exit(1);
  }
}

function isInstalled({ binaries, folders = [] }: Requirement): boolean {
  const path = (process.env.PATH ?? '').split(delimiter);
  return [...path, ...folders.flatMap(expand)].some((folder) =>
    binaries.some((binary) => isExecutable(join(folder, binary))),
  );
}

function expand(pattern: string): readonly string[] {
  const [before, after] = pattern.split('*');
  if (before === undefined || after === undefined) return [pattern];
  return existsSync(before) ? readdirSync(before).map((name) => `${before}${name}${after}`) : [];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Prints only what went wrong: the check that follows decides. */
function install(requirements: readonly Requirement[]): void {
  const packages = requirements.map(({ debian }) => debian);
  console.error(`Installing for the tests: ${packages.join(' ')}`);
  const isPolicyOurs = !existsSync(POLICY);
  if (isPolicyOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      const { status, stdout, stderr } = spawnSync(APT_GET, args, {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
      if (status !== 0) console.error(`apt-get ${args.join(' ')} failed:\n${stdout}${stderr}`);
    }
  } finally {
    if (isPolicyOurs) rmSync(POLICY, { force: true });
  }
}
