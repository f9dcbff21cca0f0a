import { describe, expect, it } from 'vitest';
import { MAX_VALUES } from '../../protocol/decode-error.ts';
import { maxValues } from '../limits.ts';
import { readEventBody } from './event-body.ts';

const LIMITS = { eventsPerPublish: 10_000 };
const tooLarge = { ok: false, code: 'too_large' };

function read(text: string, format: 'json' | 'ndjson' = 'ndjson', limits = LIMITS) {
  return readEventBody(format, Buffer.from(text), limits);
}

/** One short line for so many values. */
const empties = (values: number) => `[${'[],'.repeat((values - 2) / 2)}[]]`;

describe('a body', () => {
  it('of too many values is refused, however few its bytes are', () => {
    expect(read(empties(MAX_VALUES), 'json')).toMatchObject({ ok: true });
    expect(read(empties(MAX_VALUES + 2), 'json')).toMatchObject(tooLarge);
  });

  it('of lines is refused where all of them together have too many values', () => {
    const line = empties(MAX_VALUES / 4);
    expect(read(`${line}\n`.repeat(4))).toMatchObject({ ok: true });
    expect(read(`${line}\n`.repeat(5))).toMatchObject(tooLarge);
  });

  it('may have more values where publishes may have more events', () => {
    const limits = { eventsPerPublish: 100_000 };
    expect(maxValues(limits)).toBe(2_000_000);
    expect(maxValues({ eventsPerPublish: 1 })).toBe(MAX_VALUES);
    expect(read(empties(MAX_VALUES + 2), 'json', limits)).toMatchObject({ ok: true });
    expect(read(empties(MAX_VALUES + 2), 'ndjson', limits)).toMatchObject({ ok: true });
  });

  it('hides no values in a line that is broken', () => {
    const line = empties(MAX_VALUES / 4);
    expect(read(`"\n${line}\n`.repeat(5))).toMatchObject(tooLarge);
  });

  it('of lines skips the empty ones, whatever they are empty of', () => {
    const blanks = '\r\n\t \n  \r\n';
    const body = read(`${blanks}{"a":1}${blanks}  {"b":2}  ${blanks}`);
    expect(body).toMatchObject({ ok: true, events: [{ a: 1 }, { b: 2 }] });
    expect(read(blanks)).toMatchObject({ ok: true, events: [] });
    expect(read('')).toMatchObject({ ok: true, events: [] });
  });

  it('of empty lines makes no text of each of them', () => {
    const slice = String.prototype.slice;
    let slices = 0;
    String.prototype.slice = function (...given) {
      slices++;
      return slice.apply(this, given);
    };
    try {
      expect(read('\n'.repeat(100_000))).toMatchObject({ ok: true, events: [] });
    } finally {
      String.prototype.slice = slice;
    }
    expect(slices).toBeLessThan(100);
  });
});
