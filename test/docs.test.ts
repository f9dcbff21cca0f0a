import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '../server/limits.ts';
import { LARGEST_LIMITS, LIMIT_NAMES } from '../settings.ts';
import { metricCatalogue } from './support/metric-catalogue.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

const catalogue = metricCatalogue();

interface DocumentedMetric {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
}

/** The rows of the table of metrics. */
function documentedMetrics(): readonly DocumentedMetric[] {
  const rows = [...read('docs/operations.md').matchAll(/^\| `(scorewire_\w+)` \| (\w+) \| ?([^|]*)\|/gm)];
  return rows.map(([, name = '', kind = '', labels = '']) => ({
    name,
    kind,
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
  }));
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

describe('the documents', () => {
  it('explain every metric that there is, and none that there is not, with kind and labels', () => {
    const existing = [...catalogue].map(([name, { kind, labels }]) => ({ name, kind, labels }));
    expect(documentedMetrics().toSorted(byName)).toEqual(existing.toSorted(byName));
  });

  it.each([...catalogue])('name the metric %s as Prometheus wants it', (name, { kind, help }) => {
    expect(name).toMatch(/^scorewire_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    if (kind === 'histogram') expect(name).toMatch(/_(seconds|bytes|operations)$/);
    expect(help).toMatch(/^[A-Z0-9]/);
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
