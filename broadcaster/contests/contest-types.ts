import type { ContestHost } from '../../contest/host/contest-host.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { ScoreStore } from '../../store/score-store.ts';

/** Where contests are computed: a thread of its own, or, where time is not to pass, this one. */
export type ContestThreadHost = Pick<ContestHost, 'start' | 'stop' | 'ask'>;
export type CreateContestHost = (onLost: (cause: unknown) => void) => ContestThreadHost;

/** What of the store contests are made from. */
export type ContestReads = Pick<ScoreStore, 'readContestTail' | 'readTeamChunks'>;

export interface ContestDeps {
  readonly store: ContestReads;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly createHost: CreateContestHost;
}

/** Rows of a `league:` channel. */
export const LEAGUE_ROWS = 100;
/** Contests that are held at once; beyond: `unavailable`. */
export const MAX_HELD_CONTESTS = 1000;
/** A contest that nobody watched or asked about for this long is let go of. It is loaded again when somebody does. */
export const CONTEST_IDLE_MS = 10 * 60_000;
/** Who asks about a contest that is being loaded is told so after this time. */
export const CONTEST_PATIENCE_MS = 1000;
