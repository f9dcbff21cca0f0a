import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultProductConfig } from '../../protocol/products.ts';
import type { WindowKind } from '../../protocol/windows.ts';
import { waitUntil } from '../../test/support/processes.ts';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { change, chunk, points } from '../contests-support.contract.ts';
import { append, FIXTURE, goal, undo } from '../matches-support.contract.ts';
import { partitionOfBoard, partitionOfMatch } from '../partitions.ts';
import type { ScoreStore } from '../score-store.ts';
import {
  allPartitions,
  apply,
  applyParts,
  applyProfile,
  beginOnce,
  best,
  count,
  delta,
  leasesOf,
  login,
  logout,
  part,
  reject,
  result,
  set,
  takeNames,
} from '../support.contract.ts';
import { takeOver } from '../take-over.ts';
import { createStoreUnderTest } from './redis.contract.ts';
import { loadScripts } from './scripts.ts';

let redis: RedisServer;
let admin: Redis;
beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.port);
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

const DAY = 24 * 3_600_000;

describe('keys', () => {
  test('each key has exactly one hash tag, and all keys of a partition share theirs', async () => {
    const { store, keyPrefix, dispose } = await createStoreUnderTest(redis.url, { maxDirtyNames: 4 });
    await doEverything(store);
    const names = await admin.keys(`${keyPrefix}*`);
    expect(names.length).toBeGreaterThan(16);
    const tags = names.map((name) => /^[^{}]*(\{[^{}]+\})[^{}]*$/.exec(name)?.[1]);
    const known = ['{partitions}', ...allPartitions(store).map((k) => `{p${k}}`)];
    for (const tag of tags) expect(known).toContain(tag);
    expect(new Set(tags)).toEqual(new Set(known));
    await dispose();
  });

  test('scripts touch only the keys they declare', async () => {
    const { store, keyPrefix, dispose } = await createStoreUnderTest(redis.url, {
      maxDirtyNames: 4,
      logOperations: 50,
    });
    const monitor = await admin.monitor();
    const undeclared: string[] = [];
    const scripts = new Set<string>();
    let declared = new Set<string>();
    let calls = 0;
    let finished = false;
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      const [command = '', script = '', count = '0', ...rest] = args;
      if (source === 'lua') {
        calls++;
        for (const key of keysOf(args)) if (!declared.has(key)) undeclared.push(args.slice(0, 3).join(' '));
      } else if (/^eval(sha)?$/i.test(command)) {
        scripts.add(script);
        declared = new Set(rest.slice(0, Number(count)));
      } else if (command.toLowerCase() === 'echo') finished = true;
    });
    await doEverything(store);
    await admin.echo(keyPrefix);
    await waitUntil(() => finished, 'the monitor to see the last command');
    monitor.disconnect();
    expect(undeclared).toEqual([]);
    expect(calls).toBeGreaterThan(100);
    // All but the two of the probe, which runs at the start only, and the one that asks whether a refusal is over.
    expect(new Set([...scripts].filter((script) => script.startsWith('#!lua'))).size).toBe(
      loadScripts().size - 3,
    );
    await dispose();
  });

  test('ten thousand watched members of two boards cost a handful of commands', async () => {
    const { store, dispose } = await createStoreUnderTest(redis.url, { partitions: 1 });
    const members = Array.from({ length: 5000 }, (_, index) => `m${index}`);
    await store.configureBoard('first', { ties: 'first', order: 'asc' }, 1000);
    for (const board of ['b', 'first']) {
      for (let from = 0; from < members.length; from += 500) {
        await apply(
          store,
          members
            .slice(from, from + 500)
            .map((member, index) => set(board, member, Math.floor((from + index) / 2))),
        );
      }
    }
    await admin.config('RESETSTAT');
    const [b, first, none] = await store.readStandings([
      { board: 'b', members: [...members, 'stranger'] },
      { board: 'first', members },
      { board: 'none', members: ['m0'] },
    ]);
    const stats = await admin.info('commandstats');
    const scripts = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
    expect(scripts).toBeLessThanOrEqual(12);
    expect(b).toEqual({
      total: 5000,
      standings: [
        ...members.map((_, index) => ({
          rank: 4999 - 2 * Math.floor(index / 2),
          score: Math.floor(index / 2),
        })),
        undefined,
      ],
    });
    expect(first).toEqual({
      total: 5000,
      standings: members.map((_, index) => ({
        rank: 2 * Math.floor(index / 2) + 1,
        score: Math.floor(index / 2),
      })),
    });
    expect(none).toEqual({ total: 0, standings: [undefined] });
    await dispose();
  });
});

