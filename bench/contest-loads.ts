import { HeldContest } from '../broadcaster/contests/held-contest.ts';
import { HostKeeper } from '../broadcaster/contests/host-keeper.ts';
import type { Contest } from '../contest/contest.ts';
import { ContestHost } from '../contest/host/contest-host.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/logger.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { createRedisStore } from '../store/redis/redis-store.ts';
import { DEFAULT_STORE_OPTIONS, type ScoreStore } from '../store/score-store.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { type FantasyField, nameOf } from './fantasy-field.ts';

const CUP = 'bench';
/** As an upload has them. */
const TEAMS_PER_PIECE = 2000;

export interface ContestLoad {
  readonly engine: string;
  /** Until everything is in the store. */
  readonly storeMs: number;
  /** From an empty thread until every rank can be asked. */
  readonly loadMs: number;
  /** Of the processor in that time, both threads of the owner. */
  readonly loadCpuMs: number;
  /** The largest pause of the event loop beside it. */
  readonly pauseMs: number;
}

/** What an owner does after a takeover: a contest out of a store into its thread, and the first question. */
export async function* measureLoads(contest: Contest, field: FantasyField): AsyncGenerator<ContestLoad> {
  yield await measure('memory', createMemoryStore(), contest, field);
  const redis = await startRedis();
  const options = { ...DEFAULT_STORE_OPTIONS, url: redis.url, logger: silentLogger };
  yield await measure('Redis', createRedisStore(options), contest, field);
  await redis.stop();
}

async function measure(
  engine: string,
  store: ScoreStore,
  contest: Contest,
  field: FantasyField,
): Promise<ContestLoad> {
  await store.start();
  const startedAt = performance.now();
  await fill(store, contest);
  const storeMs = performance.now() - startedAt;
  const createHost = () => new ContestHost({ execArgv: ['--import', './scripts/typescript-threads.mjs'] });
  const deps = { store, clock: systemClock, logger: silentLogger, createHost };
  const hosts = new HostKeeper(deps);
  const held = new HeldContest({ ...deps, hosts }, CUP, () => CUP);
  // Its sources are translated here, which the built program does not do.
  await hosts.get();
  const pauses = watchPauses();
  const cpu = process.cpuUsage();
  const loadedAt = performance.now();
  const first = await held.query((standing) => standing, 'team', { team: nameOf(field.teams - 1) });
  const loadMs = performance.now() - loadedAt;
  const { user, system } = process.cpuUsage(cpu);
  const pauseMs = pauses();
  if (!('answer' in first) || !('rank' in first.answer)) throw new Error('the contest did not answer');
  await hosts.stop();
  await store.stop();
  return { engine, storeMs, loadMs, loadCpuMs: (user + system) / 1000, pauseMs };
}

async function fill(store: ScoreStore, contest: Contest): Promise<void> {
  const { heaviest, cardPlayers: players, teams } = contest;
  await store.configureTournament(CUP, {}, 0);
  for (let from = 0; from < teams; from += TEAMS_PER_PIECE) {
    const length = Math.min(TEAMS_PER_PIECE, teams - from);
    const bytes = contest.encode(Uint32Array.from({ length }, (_, place) => from + place));
    const verdict = await store.addTeams(CUP, { bytes, teams: length, heaviest, players }, 0);
    if (!verdict.ok) throw new Error(verdict.message);
  }
  await store.startTournament(CUP, 0);
}

function watchPauses(): () => number {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return longest;
  };
}
