import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';

/** What a figure means nothing without, by name. */
export function describeMachine(hasEngines: boolean): Record<string, string> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const [first] = cpus();
  return {
    processor: `${first?.model.trim() || 'unknown'}, ${cpus().length} cores`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${type()} ${release()}`,
    node: process.version,
    scorewire: version,
    ...(hasEngines ? { redis: versionOf('redis-server'), nats: versionOf('nats-server') } : {}),
  };
}

function versionOf(binary: string): string {
  const told = execFileSync(binary, ['--version'], { encoding: 'utf8' });
  return /v=?(\d[\w.]*)/.exec(told)?.[1] ?? told.trim();
}