/** Every script in each of its ways, in every partition. */
async function doEverything(store: ScoreStore): Promise<void> {
  const boards = Array.from({ length: 60 }, (_, index) => `b${index}`);
  await applyProfile(store, 'ann', 'Ann');
  for (const [index, board] of boards.entries()) {
    await store.configureBoard(board, { ties: index % 2 === 0 ? 'first' : 'member' }, 1000);
    await apply(store, [set(board, 'ann', 1), best(board, '{bob}', 2), set(board, 'eve', 1)]);
    await apply(store, [delta(board, 'ann', 1), delta(board, '{bob}', 1)]);
    await store.readNeighbourhood(board, '{bob}', 1);
    await store.removeMember(board, 'eve', 1000);
  }
  await store.readPages(boards.map((board) => ({ board, offset: 0, limit: 'top' })));
  await store.readStandings(boards.map((board) => ({ board, members: ['ann', 'stranger'] })));
  await store.listBoards({ limit: 100 });
  const leases = await store.acquireLeases(leasesOf(allPartitions(store), 0), 'one', 60_000);
  await store.renewLeases(leases, 'one', 60_000);
  await store.writeProbes(allPartitions(store), 1000);
  await store.readProbes(allPartitions(store));
  await store.takeDirty(leases);
  for (const [index, board] of boards.entries()) {
    await store.configureBoard(board, { order: 'asc', ties: index % 4 < 2 ? 'first' : 'member' }, 1000);
    if (index % 3 === 0) await store.removeBoard(board, 1000);
  }
  await store.takeDirty(leases);
  for (const board of boards.slice(0, 3)) await apply(store, [delta(board, 'ann', 5)]);
  await takeNames(store, Number.MAX_SAFE_INTEGER);
  for (const board of boards) await apply(store, [delta(board, 'ann', 5)]);
  await doEverythingOnce(store, boards);
  await doEverythingAgain(store, boards);
  await doEverythingBeside(store);
  await doEverythingOfMatches(store);
  await doEverythingOfTournaments(store);
  await store.releaseLeases(leases, 'one');
}

/** Of results, counters, sessions, products and windows. */
async function doEverythingBeside(store: ScoreStore): Promise<void> {
  await store.configureProduct('g', defaultProductConfig('g'), 1000);
  await store.readProducts(['g', 'none']);
  await store.listProducts({ limit: 5 });
  for (const board of ['w', 'x']) {
    const windows: WindowKind[] = ['daily', 'weekly', 'monthly'];
    await store.configureBoard(board, { windows, ...(board === 'w' ? { ties: 'first' } : {}) }, 1000);
    await apply(store, [result(board, 'ann', '{bob}'), delta(board, 'ann', 1)]);
    await apply(store, [result(board, 'ann', '{bob}'), delta(board, 'ann', 1)], DAY);
    const key = `${board}@daily.1970-01-01`;
    await store.readConfigs([board, 'none']);
    await store.listWindows(board);
    await store.readPages([{ board: key, offset: 0, limit: 'top' }]);
    await store.readStandings([{ board: key, members: ['ann'] }]);
    await store.readNeighbourhood(key, 'ann', 1);
    await doEverythingAgain(store, [key, `${board}@daily.none`]);
    await store.configureBoard(board, { order: 'asc' }, 1000);
    await store.removeMember(board, 'ann', 1000);
    await store.removeBoard(key, 1000);
    if (board === 'x') await store.removeBoard(board, 1000);
  }
  await apply(store, [count('g', '{bob}', 'a:b'), count('g', '{bob}', 'a:c')]);
  await apply(store, [login('1', '{bob}', 'duel'), login('1', 'ann', 'team'), logout('1', 'ann')]);
  await store.readPlayers([{ product: 'g', player: '{bob}' }]);
  await store.readAreas([{ area: '1', limit: 5 }]);
  await store.listAreas({ limit: 5 });
  for (const partition of allPartitions(store)) await store.sweep(partition, 1e13, 10);
}

