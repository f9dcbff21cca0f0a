import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  decodeBusMessage,
  encodeBusMessage,
  type PatchMessage,
  type RefusalMessage,
  TOPICS,
  type ViewMessage,
} from '../../bus/messages.ts';
import { ContestModel } from '../../contest/contest-model.contract.ts';
import { kindOf, parseChannel } from '../../protocol/channels.ts';
import { applyPatch } from '../../protocol/patches.ts';
import { type Logger, silentLogger } from '../../runtime/logger.ts';
import { putTeam } from '../../server/contests/put-team.ts';
import { partitionOfBoard, partitionOfChannel, partitionOfTournament } from '../../store/partitions.ts';
import {
  CONTEST_IDLE_MS,
  MAX_HELD_CONTESTS,
  MAX_HELD_QUESTIONS,
  QUESTION_PATIENCE_MS,
} from './contest-types.ts';
import { type ContestRig, CUP, createContestRig, line, register, setPoints } from './support.contract.ts';

let rig: ContestRig;
beforeEach(async () => {
  rig = await createContestRig();
});

const ALL = { league: 'all', offset: 0, limit: 10 };
const ask = (page = ALL) => rig.settle(rig.asker.ask(CUP, 'page', page));
const refused = (code: string) => ({ refused: { code, message: expect.any(String) } });

async function startCup(): Promise<void> {
  await rig.store.configureTournament(CUP, {}, 1000);
  await register(rig.store, [
    line('one', { ann: 2, bob: 1 }, ['office']),
    line('two', { bob: 1.5 }),
    line('three', { bob: 9 }),
    // The latest line of a team counts, and the place of the first.
    line('three', { cem: 1 }, ['office']),
  ]);
  await rig.store.startTournament(CUP, 1000);
}

/** Teams cannot be read from it until they are released. */
function slowStore() {
  const store = rig.store.connect();
  const read = store.readTeamChunks.bind(store);
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  store.readTeamChunks = async (...args) => {
    await released;
    return read(...args);
  };
  return { store, release };
}

/** What a gateway hears of a channel: whatever it was told last of its state, and refusals. */
function watch(name: string) {
  const heard = { state: undefined as unknown, epoch: '', seq: 0, refusals: [] as string[], patches: 0 };
  const channel = parseChannel(name);
  if (channel === undefined) throw new Error(`${name} is no channel`);
  const hear = (bytes: Uint8Array): void => {
    const message = decodeBusMessage(bytes) as PatchMessage | ViewMessage | RefusalMessage;
    if (!('channel' in message) || message.channel !== name) return;
    if (message.type === 'refusal') heard.refusals.push(message.code);
    else if (message.type === 'view') Object.assign(heard, message);
    else {
      expect([message.epoch, message.seq]).toEqual([heard.epoch, heard.seq + 1]);
      heard.state = applyPatch(kindOf(channel), heard.state as never, message.patch);
      heard.seq = message.seq;
      heard.patches++;
    }
  };
  rig.bus.subscribe(TOPICS.channel(name), hear);
  rig.bus.subscribe(TOPICS.inbox('g'), hear);
  const partition = partitionOfChannel(channel, rig.store.partitions);
  const tell = (): void => {
    const position = heard.epoch === '' ? ([name] as const) : ([name, heard.epoch, heard.seq] as const);
    const message = encodeBusMessage({ type: 'watch', gateway: 'g', channels: [position] });
    rig.bus.publish(TOPICS.watch(partition), message);
  };
  tell();
  return { heard, tell };
}

