import { readFileSync } from 'node:fs';
import { Contest } from '../contest/contest.ts';
import { ContestHost } from '../contest/host/contest-host.ts';
import { isRefused, type Refused } from '../contest/refusal.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { measureLoads } from './contest-loads.ts';
import { CARDS, FantasyField, nameOf, PLAYERS } from './fantasy-field.ts';
import { RedisUpdates } from './redis-updates.ts';

/**
 * A contest of a million teams when six players get points: how long until every score, every rank and the top 100 are right, and how long
 * the same takes as one ZINCRBY for each team and player on a Redis beside it. Then the same from ten thousand to ten million teams.
 *
 * Where the machine has other work too, look at the time of the processor: that is what a core of its own would take.
 */
const TEAMS = 1_000_000;
const SIZES = [10_000, 100_000, 1_000_000, 10_000_000];
const CHANGED_PLAYERS = 6;
const TICKS = 51;
const RECOMPUTATIONS = 7;
const WATCHED = { leagues: [{ league: 'all', limit: 100 }], teams: [] };

export async function* tables() {
  const field = new FantasyField(TEAMS);
  const contest = begin(field);
  const ticks = measureTicks(contest, field);
  const redis = await measureRedis(field);
  const title = `${number(TEAMS)} teams of ${CARDS} cards, ${PLAYERS} players, ${CHANGED_PLAYERS} change per tick`;
  yield [
    title,
    {
      'tick: scores, ranks of all by counting, top 100': row(ticks.tick),
      'those ranks written out, team by team': row(ticks.ranks),
      'both together': row(ticks.both),
      'tick in its thread, until the answer': row(await measureThread(contest, field)),
      'recompute and compare every score': row(measureRecompute(contest)),
      [`Redis: ZINCRBYs of the same change, ${number(redis.increments)} of them`]: row([
        redis.incrementsTime,
      ]),
      [`Redis: one ZINCRBY per team that changes, ${number(redis.teams)}`]: row([redis.teamsTime]),
    },
  ] as const;
  const tick = medians(ticks.both);
  yield [
    'for one tick with all ranks written out, Redis takes',
    {
      'with a ZINCRBY per team and player': times(redis.incrementsTime, tick),
      'with a ZINCRBY per team': times(redis.teamsTime, tick),
    },
  ] as const;

  const loads: Record<string, object> = {};
  for await (const { engine, storeMs, loadMs, loadCpuMs, pauseMs } of measureLoads(contest, field)) {
    loads[engine] = {
      'into the store, ms': storeMs.toFixed(0),
      'until an owner answers, ms': loadMs.toFixed(0),
      'of the processor': loadCpuMs.toFixed(0),
      'longest pause of its event loop, ms': pauseMs.toFixed(0),
    };
  }
  yield [`${number(TEAMS)} teams out of a store, as after a takeover`, loads] as const;

  const growth: Record<string, object> = {};
  for (const teams of SIZES) growth[`${number(teams)} teams`] = grow(teams);
  yield ['from the store to a tick', growth] as const;
}

function begin(field: FantasyField): Contest {
  const contest = new Contest();
  for (const team of field.all()) contest.register(team);
  for (const [player, points] of field.points()) contest.setPoints(player, points);
  contest.start();
  return contest;
}

function measureTicks(contest: Contest, field: FantasyField) {
  const times = { tick: [] as Time[], ranks: [] as Time[], both: [] as Time[] };
  for (let turn = 0; turn < TICKS; turn++) {
    for (const player of field.change(CHANGED_PLAYERS).keys()) setPoints(contest, field, player);
    const tick = timed(() => good(contest.tick(WATCHED)));
    const ranks = timed(() => good(contest.ranks()));
    times.tick.push(tick);
    times.ranks.push(ranks);
    times.both.push({ ms: tick.ms + ranks.ms, cpuMs: tick.cpuMs + ranks.cpuMs });
  }
  return times;
}

function measureRecompute(contest: Contest): Time[] {
  return Array.from({ length: RECOMPUTATIONS }, () =>
    timed(() => {
      const { corrected } = good(contest.recompute());
      if (corrected > 0) throw new Error(`${corrected} scores were wrong`);
    }),
  );
}

/** In the thread of a host, loaded from chunks: until the answer is there, while this thread waits. */
async function measureThread(contest: Contest, field: FantasyField): Promise<Time[]> {
  const host = new ContestHost({ execArgv: ['--import', './scripts/typescript-threads.mjs'] });
  await host.start();
  await host.ask('bench', 'open', {});
  for (let index = 0; index < contest.chunks; index++) {
    await host.ask('bench', 'load', { chunk: contest.chunk(index) });
  }
  await host.ask('bench', 'points', { points: field.points() });
  await host.ask('bench', 'start', undefined);
  const times: Time[] = [];
  for (let turn = 0; turn < TICKS; turn++) {
    const changed = [...field.change(CHANGED_PLAYERS).keys()];
    const points = changed.map((player) => [`player ${player}`, field.pointsOf(player)] as const);
    const timer = startTimer();
    void host.ask('bench', 'points', { points });
    good(await host.ask('bench', 'tick', { watched: WATCHED }));
    times.push(timer());
  }
  await host.stop();
  return times;
}

