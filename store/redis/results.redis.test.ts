import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { createMemoryStore } from '../memory/memory-store.ts';
import type { LogEntry, Operation, Part, ScoreStore } from '../score-store.ts';
import { MAX_BATCH_OPERATIONS } from '../score-store.ts';
import { applyParts, delta, readEntries, readScores, result } from '../support.contract.ts';
import { takeOver } from '../take-over.ts';
import { createStoreUnderTest } from './redis.contract.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const PLAYERS = Array.from({ length: 12 }, (_, i) => `player-${i}`);
const BOARDS = ['elo', 'first'];
const KEYS = [...BOARDS, 'elo@daily.2026-11-21', 'elo@weekly.2026-W47'];

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe('results of the same players from four nodes at once', () => {
  test('are each rated once, and give exactly what the log replayed by one thread gives', async () => {
    const { store, connect, dispose } = await open();
    const nodes = [store, await connect(), await connect(), await connect()];
    const random = seededRandom(7);
    await Promise.all(
      nodes.map(async (node, n) => {
        const { claim } = await takeOver(node, `p${n}`);
        let last = 0;
        for (let turn = 0; turn < 25; turn++) {
          // Two operations of one number each, on two boards; some are sent again, alone or before new ones.
          const events = Array.from({ length: 1 + random(8) }, (_, i) => last + 1 + i);
          const again = Array.from({ length: random(4) }, (_, i) => last - i).filter((number) => number > 0);
          last = events.at(-1) ?? last;
          const part = gamesOf(`p${n}`, claim, [...again.reverse(), ...events]);
          const verdict = await applyParts(node, 0, [part, { operations: [delta('elo', 'cheat', 1)] }], NOON);
          expect(verdict.parts[0]).toMatchObject({ duplicates: 2 * again.length, refused: [] });
          if (random(3) === 0) {
            const [repeated] = (await applyParts(node, 0, [part], NOON)).parts;
            expect(repeated).toMatchObject({ duplicates: part.operations.length, refused: [] });
          }
        }
        expect((await takeOver(node, `p${n}`)).last).toBe(last);
      }),
    );
    const logged = (await readEntries(store)).flatMap(operationsOf);
    const games = logged.flatMap((operation) => (operation.op === 'result' ? [operation] : []));
    const sent = games.map(({ board, options }) => `${board} ${options.game}`);
    expect(new Set(sent).size).toBe(sent.length);
    let expected = 0;
    for (let n = 0; n < nodes.length; n++) expected += 2 * (await takeOver(store, `p${n}`)).last;
    expect(sent.length).toBe(expected);
    expect(await readScores(store, 'elo')).toContainEqual(['cheat', 100]);
    await expectReplayed(store);
    await dispose();
  });

  test('come to an end in large batches, too', async () => {
    const { store, connect, dispose } = await open();
    const nodes = [store, await connect(), await connect(), await connect()];
    await Promise.all(
      nodes.map(async (node, n) => {
        for (let turn = 0; turn < 3; turn++) {
          const numbers = Array.from({ length: MAX_BATCH_OPERATIONS / 2 }, (_, i) => 1 + turn * 256 + i);
          const [verdict] = (await applyParts(node, 0, [gamesOf(`p${n}`, 1, numbers)], NOON)).parts;
          expect(verdict).toEqual({ status: 'settled', duplicates: 0, refused: [] });
        }
      }),
    );
    const logged = (await readEntries(store)).flatMap(operationsOf);
    expect(logged.length).toBe(nodes.length * 3 * MAX_BATCH_OPERATIONS);
    await expectReplayed(store);
    await dispose();
  });
});

async function open() {
  const subject = await createStoreUnderTest(redis.url, { partitions: 1 }, undefined, BUILT_IN_SCORING);
  await subject.store.configureBoard('elo', { windows: ['daily', 'weekly'] }, NOON);
  await subject.store.configureBoard('first', { ties: 'first' }, NOON);
  return subject;
}

/** Each number is a game, on both boards. */
function gamesOf(id: string, claim: number, numbers: readonly number[]): Part {
  const operations = numbers.flatMap((number) => {
    const winner = (number * 7 + id.charCodeAt(1)) % PLAYERS.length;
    const loser = (winner + 1 + (number % (PLAYERS.length - 1))) % PLAYERS.length;
    return BOARDS.map((board) =>
      result(board, PLAYERS[winner] ?? '', PLAYERS[loser] ?? '', {
        ...{ handler: 'elo', draw: number % 5 === 0 },
        options: { k: 20.1, start: 1500, game: `${id} ${number}` },
      }),
    );
  });
  return { operations, producer: { id, claim, numbers: numbers.flatMap((number) => [number, number]) } };
}

function operationsOf(entry: LogEntry): readonly Operation[] {
  return entry.kind === 'batch' ? entry.operations : [];
}

/** The memory store applies one operation after the other. */
async function expectReplayed(store: ScoreStore): Promise<void> {
  const model = createMemoryStore({ partitions: 1 });
  for (const entry of await readEntries(store)) {
    if (entry.kind === 'configure') await model.configureBoard(entry.board, entry.config, entry.at);
    else await applyParts(model, 0, [{ operations: operationsOf(entry) }], entry.at);
  }
  for (const key of KEYS) {
    const scores = await readScores(store, key);
    expect(scores.length).toBeGreaterThanOrEqual(PLAYERS.length);
    expect(scores).toEqual(await readScores(model, key));
  }
  const records = (each: ScoreStore) => each.readRecords('first', PLAYERS);
  expect(await records(store)).toEqual(await records(model));
}

function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}