describe('the owner of a contest', () => {
  test('answers with pages and teams that have all that the store took before', async () => {
    await startCup();
    await rig.broadcaster('b1');
    expect(await ask()).toMatchObject({ total: 3, rows: [{ rank: 1 }, { rank: 1 }, { rank: 1 }] });
    await setPoints(rig.store, { ann: 10, bob: 4.5, cem: -1 });
    expect(await ask()).toEqual({
      ...{ league: 'all', total: 3 },
      rows: [
        { rank: 1, team: 'one', score: 24.5 },
        { rank: 2, team: 'two', score: 6.75 },
        { rank: 3, team: 'three', score: -1 },
      ],
    });
    await setPoints(rig.store, { cem: 100 });
    expect(await ask({ ...ALL, league: 'office', offset: 1 })).toEqual({
      ...{ league: 'office', total: 2 },
      rows: [{ rank: 2, team: 'one', score: 24.5 }],
    });
    expect(await rig.settle(rig.asker.ask(CUP, 'team', { team: 'three' }))).toEqual({
      ...{ team: 'three', rank: 1, score: 100, total: 3, leagues: { office: 1 } },
      cards: [{ player: 'cem', bonus: 1, points: 100 }],
    });
  });

  test('refuses what it cannot tell, with a code', async () => {
    await rig.broadcaster('b1');
    expect(await ask()).toEqual(refused('not_found'));
    await rig.store.configureTournament(CUP, {}, 1000);
    expect(await ask()).toEqual(refused('conflict'));
    await rig.store.startTournament(CUP, 1000);
    expect(await ask()).toEqual({ league: 'all', total: 0, rows: [] });
    expect(await ask({ ...ALL, league: 'nobodys' })).toEqual(refused('not_found'));
    expect(await ask({ ...ALL, limit: 1001 })).toEqual(refused('too_large'));
    expect(await rig.settle(rig.asker.ask(CUP, 'team', { team: 'x' }))).toEqual(refused('not_found'));
  });

  test('forgets one that is removed, and knows the one that comes in its place', async () => {
    await startCup();
    await rig.broadcaster('b1');
    await setPoints(rig.store, { ann: 10 });
    expect(await ask()).toMatchObject({ total: 3 });
    const { heard } = watch(`league:${CUP}:all`);
    await rig.clock.advance(1000);
    expect(heard.state).toHaveLength(3);
    await rig.store.removeTournament(CUP, 1000);
    expect(await ask()).toEqual(refused('not_found'));
    await rig.store.configureTournament(CUP, {}, 1000);
    await register(rig.store, [line('another', { ann: 1 })]);
    await rig.store.startTournament(CUP, 1000);
    await rig.clock.advance(1000);
    expect(await ask()).toMatchObject({ total: 1, rows: [{ team: 'another', score: 0 }] });
    expect(heard.state).toEqual([['another', 0]]);
  });

  test('is not there: the question is answered in time, as unavailable', async () => {
    await startCup();
    expect(await ask()).toEqual(refused('unavailable'));
  });

  test('takes teams after the start, whose scores go on from what they were', async () => {
    await startCup();
    await rig.broadcaster('b1');
    const deps = { store: rig.store, asker: rig.asker, clock: rig.clock };
    const put = (team: object) => rig.settle(putTeam(deps, CUP, team));
    await setPoints(rig.store, { ann: 10, bob: 4 });
    expect(await put(line('one', { bob: 1 }))).toEqual({ outcome: 'replaced' });
    expect(await put(line('one', { bob: 1 }))).toEqual({ outcome: 'unchanged' });
    expect(await put(line('new', { ann: 3 }, ['office']))).toEqual({ outcome: 'added' });
    expect(await put(line('two', { bob: 1.5 }))).toEqual({ outcome: 'unchanged' });
    expect(await put(line('x', { ann: 0 }))).toEqual(refused('malformed'));
    await setPoints(rig.store, { ann: 11, bob: 5 });
    const page = await ask();
    expect(page).toMatchObject({
      rows: [
        { team: 'one', score: 25 },
        { team: 'two', score: 7.5 },
        { team: 'new', score: 3 },
        { team: 'three', score: 0 },
      ],
    });
    expect(await ask({ ...ALL, league: 'office' })).toMatchObject({ total: 2 });
    expect(await rig.settle(rig.asker.ask(CUP, 'recompute', {}))).toEqual({
      ...{ checked: 4, corrected: 0, differences: [] },
    });

    // Whoever loads it all later has the same.
    rig.hosts[0]?.lose();
    expect(await ask()).toEqual(page);
    expect(rig.hosts).toHaveLength(2);
  });

  test('holds a contest no longer than somebody is interested in it', async () => {
    await startCup();
    const broadcaster = await rig.broadcaster('b1');
    await ask();
    expect(broadcaster.stats().contests).toBe(1);
    await rig.clock.advance(CONTEST_IDLE_MS + 2000);
    expect(broadcaster.stats().contests).toBe(0);
    expect(rig.hosts[0]?.calls.at(-1)).toBe('close');
    expect(await ask()).toMatchObject({ total: 3 });
  });

  test('has room for those that there are, whatever is asked about', async () => {
    await startCup();
    const broadcaster = await rig.broadcaster('b1');
    await rig.store.configureTournament('open', {}, 1000);
    const made = Array.from({ length: MAX_HELD_CONTESTS }, (_, n) => rig.asker.ask(`none-${n}`, 'page', ALL));
    const [first] = await rig.settle(Promise.all([...made.slice(1), rig.asker.ask('open', 'page', ALL)]));
    expect(first).toEqual(refused('not_found'));
    expect(broadcaster.stats().contests).toBe(0);
    expect(await ask()).toMatchObject({ total: 3 });
    expect(broadcaster.stats().contests).toBe(1);
  });

  test('holds questions while it loads, and answers them with all that the store took before', async () => {
    await startCup();
    const { store, release } = slowStore();
    await rig.broadcaster('b1', store);
    const answers = Promise.all([ask(), rig.asker.ask(CUP, 'team', { team: 'two' })]);
    await rig.clock.advance(QUESTION_PATIENCE_MS - 1000);
    await setPoints(rig.store, { bob: 2 });
    release();
    expect(await answers).toMatchObject([
      { rows: [{ team: 'two', score: 3 }, { team: 'one', score: 2 }, { team: 'three' }] },
      { rank: 1, score: 3 },
    ]);
    // However often they were asked, they were one each.
    expect(rig.hosts[0]?.calls.filter((call) => call === 'page' || call === 'team')).toHaveLength(2);
  });

  test('holds them for so long and no longer', async () => {
    await startCup();
    const { store } = slowStore();
    await rig.broadcaster('b1', store);
    let said: unknown;
    void rig.asker.ask(CUP, 'page', ALL).then((answer) => {
      said = answer;
    });
    await rig.clock.advance(QUESTION_PATIENCE_MS - 1);
    expect(said).toBeUndefined();
    await rig.clock.advance(10);
    expect(said).toEqual(refused('unavailable'));
  });

  test('holds so many and no more, and has room again when they are answered', async () => {
    await startCup();
    const { store, release } = slowStore();
    await rig.broadcaster('b1', store);
    const held = Array.from({ length: MAX_HELD_QUESTIONS }, () => rig.asker.ask(CUP, 'page', ALL));
    await rig.clock.advance(10);
    let said: unknown;
    void rig.asker.ask(CUP, 'page', ALL).then((answer) => {
      said = answer;
    });
    await rig.clock.advance(10);
    expect(said).toEqual(refused('unavailable'));
    release();
    const answered = await rig.settle(Promise.all(held));
    expect(new Set(answered.map((answer) => 'total' in answer && answer.total))).toEqual(new Set([3]));
    expect(await ask()).toMatchObject({ total: 3 });
  });

  test('answers what was asked while nobody owned the contest', async () => {
    await startCup();
    const answer = rig.asker.ask(CUP, 'page', ALL);
    await rig.clock.advance(2000);
    await rig.broadcaster('b1');
    expect(await rig.settle(answer)).toMatchObject({ total: 3 });
  });

  test('says in its log why a contest cannot be loaded', async () => {
    await startCup();
    const store = rig.store.connect();
    store.readTeamChunks = async () => ({ chunks: [Uint8Array.of(99)] });
    const warn = vi.fn();
    const logger: Logger = { ...silentLogger, warn, child: () => logger };
    await rig.broadcaster('b1', store, logger);
    expect(await ask()).toEqual(refused('unavailable'));
    const why = expect.stringContaining('in a form that is not known');
    expect(warn).toHaveBeenCalledWith({ tournament: CUP, why }, expect.any(String));
  });

  test('says unavailable while it loads, never a rank that is not right', async () => {
    await startCup();
    const { store, release } = slowStore();
    await rig.broadcaster('b1', store);
    const league = watch(`league:${CUP}:all`);
    expect(await ask()).toEqual(refused('unavailable'));
    await rig.clock.advance(100);
    expect(league.heard).toMatchObject({ state: undefined, refusals: ['unavailable'] });
    await setPoints(rig.store, { bob: 2 });
    release();
    expect(await ask()).toMatchObject({
      rows: [{ team: 'two', score: 3 }, { team: 'one' }, { team: 'three' }],
    });
    league.tell();
    await rig.clock.advance(100);
    expect(league.heard.state).toEqual([
      ['two', 3],
      ['one', 2],
      ['three', 0],
    ]);
  });
});

