import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';
import { createMetrics, type Sample } from './metrics.ts';

/** Of the metric of this name. */
function linesOf(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

test('metrics have the values that their parts have when they are asked for', async () => {
  const metrics = createMetrics();
  const part = { open: 2, seen: 5, reads: 0 };
  metrics.add({
    read: () => {
      part.reads++;
      return part;
    },
    metrics: {
      things: { kind: 'gauge', help: 'Open things', value: ({ open }) => open },
      things_total: { kind: 'counter', help: 'Things seen', value: ({ seen }) => seen },
    },
  });
  const text = await metrics.text();
  expect(text).toContain('# HELP things Open things\n# TYPE things gauge\nthings 2\n');
  expect(text).toContain('# HELP things_total Things seen\n# TYPE things_total counter\nthings_total 5\n');
  Object.assign(part, { open: 0, seen: 6 });
  const later = await metrics.text();
  expect([...linesOf(later, 'things'), ...linesOf(later, 'things_total')]).toEqual([
    'things 0',
    'things_total 6',
  ]);
  expect(part.reads).toBe(2);
});

test('a metric with labels has a line for each sample of now', async () => {
  const metrics = createMetrics();
  let samples: Sample[] = [
    [{ handler: 'stats."odd"\n' }, 1],
    [{ handler: 'b' }, 2.5],
  ];
  metrics.add({
    read: () => samples,
    metrics: { failures_total: { kind: 'counter', help: 'x', labels: ['handler'], value: (read) => read } },
  });
  expect(linesOf(await metrics.text(), 'failures_total')).toEqual([
    'failures_total{handler="stats.\\"odd\\"\\n"} 1',
    'failures_total{handler="b"} 2.5',
  ]);
  samples = [[{ handler: 'b' }, 3]];
  expect(linesOf(await metrics.text(), 'failures_total')).toEqual(['failures_total{handler="b"} 3']);
});

test('the process tells of its own, but nothing that takes a look at every socket', async () => {
  const text = await createMetrics().text();
  expect(text).toContain('nodejs_eventloop_lag_seconds');
  expect(text).toContain('process_resident_memory_bytes');
  expect(text).not.toMatch(/open_fds|active_(handles|resources|requests)/);
});

test('a histogram has its buckets, their sum and their count, for each of its labels', async () => {
  const metrics = createMetrics();
  const took = new Histogram([0.1, 1]);
  const perScript = new Map([['apply', took]]);
  took.observe(0.05, 2);
  took.observe(3);
  metrics.add({
    read: () => perScript,
    metrics: {
      all_seconds: { kind: 'histogram', help: 'All', value: () => took },
      script_seconds: {
        kind: 'histogram',
        help: 'Of each',
        labels: ['script'],
        value: (read) => [...read].map(([script, each]) => [{ script }, each] as const),
      },
    },
  });
  const text = await metrics.text();
  expect(text).toContain(`# TYPE all_seconds histogram
all_seconds_bucket{le="0.1"} 2
all_seconds_bucket{le="1"} 2
all_seconds_bucket{le="+Inf"} 3
all_seconds_sum 3.1
all_seconds_count 3
`);
  expect(linesOf(text, 'script_seconds_bucket')[2]).toBe('script_seconds_bucket{script="apply",le="+Inf"} 3');
  took.observe(0.5);
  expect(linesOf(await metrics.text(), 'all_seconds_count')).toEqual(['all_seconds_count 4']);
});
