import { writeFileSync } from 'node:fs';
import { parseOptions } from './options.ts';
import { terminalProgress } from './progress.ts';
import { pageOf } from './report/page.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { tableOf } from './table.ts';

const USAGE = `Puts a server under load, and checks afterwards that it lost nothing and that every viewer is right.

  npm run loadtest -- --scenario fanout --spawn embedded
  npm run loadtest -- --scenario ingest-http --url http://127.0.0.1:8080 --token TOKEN

Scenarios
${Object.entries(SCENARIOS).map(describe).join('\n')}

  --duration TIME      of the load, such as 30s, 5m, 1h
  --rate EVENTS        per second, of all publishers together
  --connections COUNT  of what the scenario says
  --encodings LIST     of the viewers, in turns (default: json,msgpack)
  --seed NUMBER        the same one draws the same events (default: 1)
  --threads COUNT      for the viewers (default: half as many as there are cores)
  --match FILE         for match-day: a match of Cricsheet; may be repeated
  --spawn ENGINES      starts a server for the run: embedded, or real (redis-server and nats-server too)
  --url URL            a server that runs already (default: http://127.0.0.1:8080)
  --allow-remote       permits a URL of another machine
  --token TOKEN        one that may publish and watch everything (default: SCOREWIRE_TOKEN)
  --process NAME=PID   of the server that runs already: its CPU and memory are told too; may be repeated
  --json FILE          writes the result
  --report FILE        writes it as a page

Exits with 0 where everything was right, else with 1.`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`loadtest: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), SCENARIOS, process.env);
  if (options === undefined) {
    console.log(USAGE);
    return 0;
  }
  const progress = terminalProgress(process.stderr, options.seconds);
  const result = await runScenario(SCENARIOS[options.scenario] as Scenario, options, progress);
  progress.end();
  console.log(tableOf(result));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  if (options.report !== undefined) writeFileSync(options.report, pageOf(result));
  return result.ok ? 0 : 1;
}

function describe([name, { about, counts, defaults }]: [string, Scenario]): string {
  const { seconds, rate, connections } = defaults;
  return `  ${name.padEnd(17)}${about}\n${' '.repeat(19)}(${seconds} s, ${rate} events/s, ${connections} ${counts})`;
}
