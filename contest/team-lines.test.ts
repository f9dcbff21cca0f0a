import { expect, test } from 'vitest';
import { Contest } from './contest.ts';
import { MAX_LINE_BYTES } from './limits.ts';
import { registerLines } from './team-lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const line = (team: string, bonus = 1): string =>
  JSON.stringify({ team, cards: [{ player: 'kohli', bonus }] });

test('a bad line is told by its number and costs no other', () => {
  const contest = new Contest();
  const text = [line('ann'), '', '{"team":', '[]', line('bob'), line('cem', 0), '   ', line('dan')].join(
    '\n',
  );
  const { chunk, ...told } = registerLines(contest, bytes(text), 101);
  expect(told).toEqual({
    ...{ lines: 8, added: 3, replaced: 0, unchanged: 0 },
    rejected: [
      { line: 103, code: 'malformed', message: expect.stringMatching(/JSON/) },
      { line: 104, code: 'malformed', message: expect.stringMatching(/object/) },
      { line: 106, code: 'malformed', message: expect.stringMatching(/bonus/) },
    ],
  });
  expect(contest.teams).toBe(3);
});

test('an upload that is sent again adds nothing, and has nothing to be stored', () => {
  const contest = new Contest();
  const lines = bytes(`${line('ann')}\r\n${line('bob')}\n`);
  expect(registerLines(contest, lines, 1)).toMatchObject({
    lines: 2,
    added: 2,
    chunk: expect.any(Uint8Array),
  });
  const again = registerLines(contest, lines, 1);
  expect(again).toEqual({ lines: 2, added: 0, replaced: 0, unchanged: 2, rejected: [] });
});

test('the chunk has what was added or replaced, in its latest form', () => {
  const contest = new Contest();
  const first = registerLines(contest, bytes(`${line('ann')}\n${line('bob')}`), 1);
  const second = registerLines(
    contest,
    bytes(`${line('bob')}\n${line('ann', 2)}\n${line('cem', 5)}\n${line('cem', 3)}`),
    3,
  );
  expect(second).toMatchObject({ lines: 4, added: 1, replaced: 2, unchanged: 1 });
  const other = new Contest();
  for (const { chunk } of [first, second]) other.load(chunk as Uint8Array);
  for (const each of [contest, other]) {
    each.setPoints('kohli', 1);
    each.start();
  }
  expect(other.page('all', 0, 9)).toEqual(contest.page('all', 0, 9));
  expect(other.teams).toBe(3);
});

test('bytes that are no UTF-8, and a line that is too long, are rejected', () => {
  const bad = Uint8Array.of(
    ...bytes('{"team":"'),
    0xff,
    ...bytes('"}\n'),
    ...bytes(`"${'x'.repeat(MAX_LINE_BYTES)}"`),
  );
  expect(registerLines(new Contest(), bad, 1).rejected).toMatchObject([
    { line: 1, code: 'malformed' },
    { line: 2, code: 'too_large' },
  ]);
});
