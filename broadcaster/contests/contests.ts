import type { ContestAnswer, ContestQuestion, ContestQuestions } from '../../bus/messages.ts';
import type { TickResult, Watched } from '../../contest/contest-types.ts';
import { isRefused, type Refused, refuse } from '../../contest/refusal.ts';
import type { Channel } from '../../protocol/channels.ts';
import type { Row, State } from '../../protocol/views.ts';
import {
  CHANNEL_PATIENCE_MS,
  CONTEST_IDLE_MS,
  type ContestDeps,
  LEAGUE_ROWS,
  MAX_HELD_CONTESTS,
  MAX_HELD_QUESTIONS,
  QUESTION_PATIENCE_MS,
} from './contest-types.ts';
import { HeldContest, type Patience, type Standing } from './held-contest.ts';
import { HostKeeper } from './host-keeper.ts';

export type ContestChannel = Extract<Channel, { type: 'league' | 'team' }>;

export function isOfContest(channel: Channel): channel is ContestChannel {
  return channel.type === 'league' || channel.type === 'team';
}

/** What is of contests, by tournament; what is of others is left out. */
export function byTournament<T extends { readonly channel: Channel }>(
  items: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    if (!isOfContest(item.channel)) continue;
    const group = groups.get(item.channel.tournament);
    if (group === undefined) groups.set(item.channel.tournament, [item]);
    else group.push(item);
  }
  return groups;
}

/** The contests of the partitions that a broadcaster owns: those that somebody watches or asks about are held in a thread. */
export class Contests {
  readonly #deps: ContestDeps;
  readonly #hosts: HostKeeper;
  /** By partition and tournament; the one that was used last stands last. */
  readonly #held = new Map<string, { readonly partition: number; readonly contest: HeldContest }>();
  #names = 0;

  constructor(deps: ContestDeps) {
    this.#deps = deps;
    this.#hosts = new HostKeeper(deps);
  }

  get size(): number {
    return this.#held.size;
  }

  async stop(): Promise<void> {
    this.#held.clear();
    await this.#hosts.stop();
  }

  /** Of partitions that are not owned any more. */
  dropPartitions(partitions: ReadonlySet<number>): void {
    for (const [id, { partition, contest }] of this.#held) {
      if (partitions.has(partition)) this.#drop(id, contest);
    }
  }

  /** Lets go of those that nobody has used for long. */
  dropIdle(): void {
    const before = this.#deps.clock.now() - CONTEST_IDLE_MS;
    for (const [id, { contest }] of this.#held) if (contest.usedAt < before) this.#drop(id, contest);
  }

  /** The store may have lost what it had told. */
  reload(): void {
    for (const { contest } of this.#held.values()) contest.reload();
  }

  /** The states of channels of one tournament. `unavailable` while it is being loaded. Rejects where the store is away. */
  async read(
    partition: number,
    tournament: string,
    channels: readonly ContestChannel[],
  ): Promise<readonly (State | 'not_found' | 'unavailable')[]> {
    const contest = this.#hold(partition, tournament);
    if (contest === undefined) return channels.map(() => 'unavailable');
    const patience = this.#within(CHANNEL_PATIENCE_MS);
    const asked = await contest.query(patience, 'tick', { watched: watchedOf(channels) });
    this.#dropEmpty(tournament, contest, asked);
    if ('standing' in asked) {
      const { standing } = asked;
      return channels.map((channel) => (standing === 'open' ? stateBeforeStart(channel) : standing));
    }
    const { answer } = asked;
    return isRefused(answer) ? channels.map(() => 'unavailable') : statesOf(channels, answer);
  }

  /** What is being loaded is waited for, though not for ever, and not by very many. Rejects where the store is away. */
  async answer<Q extends ContestQuestion>(
    partition: number,
    tournament: string,
    question: Q,
    ask: ContestQuestions[Q]['ask'],
  ): Promise<ContestAnswer> {
    const contest = this.#hold(partition, tournament);
    if (contest === undefined) return refuse('unavailable', 'Too many contests are in use');
    if (!contest.isLoaded && contest.questions >= MAX_HELD_QUESTIONS) return refusalOf('unavailable');
    if (question === 'recompute') contest.distrust();
    const patience = question === 'recompute' ? WITHOUT_END : this.#within(QUESTION_PATIENCE_MS);
    const body = ask as ContestQuestions[ContestQuestion]['ask'] & undefined;
    const asked = await contest.question(patience, question, body);
    this.#dropEmpty(tournament, contest, asked);
    return 'answer' in asked ? asked.answer : refusalOf(asked.standing);
  }

  #hold(partition: number, tournament: string): HeldContest | undefined {
    const held = this.#held.get(tournament);
    if (held !== undefined) return held.contest;
    if (this.#held.size >= MAX_HELD_CONTESTS) return undefined;
    const contest = new HeldContest(
      { ...this.#deps, hosts: this.#hosts },
      tournament,
      () => `${tournament}/${++this.#names}`,
    );
    this.#held.set(tournament, { partition, contest });
    return contest;
  }

  /** There is nothing to hold where nothing has begun: names that somebody made up must not take the room of contests. */
  #dropEmpty(id: string, contest: HeldContest, asked: object): void {
    if (!('standing' in asked) || asked.standing === 'unavailable') return;
    this.#drop(id, contest);
  }

  #drop(id: string, contest: HeldContest): void {
    if (this.#held.get(id)?.contest === contest) this.#held.delete(id);
    contest.drop();
  }

  #within(ms: number): Patience {
    return (standing) => {
      let cancel = (): void => undefined;
      const timeout = new Promise<Standing>((resolve) => {
        cancel = this.#deps.clock.after(ms, () => resolve('unavailable'));
      });
      // Where it fails later nobody is interested any more.
      standing.catch(() => undefined);
      return Promise.race([standing, timeout]).finally(() => cancel());
    };
  }
}

const WITHOUT_END: Patience = (standing) => standing;

function refusalOf(standing: Exclude<Standing, 'ready'>): Refused {
  switch (standing) {
    case 'not_found':
      return refuse('not_found', 'There is no such tournament');
    case 'open':
      return refuse('conflict', 'The tournament has not started');
    case 'unavailable':
      return refuse('unavailable', 'The contest is being loaded');
  }
}

function stateBeforeStart(channel: ContestChannel): State {
  return channel.type === 'league' ? [] : { member: channel.team, total: 0 };
}

function watchedOf(channels: readonly ContestChannel[]): Watched {
  return {
    leagues: channels.flatMap((channel) =>
      channel.type === 'league' ? [{ league: channel.league, limit: LEAGUE_ROWS }] : [],
    ),
    teams: channels.flatMap((channel) => (channel.type === 'team' ? [channel.team] : [])),
  };
}

function statesOf(channels: readonly ContestChannel[], result: TickResult): readonly State[] {
  let league = 0;
  let team = 0;
  return channels.map((channel) => {
    if (channel.type === 'league') return (result.leagues[league++]?.rows ?? []) as readonly Row[];
    const [rank, score] = [result.ranks[team] ?? 0, result.scores[team] ?? 0];
    team++;
    const { team: member } = channel;
    return rank === 0 ? { member, total: result.total } : { member, total: result.total, rank, score };
  });
}
