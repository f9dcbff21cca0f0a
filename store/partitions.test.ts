import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Channel, parseChannel } from '../protocol/channels.ts';
import { partitionOf, partitionOfBoard, partitionOfChannel, partitionOfProducer } from './partitions.ts';

const PARTITIONS = 1000;
const anyString = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

describe('partitions', () => {
  // Stored keys live by these numbers: whoever changes one loses every score that is already stored.
  test.each([
    { key: '', hash: 0x811c9dc5 },
    { key: 'a', hash: 0xe40c292c },
    { key: 'foobar', hash: 0xbf9cf968 },
    { key: 'board:x', hash: 0xca804261 },
    { key: 'board:chess', hash: 0x8a8167fd },
    { key: 'match:1', hash: 0x2a43d2af },
    { key: 'profile:é', hash: 0x353796cf },
    { key: 'player:p:🏏', hash: 0x4330c9aa },
    { key: 'area:\u{ffc4}', hash: 0x40b5b59f },
  ])('the key "$key" keeps its partition for ever', ({ key, hash }) => {
    for (const partitions of [1, 2, 16, 1000]) expect(partitionOf(key, partitions)).toBe(hash % partitions);
  });

  test('every key is in one of the partitions', () => {
    fc.assert(
      fc.property(anyString, fc.integer({ min: 1, max: 4096 }), (key, partitions) => {
        const partition = partitionOf(key, partitions);
        expect(Number.isInteger(partition) && partition >= 0 && partition < partitions).toBe(true);
      }),
    );
  });

  test('keys that differ only in a number are spread over all partitions', () => {
    const counts = Array<number>(16).fill(0);
    for (let index = 0; index < 16_000; index++) {
      const partition = partitionOfBoard(`board-${index}`, 16);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1200);
  });

  test.each([
    { channel: 'board:x', source: 'board:x' },
    { channel: 'board:x@daily', source: 'board:x' },
    { channel: 'rank:x:ann', source: 'board:x' },
    { channel: 'rank:x@weekly.2026-W47:a:b', source: 'board:x' },
    { channel: 'match:m', source: 'match:m' },
    { channel: 'match:m:feed', source: 'match:m' },
    { channel: 'area:111', source: 'area:111' },
    { channel: 'player:p:a:b', source: 'board:p' },
    { channel: 'league:t:all', source: 'tournament:t' },
    { channel: 'team:t:ann', source: 'tournament:t' },
  ])('the channel $channel lives with $source', ({ channel, source }) => {
    const parsed = parseChannel(channel) as Channel;
    expect(partitionOfChannel(parsed, PARTITIONS)).toBe(partitionOf(source, PARTITIONS));
  });

  test('a board is where its channel is', () => {
    expect(partitionOfBoard('x', PARTITIONS)).toBe(partitionOf('board:x', PARTITIONS));
  });

  test('a producer and a key have homes of their own', () => {
    expect(partitionOfProducer('x', PARTITIONS)).toBe(partitionOf('producer:x', PARTITIONS));
    expect(partitionOfProducer('once:x', PARTITIONS)).toBe(partitionOf('producer:once:x', PARTITIONS));
  });
});
