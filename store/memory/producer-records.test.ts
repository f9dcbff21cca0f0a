import { expect, test } from 'vitest';
import { ProducerRecords } from './producer-records.ts';

const RETENTION = { producerRetentionMs: 1000, onceRetentionMs: 100 };

function recordOf(claim: number) {
  return { claim, last: 1, refused: new Map() };
}

test('records that nobody asks for again go as others are used', () => {
  const records = new ProducerRecords();
  for (let now = 0; now < 20_000; now++) records.keep(`p${now}`, recordOf(5), now, RETENTION);
  expect(records.size).toBeLessThanOrEqual(RETENTION.producerRetentionMs + 1);
});

test('many that come at once are gone after half as many uses', () => {
  const records = new ProducerRecords();
  for (let serial = 0; serial < 500; serial++) records.keep(`p${serial}`, recordOf(5), 0, RETENTION);
  for (let serial = 0; serial < 500; serial++) records.keep(`once:${serial}`, recordOf(0), 0, RETENTION);
  for (let use = 0; use < 250; use++) records.keep('used', recordOf(5), 2000, RETENTION);
  expect(records.size).toBe(1);
});

test('keys are not held up by producers, which stay longer', () => {
  const records = new ProducerRecords();
  records.keep('p', recordOf(5), 0, RETENTION);
  records.keep('once:x', recordOf(0), 0, RETENTION);
  records.keep('q', recordOf(5), 200, RETENTION);
  expect(records.size).toBe(2);
  expect(records.find('p', 200)).toBeDefined();
});

test('a producer that uses the name of a key keeps one record', () => {
  const records = new ProducerRecords();
  records.keep('x', recordOf(0), 0, RETENTION);
  records.keep('x', { ...recordOf(7), last: 9 }, 0, RETENTION);
  expect(records.size).toBe(1);
  expect(records.find('x', 999)?.last).toBe(9);
  expect(records.find('x', 1000)).toBeUndefined();
});