/** Of matches: new, corrected, as another client knows them, refused, mixed with everything else. */
async function doEverythingOfMatches(store: ScoreStore): Promise<void> {
  const matches = Array.from({ length: 20 }, (_, index) => `m${index}`);
  for (const match of matches) {
    const board = boardBeside(match, store.partitions);
    await store.configureMatch(match, FIXTURE, 1000);
    await apply(store, [append(match, 'start'), goal(match), delta(board, 'ann', 1)]);
    await apply(store, [goal(match), goal(match), goal(match, { expected: 1 }), result(board, 'ann', 'eve')]);
    await apply(store, [undo(match), ...Array.from({ length: 5 }, () => append(match, 'resume'))]);
    await store.configureMatch(match, { ...FIXTURE, title: 'Final' }, 1000);
  }
  await store.readMatches([...matches, 'none']);
  await store.readMatchEvents('m1', { after: 1, limit: 2 });
  await store.listMatches({ limit: 5 });
  for (const match of [...matches.slice(10), 'none']) await store.removeMatch(match, 1000);
}

/** Of tournaments: new, with teams and points, started, changed, mixed with everything else. */
async function doEverythingOfTournaments(store: ScoreStore): Promise<void> {
  const tournaments = Array.from({ length: 40 }, (_, index) => `t${index}`);
  for (const [index, tournament] of tournaments.entries()) {
    const at = { tournament };
    await store.configureTournament(tournament, index % 2 === 0 ? {} : { players: ['ann', '{bob}'] }, 1000);
    await store.addTeams(tournament, chunk({ players: ['ann', '{bob}'] }), 1000);
    await store.configureTournament(tournament, { players: ['{bob}', 'ann', 'eve'] }, 1000);
    await apply(store, [points('ann', 5, at), points('{bob}', 0.5, at), points('eve', 6, at)]);
    await apply(store, [points('ann', 0.5, at), points('{bob}', 0.5, at), points('ann', 6, at)]);
    await store.startTournament(tournament, 1000);
    await store.putTeam(tournament, change('{x}', { ann: 1000 }), 1000);
    await store.putTeam(tournament, change('{x}', { '{bob}': 1000 }), 1000);
    await store.readContestTail(tournament, 0);
    await store.readTeamChunks(tournament, 0);
  }
  await store.readTournaments([...tournaments, 'none']);
  await store.listTournaments({ limit: 5 });
  for (const tournament of [...tournaments.slice(30), 'none']) await store.removeTournament(tournament, 1000);
}

/** One in the same partition. */
function boardBeside(match: string, partitions: number): string {
  for (let n = 0; ; n++) {
    if (partitionOfBoard(`x${n}`, partitions) === partitionOfMatch(match, partitions)) return `x${n}`;
  }
}

/** Of producers and of keys: new, sent again, refused, in conflict. */
async function doEverythingOnce(store: ScoreStore, boards: readonly string[]): Promise<void> {
  for (const board of boards.slice(0, 4)) {
    const partition = partitionOfBoard(board, store.partitions);
    const operations = [delta(board, 'ann', 1), reject('forbidden'), delta(board, 'ann', Number.NaN)];
    const { claim } = await takeOver(store, 'p');
    const once = await beginOnce(store, 'once:x', 'hash');
    for (const id of ['p', once.id]) {
      const ofId = id === 'p' ? claim : 0;
      await applyParts(store, partition, [part(id, ofId, 1, operations)]);
      await applyParts(store, partition, [part(id, ofId, 1, [...operations, ...operations])]);
    }
    await applyParts(store, partition, [{ operations }, part('p', 1, 9, operations)]);
  }
}

/** Of what a board is compared and repaired with. */
async function doEverythingAgain(store: ScoreStore, boards: readonly string[]): Promise<void> {
  for (const partition of allPartitions(store)) await store.readLog(partition, 0, 10);
  for (const board of boards) {
    const members = ['ann', '{bob}', 'stranger'];
    const { position, records } = await store.readRecords(board, members);
    const right = { score: 7, arrival: 3 };
    const repairs = members.map((member, i) => ({
      member,
      found: records[i],
      right: i === 1 ? undefined : right,
    }));
    await store.repairBoard(board, repairs, 1000);
    await store.removeStrays(board, [{ element: '00', member: '', score: 1 }], 1000);
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      cursor = (await store.scanMembers(board, cursor)).next;
    }
    await store.saveCheckpoint(board, { position, texts: ['one', 'two'] });
    await store.loadCheckpoint(board);
    await store.readCreation(board);
    await store.readCheckpointPositions([board]);
    await store.advanceCheckpoints([{ board, from: position }], position + 1);
  }
}

/** Of the commands that scripts use, only UNLINK, DEL and RENAME take several keys. */
function keysOf([command = '', ...args]: readonly string[]): readonly string[] {
  if (/^time$/i.test(command)) return [];
  return /^(unlink|del|rename)$/i.test(command) ? args : args.slice(0, 1);
}
