import { readFileSync } from 'node:fs';

/** One script per change of state or atomic read; each file's header tells its KEYS, ARGV and result. */
export const SCRIPT_NAMES = [
  'acquire-lease',
  'add-teams',
  'adopt-claim',
  'advance-checkpoints',
  'apply',
  'apply-sums',
  'begin-once',
  'check-memory',
  'check-writable',
  'claim-partitions',
  'claim-producer',
  'configure-board',
  'configure-match',
  'configure-product',
  'configure-tournament',
  'end-sessions',
  'list-boards',
  'list-ids',
  'list-matches',
  'list-windows',
  'load-checkpoint',
  'put-team',
  'read-areas',
  'read-checkpoint-positions',
  'read-contest-tail',
  'read-creation',
  'read-hash',
  'read-last',
  'read-log',
  'read-match-events',
  'read-matches',
  'read-neighbourhood',
  'read-over',
  'read-pages',
  'read-players',
  'read-probes',
  'read-records',
  'read-refusals',
  'read-standings',
  'read-team-chunks',
  'read-tournaments',
  'release-lease',
  'remove-board',
  'remove-match',
  'remove-member',
  'remove-strays',
  'remove-tournament',
  'remove-window',
  'renew-leases',
  'repair-board',
  'save-checkpoint',
  'scan-members',
  'start-tournament',
  'take-dirty',
  'write-probes',
] as const;

export type ScriptName = (typeof SCRIPT_NAMES)[number];

export type ScriptArgument = string | Buffer;

/**
 * Runs a script atomically on the node that has its keys; rejects with `StoreUnavailableError`, or a defect. Texts in its
 * result are strings, or `Buffer`s where `bytes` are asked for.
 */
export type RunScript = (
  script: ScriptName,
  keys: readonly string[],
  args: readonly ScriptArgument[],
  result?: 'texts' | 'bytes',
) => Promise<unknown>;

const INCLUDE = /^-- @include (\S+)$/gm;

/** The sources with their includes in place. The files lie beside this one, in the sources and in the build. */
export function loadScripts(): ReadonlyMap<ScriptName, string> {
  return new Map(SCRIPT_NAMES.map((name) => [name, readLua(`${name}.lua`)]));
}

function readLua(file: string): string {
  const lua = readFileSync(new URL(`./lua/${file}`, import.meta.url), 'utf8');
  return lua.replaceAll(INCLUDE, (_, included: string) => readLua(included));
}