async function measureRedis(field: FantasyField) {
  const redis = await startRedis();
  const updates = await RedisUpdates.connect(redis.port);
  const { players, bonuses, teams } = field;
  const bonusAt = (at: number): number => 1 + (bonuses[at] as number) / 100;
  const worth = (team: number): number => {
    let sum = 0;
    for (let at = team * CARDS; at < (team + 1) * CARDS; at++)
      sum += field.pointsOf(players[at] as number) * bonusAt(at);
    return sum;
  };
  const all = Array.from({ length: teams }, (_, team) => [
    'ZADD',
    'teams',
    worth(team).toFixed(3),
    nameOf(team),
  ]);
  await updates.run(all, 1);
  // Redis answers with the score, which takes two lines.
  const each: string[][] = [];
  const summed = new Map<number, number>();
  for (const [changed, more] of field.change(CHANGED_PLAYERS)) {
    for (let at = 0; at < players.length; at++) {
      if (players[at] !== changed) continue;
      const team = Math.floor(at / CARDS);
      const gained = more * bonusAt(at);
      each.push(['ZINCRBY', 'teams', gained.toFixed(3), nameOf(team)]);
      summed.set(team, (summed.get(team) ?? 0) + gained);
    }
  }
  const sums = Array.from(summed, ([team, gained]) => ['ZINCRBY', 'teams', gained.toFixed(3), nameOf(team)]);
  const measure = async (commands: readonly (readonly string[])[]): Promise<Time> => {
    const cpuMsBefore = redisCpuMs(redis.pid);
    const ms = await updates.run(commands, 2);
    return { ms, cpuMs: redisCpuMs(redis.pid) - cpuMsBefore };
  };
  const results = {
    ...{ increments: each.length, incrementsTime: await measure(each) },
    ...{ teams: sums.length, teamsTime: await measure(sums) },
  };
  updates.close();
  await redis.stop();
  return results;
}

function grow(teams: number): Readonly<Record<string, string>> {
  const field = new FantasyField(teams);
  let contest = begin(field);
  const chunks = Array.from({ length: contest.chunks }, (_, index) => contest.chunk(index));
  const storedBytes = chunks.reduce((sum, { length }) => sum + length, 0);
  contest = new Contest();
  const load = timed(() => {
    for (const chunk of chunks) good(contest.load(chunk) ?? {});
  });
  for (const [player, points] of field.points()) contest.setPoints(player, points);
  const index = timed(() => contest.start());
  const { both } = measureTicks(contest, field);
  const texts = {
    load: print(load),
    index: print(index),
    'tick, ranks written out': print(medians(both)),
    recompute: print(medians(measureRecompute(contest))),
  };
  const { memoryBytes } = contest.figures;
  return {
    ...texts,
    'stored bytes per team': (storedBytes / teams).toFixed(0),
    'bytes per team': (memoryBytes / teams).toFixed(0),
    'memory, MB': (memoryBytes / 2 ** 20).toFixed(0),
  };
}

function setPoints(contest: Contest, field: FantasyField, player: number): void {
  contest.setPoints(`player ${player}`, field.pointsOf(player));
}

function good<T extends object>(answer: T | Refused): T {
  if (isRefused(answer)) throw new Error(answer.refused.message);
  return answer;
}

interface Time {
  readonly ms: number;
  /** Of the processor. */
  readonly cpuMs: number;
}

function startTimer(): () => Time {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  return () => {
    const ms = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    return { ms, cpuMs: (user + system) / 1000 };
  };
}

function timed(action: () => void): Time {
  const timer = startTimer();
  action();
  return timer();
}

/** What Linux has counted for the process, in hundredths of a second. */
function redisCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

function row(measured: readonly Time[]): Readonly<Record<string, string>> {
  const { ms, cpuMs } = medians(measured);
  const all = measured.map((time) => time.ms);
  return {
    'median, ms': ms.toFixed(1),
    'of the processor': cpuMs.toFixed(1),
    'least, ms': Math.min(...all).toFixed(1),
    'most, ms': Math.max(...all).toFixed(1),
  };
}

function medians(measured: readonly Time[]): Time {
  return { ms: median(measured.map(({ ms }) => ms)), cpuMs: median(measured.map(({ cpuMs }) => cpuMs)) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function print({ ms, cpuMs }: Time): string {
  return `${ms.toFixed(1)} ms (${cpuMs.toFixed(1)})`;
}

function times(long: Time, short: Time): Readonly<Record<string, string>> {
  return {
    time: `${Math.round(long.ms / short.ms)} times as long`,
    'of the processor': `${Math.round(long.cpuMs / short.cpuMs)} times as long`,
  };
}

function number(value: number): string {
  return value.toLocaleString('en');
}
