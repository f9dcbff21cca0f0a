import { Bench } from 'tinybench';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { Ranking } from '../store/memory/ranking.ts';
import { createEntry, type Entry } from '../store/memory/ranking-entry.ts';
import { partitionOfBoard } from '../store/partitions.ts';
import { MAX_BATCH_OPERATIONS, type Operation, type ScoreStore } from '../store/score-store.ts';

const MEMBERS = 1_000_000;
const SCORES = 1_000_000;

/** A board of a million members with scores spread over a million: its ranking, and the memory store around it. */
export async function benches(): Promise<Bench[]> {
  return [rankingBench(), await storeBench()];
}

function rankingBench(): Bench {
  const random = seededRandom();
  const ranking = new Ranking();
  const entries = Array.from({ length: MEMBERS }, (_, index): Entry => {
    return createEntry(`player_${index}`, random(SCORES));
  });
  for (const entry of entries) ranking.add(entry);
  const any = (): Entry => entries[random(MEMBERS)] as Entry;
  const move = (entry: Entry, change: number): void => ranking.move(entry, entry.key + change, 0);

  return new Bench({ name: 'ranking of 1M' })
    .add('change a score by 1', () => move(any(), 1))
    .add('change a score by up to 1000', () => move(any(), random(1000) + 1))
    .add('remove and add', () => {
      const entry = any();
      ranking.remove(entry);
      ranking.add(entry);
    })
    .add('rank of a score', () => ranking.countBetter(random(SCORES)))
    .add('place of a member', () => ranking.indexOf(any()))
    .add('page of 100 from the top', () => ranking.slice(0, 100))
    .add('page of 100 anywhere', () => ranking.slice(random(MEMBERS), 100));
}

async function storeBench(): Promise<Bench> {
  const random = seededRandom();
  const store = createMemoryStore();
  const player = (index: number): string => `player_${index}`;
  const changesOf = (members: () => number): readonly Operation[][] =>
    Array.from({ length: 64 }, () =>
      Array.from({ length: MAX_BATCH_OPERATIONS }, () => {
        return { op: 'delta', board: 'season', member: player(members()), value: random(100) + 1 };
      }),
    );
  for (let from = 0; from < MEMBERS; from += MAX_BATCH_OPERATIONS) {
    const length = Math.min(MAX_BATCH_OPERATIONS, MEMBERS - from);
    const operations = Array.from({ length }, (_, index): Operation => {
      return { op: 'set', board: 'season', member: player(from + index), value: random(SCORES) };
    });
    await apply(store, operations);
  }
  const scattered = changesOf(() => random(MEMBERS));
  const popular = changesOf(() => random(1000));
  let turn = 0;
  const next = (batches: readonly Operation[][]): readonly Operation[] =>
    batches[turn++ % batches.length] as Operation[];

  return new Bench({ name: 'memory store with a board of 1M' })
    .add('apply 512 deltas to anybody', () => apply(store, next(scattered)))
    .add('apply 512 deltas to 1000 members', () => apply(store, next(popular)))
    .add('read the top 100', () => store.readPages([{ board: 'season', offset: 0, limit: 'top' }]))
    .add('read one standing', () =>
      store.readStandings([{ board: 'season', members: [player(random(MEMBERS))] }]),
    )
    .add('read a neighbourhood of 11', () => store.readNeighbourhood('season', player(random(MEMBERS)), 5));
}

async function apply(store: ScoreStore, operations: readonly Operation[]): Promise<void> {
  await store.apply({
    partition: partitionOfBoard('season', store.partitions),
    acceptedAt: 1,
    parts: [{ operations }],
  });
}

/** Mulberry32: the same members and scores in every run. */
function seededRandom(): (below: number) => number {
  let state = 42;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
