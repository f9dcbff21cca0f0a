import { CODECS } from '../protocol/codec.ts';
import { ENCODINGS } from '../protocol/encodings.ts';
import { diff } from '../protocol/patches.ts';
import type { Row, State, ViewKind } from '../protocol/views.ts';
import { cricket } from '../scoring/cricket/cricket.ts';
import { simulateMatch } from '../scoring/cricket/simulator.ts';
import { MatchFold } from '../scoring/match-fold.ts';

/** Bytes of the updates of a channel, relative to sending its whole state each time in the same encoding. */
const MEMBERS = 100;
const CHANGES = 10;
const UPDATES = 2000;
const MOST_GAINED = 300;
const FORMATS = ['T20', 'ODI', 'Test'] as const;

export async function* tables() {
  const table: Record<string, object> = {};
  table[`a board of ${MEMBERS}, ${CHANGES} changed`] = row('board:season', 'rows', boards(), 'at most 12 %');
  for (const format of FORMATS) {
    table[`a simulated match, ${format}, ball by ball`] = row(
      'match:final',
      'document',
      balls(format),
      'at most 6 %',
    );
  }
  yield ['updates, as a part of the whole state', table] as const;
}

function row(channel: string, kind: ViewKind, states: Iterable<State>, aim: string): object {
  const sums = new Map(
    ENCODINGS.map((encoding) => [encoding, { patch: 0, update: 0, state: 0, snapshot: 0 }]),
  );
  let before: State | undefined;
  let seq = 1;
  for (const state of states) {
    const patch = before === undefined ? undefined : diff(kind, before, state);
    before = state;
    if (patch === undefined) continue;
    seq += 1;
    const at = 1_795_262_400_000 + 500 * seq;
    for (const [encoding, sum] of sums) {
      const size = (value: object): number => Buffer.byteLength(CODECS[encoding].encode(value));
      sum.patch += size(patch);
      sum.state += size(state);
      sum.update += size({ type: 'update', channel, seq, at, patch });
      sum.snapshot += size({ type: 'snapshot', channel, kind, epoch: '7.9f86d081884c7d65', seq, state });
    }
  }
  const columns = [...sums].flatMap(([encoding, { patch, update, state, snapshot }]) => [
    [`${encoding}: patch of state`, percent(patch / state)],
    [`${encoding}: frame of frame`, percent(update / snapshot)],
    [`${encoding} frame, bytes`, Math.round(update / (seq - 1))],
  ]);
  return { ...Object.fromEntries(columns), aim };
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

function* boards(): Iterable<State> {
  let rows: Row[] = Array.from({ length: MEMBERS }, (_, i): Row => {
    return [`player_${String((i * 7919) % 100_000).padStart(5, '0')}`, 100_000 - i * 500];
  });
  for (let update = 0; update < UPDATES; update++) {
    yield rows;
    const gained = new Set<number>();
    while (gained.size < CHANGES) gained.add(Math.floor(Math.random() * MEMBERS));
    rows = rows
      .map(([member, score], i): Row => {
        const gain = gained.has(i) ? 1 + Math.floor(Math.random() * MOST_GAINED) : 0;
        return [member as string, (score as number) + gain];
      })
      .sort((one, other) => (other[1] as number) - (one[1] as number));
  }
}

function* balls(format: (typeof FORMATS)[number]): Iterable<State> {
  const { fixture, events } = simulateMatch('final', { seed: 7, format });
  const fold = new MatchFold(cricket, 'final', fixture);
  for (const event of events) {
    fold.append(event);
    if (event.type === 'delivery') yield fold.document() as unknown as State;
  }
}
