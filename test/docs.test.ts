import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addSharedMetrics } from '../app-metrics.ts';
import { broadcasterMetrics } from '../broadcaster/broadcaster-metrics.ts';
import type { MetricGroup } from '../runtime/metrics.ts';
import { EventCounts, eventMetrics } from '../server/event-counts.ts';
import { gatewayMetrics } from '../server/gateway-metrics.ts';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '../server/limits.ts';
import { LARGEST_LIMITS, LIMIT_NAMES } from '../settings.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The names of all metrics of our own. */
function metricNames(): string[] {
  const names: string[] = [];
  const add = <T>({ metrics }: MetricGroup<T>): void => void names.push(...Object.keys(metrics));
  const unasked = {} as never;
  add(eventMetrics(new EventCounts()));
  add(gatewayMetrics(unasked));
  add(broadcasterMetrics(unasked));
  addSharedMetrics({ contentType: '', text: async () => '', add }, unasked);
  return names;
}

describe('the documents', () => {
  it.each(metricNames())('explain the metric %s', (name) => {
    expect(name).toMatch(/^scorewire_[a-z_]+$/);
    expect(read('docs/operations.md')).toContain(`\`${name}\``);
  });

  it.each(Object.entries(LIMIT_NAMES) as [keyof ServerLimits, string][])(
    'name the limit %s, its default and the most it can be',
    (limit, name) => {
      expect(read('docs/limits.md')).toContain(
        `| \`${name}\` | ${DEFAULT_SERVER_LIMITS[limit]} | ${LARGEST_LIMITS[limit]} |`,
      );
    },
  );

  it.each(['README.md', 'docs/operations.md'])('make tokens without lines of npm among them: %s', (path) => {
    expect(read(path)).toContain('npm run -s token');
    expect(read(path)).not.toContain('npm run token');
  });

  it.each([
    'HOST',
    'PORT',
    'METRICS_PORT',
    'ROLE',
    'REDIS_URL',
    'NATS_URL',
    'HANDLERS',
    'AUTH_SECRET',
    'AUTH_JWKS',
    'ANONYMOUS_SUBSCRIBE',
    'ALLOWED_ORIGINS',
    'CHECKPOINT_INTERVAL_MS',
  ])('explain the setting %s', (name) => expect(read('docs/operations.md')).toContain(`\`${name}\``));
});
