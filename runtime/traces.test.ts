import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isSampled, traceIdsOf } from './traces.ts';

test('about the wanted part of changes is sampled, and the same ones everywhere', () => {
  const changes = Array.from(
    { length: 20_000 },
    (_, i) => [`board:${i % 50}`, 1_700_000_000_000 + i] as const,
  );
  const sampled = changes.filter(([subject, at]) => isSampled(subject, at, 0.05));
  expect(sampled.length).toBeGreaterThan(800);
  expect(sampled.length).toBeLessThan(1200);
  expect(sampled.every(([subject, at]) => isSampled(subject, at, 0.5))).toBe(true);
  expect(changes.filter(([subject, at]) => isSampled(subject, at, 0))).toEqual([]);
  expect(changes.filter(([subject, at]) => isSampled(subject, at, 1))).toHaveLength(changes.length);
});

test('changes of another subject or time have another trace, with ids as OpenTelemetry wants them', () => {
  const one = traceIdsOf('board:a', 1000);
  expect(one.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(one.rootId).toMatch(/^[0-9a-f]{16}$/);
  expect(traceIdsOf('board:a', 1000)).toEqual(one);
  expect(
    new Set([one, traceIdsOf('board:a', 1001), traceIdsOf('board:b', 1000)].map(({ traceId }) => traceId))
      .size,
  ).toBe(3);
});

test('the libraries are loaded when traces are, and not before', () => {
  const source = readFileSync(new URL('./otlp-traces.ts', import.meta.url), 'utf8');
  expect(source).toContain("import('@opentelemetry/api')");
  expect(source).not.toMatch(/from '@opentelemetry/);
});
