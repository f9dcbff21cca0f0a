import { expect, it } from 'vitest';
import { MAX_LINE_BYTES } from '../../contest/limits.ts';
import { SeededRandom } from '../../scoring/cricket/seeded-random.ts';
import { LineBlocks } from './line-blocks.ts';

/** What comes out of pieces of these lengths, the last one for what is left. */
function cut(text: string, lengths: readonly number[]): (string | 'too_long')[] {
  const blocks = new LineBlocks();
  const bytes = Buffer.from(text);
  const found: string[] = [];
  const add = (block: Uint8Array | 'too_long'): void => {
    found.push(block === 'too_long' ? block : Buffer.from(block).toString());
  };
  let at = 0;
  for (const length of lengths) {
    for (const block of blocks.of(bytes.subarray(at, at + length))) add(block);
    at += length;
  }
  for (const block of blocks.of(bytes.subarray(at))) add(block);
  for (const block of blocks.rest()) add(block);
  return found;
}

it('gives every byte once, in blocks that end where lines end', () => {
  const random = new SeededRandom(5);
  const lines = Array.from({ length: 3000 }, (_, n) => `${n}${'é'.repeat(random.below(120))}`);
  for (const text of [lines.join('\n'), `${lines.join('\n')}\n`]) {
    for (let turn = 0; turn < 20; turn++) {
      const blocks = cut(
        text,
        Array.from({ length: 30 }, () => random.below(20_000)),
      );
      expect(blocks.join('')).toBe(text);
      for (const block of blocks.slice(0, -1)) expect(block.endsWith('\n')).toBe(true);
      expect(Math.max(...blocks.map((block) => Buffer.byteLength(block)))).toBeLessThan(128 * 1024);
    }
  }
});

it('says that a line is too long, and goes on with the next one', () => {
  const long = 'x'.repeat(3 * MAX_LINE_BYTES);
  expect(cut(`a\n${long}\nb`, [])).toEqual(['a\n', 'too_long', 'b']);
  expect(cut(`${long}\nb\n`, [10, 20_000])).toEqual(['too_long', 'b\n']);
  expect(cut(long, [])).toEqual(['too_long']);
});

it('gives nothing of nothing', () => {
  expect(cut('', [])).toEqual([]);
  expect(cut('\n', [])).toEqual(['\n']);
});
