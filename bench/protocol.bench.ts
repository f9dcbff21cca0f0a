import { Bench } from 'tinybench';
import { CODECS } from '../protocol/codec.ts';
import { eventChecker } from '../protocol/events.ts';
import { clientFrameChecker, type SnapshotFrame, type UpdateFrame } from '../protocol/frames.ts';
import { applyPatch, diff } from '../protocol/patches.ts';
import type { Document, Row } from '../protocol/views.ts';

const before: readonly Row[] = Array.from({ length: 100 }, (_, i): Row => {
  return [`player_${String(i * 997).padStart(5, '0')}`, 999_999 - i * 1000];
});
/** Ten of the hundred have gained, and so some have moved. */
const after: readonly Row[] = before
  .map(([member, score], i): Row => [member as string, (score as number) + (i % 10 === 3 ? 1700 : 0)])
  .sort((a, b) => (b[1] as number) - (a[1] as number));
/** Equal rows, and not the same ones: as they are read from a store. */
const sameAgain = structuredClone(before);
const rowsPatch = diff('rows', before, after);

const scorecard = (runs: number): Document => ({
  status: 'live',
  innings: {
    '1': {
      runs,
      batting: Object.fromEntries(
        Array.from({ length: 11 }, (_, i) => [
          `Batter ${i}`,
          { order: i, runs: i === 4 ? runs : i * 7, balls: i * 9 },
        ]),
      ),
    },
  },
});
const cardBefore = scorecard(100);
const cardAfter = scorecard(104);
const cardPatch = diff('document', cardBefore, cardAfter);

const update = {
  type: 'update',
  channel: 'board:season',
  seq: 42,
  at: 1_795_262_400_000,
  patch: rowsPatch ?? [],
} satisfies UpdateFrame;
const snapshot = {
  type: 'snapshot',
  channel: 'board:season',
  kind: 'rows',
  epoch: '7.9f86d081884c7d65',
  seq: 42,
  state: before,
} satisfies SnapshotFrame;

const scoreEvent: unknown = { type: 'score', board: 'season-2026', member: 'player_00042', delta: 25 };
const profileEvent: unknown = { type: 'profile', member: 'player_00042', name: 'Ann Björnsdóttir' };
const badEvent: unknown = { type: 'score', board: 'season-2026', member: 'player_00042', delta: '25' };
const publish: unknown = { type: 'publish', id: 1, events: Array.from({ length: 100 }, () => scoreEvent) };

/** Validation, both codecs, and patches of a top-100 board (10 members have gained) and of a scorecard. */
export async function benches(): Promise<Bench[]> {
  const validation = new Bench({ name: 'validation' })
    .add('check a score event', () => eventChecker.check(scoreEvent))
    .add('check a profile event', () => eventChecker.check(profileEvent))
    .add('check a bad event', () => eventChecker.check(badEvent))
    .add('explain a bad event', () => eventChecker.explain(badEvent))
    .add('check a publish frame, its events apart', () => clientFrameChecker.check(publish));

  const patches = new Bench({ name: 'patches' })
    .add('diff top 100, 10 changes', () => diff('rows', before, after))
    .add('diff top 100, no change', () => diff('rows', before, sameAgain))
    .add('apply to top 100, 10 changes', () => applyPatch('rows', before, rowsPatch ?? []))
    .add('diff a scorecard', () => diff('document', cardBefore, cardAfter))
    .add('apply to a scorecard', () => applyPatch('document', cardBefore, cardPatch ?? {}));

  return [validation, patches, codecBench('json', CODECS.json), codecBench('msgpack', CODECS.msgpack)];
}

function codecBench<Wire>(
  name: string,
  codec: { encode(value: unknown): Wire; decode(wire: Wire): unknown },
): Bench {
  const bench = new Bench({ name });
  for (const [what, frame] of Object.entries({ update, snapshot, publish })) {
    const wire = codec.encode(frame);
    bench
      .add(`encode ${what} (${(wire as { length: number }).length} bytes)`, () => codec.encode(frame))
      .add(`decode ${what}`, () => codec.decode(wire));
  }
  return bench;
}