describe('channels of a contest', () => {
  test('are empty before the start, and follow every tick after it', async () => {
    await rig.broadcaster('b1');
    const none = watch('league:none:all');
    await rig.clock.advance(100);
    expect(none.heard.refusals).toEqual(['not_found']);
    await rig.store.configureTournament(CUP, {}, 1000);
    const [league, office, team] = [`league:${CUP}:all`, `league:${CUP}:office`, `team:${CUP}:two`].map(
      watch,
    );
    const states = () => [league, office, team].map((each) => each?.heard.state);
    await rig.clock.advance(600);
    expect(states()).toEqual([[], [], { member: 'two', total: 0 }]);
    await register(rig.store, [line('one', { ann: 1 }, ['office']), line('two', { bob: 2 })]);
    await rig.store.startTournament(CUP, 1000);
    await rig.clock.advance(1000);
    expect(states()).toEqual([
      [['one', 0], ['two', 0]], // biome-ignore format: two rows
      [['one', 0]],
      { member: 'two', total: 2, rank: 1, score: 0 },
    ]);
    for (const points of [1.5, 2, 2.5]) {
      await setPoints(rig.store, { bob: points, ann: points });
      await rig.clock.advance(500);
      expect(states()[0]).toEqual([['two', 2 * points], ['one', points]]); // biome-ignore format: two rows
      expect(states()[2]).toEqual({ member: 'two', total: 2, rank: 1, score: 2 * points });
    }
    expect(league?.heard.patches).toBeGreaterThanOrEqual(4);
    const { patches } = league?.heard ?? {};
    await rig.clock.advance(2000);
    expect(league?.heard.patches).toBe(patches);
  });

  test('are waited for by nobody: others move on while a contest is slow', async () => {
    await startCup();
    const store = rig.store.connect();
    await rig.broadcaster('b1', store);
    const board = boardBeside(rig.store.partitions);
    const [other, league] = [watch(`board:${board}`), watch(`league:${CUP}:all`)];
    await rig.clock.advance(1000);
    const read = store.readContestTail.bind(store);
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    store.readContestTail = async (...args) => {
      await held;
      return read(...args);
    };
    await setPoints(rig.store, { cem: 5 });
    const partition = partitionOfTournament(CUP, rig.store.partitions);
    for (let score = 1; score <= 3; score++) {
      const operations = [{ op: 'set', board, member: 'ann', value: score }] as const;
      await rig.store.apply({ partition, acceptedAt: 1000, parts: [{ operations }] });
      await rig.clock.advance(500);
      expect(other.heard.state).toEqual([['ann', score]]);
    }
    go();
    await rig.clock.advance(1000);
    league.tell();
    await rig.clock.advance(1000);
    expect(league.heard.state).toEqual([['three', 5], ['one', 0], ['two', 0]]); // biome-ignore format: rows
  });

  test('go with their partition to another broadcaster, and are right there', async () => {
    await startCup();
    const first = await rig.broadcaster('b1');
    const league = watch(`league:${CUP}:all`);
    await setPoints(rig.store, { ann: 1 });
    await rig.clock.advance(1000);
    expect(league.heard.state).toEqual([['one', 2], ['two', 0], ['three', 0]]); // biome-ignore format: rows
    await rig.settle(first.stop());
    await setPoints(rig.store, { cem: 5 });
    await rig.broadcaster('b2');
    league.tell();
    await rig.clock.advance(1000);
    expect(league.heard.state).toEqual([['three', 5], ['one', 2], ['two', 0]]); // biome-ignore format: rows
    expect(rig.hosts).toHaveLength(2);
  });

  test('are withdrawn while the contest is loaded again, and do not wait for ever', async () => {
    await startCup();
    const store = rig.store.connect();
    await rig.broadcaster('b1', store);
    const league = watch(`league:${CUP}:all`);
    await rig.clock.advance(1000);
    const host = rig.hosts[0];
    store.setState('up');
    await setPoints(rig.store, { cem: 5 });
    await rig.clock.advance(1000);
    // After a reconnection nothing is trusted that was read before it.
    expect(host?.calls.filter((call) => call === 'open')).toHaveLength(2);
    expect(league.heard.state).toMatchObject([['three', 5], ['one', 0], ['two', 0]]); // biome-ignore format: rows
    host?.lose();
    await rig.clock.advance(1000);
    await setPoints(rig.store, { cem: 6 });
    await rig.clock.advance(1000);
    league.tell();
    await rig.clock.advance(1000);
    expect(league.heard.state).toMatchObject([['three', 6], ['one', 0], ['two', 0]]); // biome-ignore format: rows
  });
});

