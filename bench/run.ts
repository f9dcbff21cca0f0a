import { readdir } from 'node:fs/promises';
import type { Bench, Task } from 'tinybench';

/** `npm run bench [-- NAME]`: runs `bench/<NAME>.bench.ts`, or all of them, and prints one table for each bench. */
interface BenchModule {
  readonly benches?: () => Promise<Bench[]>;
  /** Of a bench that measures something else than calls of a function: tables of its own, by title. */
  readonly tables?: () => AsyncIterable<readonly [title: string, rows: Readonly<Record<string, object>>]>;
}

const SUFFIX = '.bench.ts';
const names = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length))
  .sort();
const [wanted] = process.argv.slice(2);
if (wanted !== undefined && !names.includes(wanted)) {
  console.error(`There is no bench "${wanted}"; there are: ${names.join(', ')}`);
  process.exit(1);
}

for (const name of wanted === undefined ? names : [wanted]) {
  const { benches, tables } = (await import(`./${name}${SUFFIX}`)) as BenchModule;
  for (const bench of (await benches?.()) ?? []) {
    await bench.run();
    print(`${name}: ${bench.name}`, Object.fromEntries(bench.tasks.map((task) => [task.name, row(task)])));
  }
  for await (const [title, rows] of tables?.() ?? []) print(`${name}: ${title}`, rows);
}

function print(title: string, rows: Readonly<Record<string, object>>): void {
  console.log(`\n${title}`);
  console.table(rows);
}

function row({ name, result }: Task): Record<string, string> {
  if (result.state !== 'completed')
    throw new Error(`the bench "${name}" is ${result.state}`, { cause: result });
  const { latency, throughput } = result;
  return {
    fastest: microseconds(latency.min),
    median: microseconds(latency.p50),
    mean: microseconds(latency.mean),
    p99: microseconds(latency.p99),
    'per second': Math.round(throughput.mean).toLocaleString('en'),
  };
}

function microseconds(milliseconds: number): string {
  return `${(milliseconds * 1000).toFixed(2)} µs`;
}
