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
/** Channels of a contest that is not loaded after this time are withdrawn until it is. */
export const CHANNEL_PATIENCE_MS = 1000;
/** A question about a contest that is being loaded is held for so long, which is what a million teams take; then it is `unavailable`. */
export const QUESTION_PATIENCE_MS = 5000;
/** Questions about one contest that are held while it is loaded; beyond: `unavailable` at once, so that it leaves nodes room to ask about others. */
export const MAX_HELD_QUESTIONS = 200;