/** One in the same partition. */
function boardBeside(partitions: number): string {
  const partition = partitionOfTournament(CUP, partitions);
  for (let n = 0; ; n++) if (partitionOfBoard(`b${n}`, partitions) === partition) return `b${n}`;
}

describe('whatever is done to a contest', () => {
  const PLAYERS = ['ann', 'bob', 'cem', '__proto__'];
  const TEAMS = ['t1', 't2', 't3', '__proto__', 'late'];
  const roster = fc.record({
    cards: fc
      .subarray(PLAYERS, { minLength: 1 })
      .chain((players) =>
        fc.tuple(
          ...players.map((player) =>
            fc.record({ player: fc.constant(player), bonus: fc.constantFrom(1, 1.5, 2, 0.001) }),
          ),
        ),
      ),
    leagues: fc.subarray(['office', 'home']),
  });
  const step = fc.oneof(
    fc.record({ do: fc.constant('points' as const), player: fc.constantFrom(...PLAYERS), points: fc.constantFrom(0, 1, -2.5, 0.125, 100) }),
    fc.record({ do: fc.constant('put' as const), team: fc.constantFrom(...TEAMS), roster }),
    fc.record({ do: fc.constant('look' as const) }),
    fc.record({ do: fc.constant('lose' as const) }),
    fc.record({ do: fc.constant('reconnect' as const) }),
  ); // biome-ignore format: a line each

  test('its pages are what the plainest computation gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ team: fc.constantFrom(...TEAMS.slice(0, 4)), roster }), { maxLength: 6 }),
        fc.array(step, { maxLength: 20 }),
        async (registered, steps) => {
          rig = await createContestRig();
          const model = new ContestModel();
          await rig.store.configureTournament(CUP, {}, 1000);
          for (const { team, roster: { cards, leagues } } of registered) model.put(team, cards, leagues); // biome-ignore format: short
          await register(rig.store, registered.map(({ team, roster: rest }) => ({ team, ...rest }))); // biome-ignore format: short
          await rig.store.startTournament(CUP, 1000);
          model.isStarted = true;
          const store = rig.store.connect();
          await rig.broadcaster('b1', store);
          for (const each of [...steps, { do: 'look' } as const]) {
            if (each.do === 'points') {
              await setPoints(rig.store, { [each.player]: each.points });
              model.points.set(each.player, BigInt(Math.round(1000 * each.points)));
            } else if (each.do === 'put') {
              const { team, roster: { cards, leagues } } = each; // biome-ignore format: short
              const deps = { store: rig.store, asker: rig.asker, clock: rig.clock };
              const outcome = await rig.settle(putTeam(deps, CUP, { team, cards, leagues }));
              expect(outcome).toHaveProperty('outcome');
              if ('outcome' in outcome && outcome.outcome !== 'unchanged') model.put(team, cards, leagues);
            } else if (each.do === 'lose') {
              rig.hosts.at(-1)?.lose();
            } else if (each.do === 'reconnect') {
              store.setState('up');
            } else {
              for (const league of ['all', 'office']) {
                const rows = model.league(league);
                const page = await ask({ ...ALL, league });
                if (rows.length > 0) expect(page).toEqual({ league, total: rows.length, rows });
              }
              const recomputed = await rig.settle(rig.asker.ask(CUP, 'recompute', {}));
              expect(recomputed).toEqual({ checked: model.teams.size, corrected: 0, differences: [] });
            }
          }
        },
      ),
      { numRuns: 60, interruptAfterTimeLimit: 15_000 },
    );
  });
});
