import type { BoardRow, Change, RankDocument, ScorewireClient } from '../../../client/index.ts';
import { Followed } from '../connection/followed.svelte.ts';
import { addDelay, medianDelayMs } from '../connection/latency.ts';
import { type Announced, nextAnnouncement } from './announcement.ts';
import { fadeMarks, type Marks, markChanges, NO_MARKS } from './marks.ts';
import { type Standing, toStandings } from './standings.ts';

type Ranking = `board:${string}` | `league:${string}`;
type Place = `rank:${string}` | `team:${string}`;

/** A board, or a league of teams, as it is watched: its standings, what has just changed in them, and one member's rank. */
export class LiveBoard {
  standings = $state.raw<readonly Standing[] | undefined>();
  marks = $state.raw<Marks>(NO_MARKS);
  announcement = $state.raw<Standing | undefined>();
  updatedAt = $state.raw<number | undefined>();
  readonly rows = new Followed<Ranking>((change) => this.#changed(change));
  readonly #rank = new Followed<Place>();
  #delays = $state.raw<readonly number[]>([]);
  #announced: Announced | undefined;

  get rank(): RankDocument | undefined {
    return this.#rank.state;
  }

  get delayMs(): number | undefined {
    return medianDelayMs(this.#delays);
  }

  follow(client: ScorewireClient | undefined, board: string | undefined): () => void {
    return this.followRanking(client, board === undefined ? undefined : `board:${board}`);
  }

  followRanking(client: ScorewireClient | undefined, channel: Ranking | undefined): () => void {
    this.standings = undefined;
    this.marks = NO_MARKS;
    this.updatedAt = undefined;
    this.#delays = [];
    this.#announced = undefined;
    this.announcement = undefined;
    return this.rows.follow(client, channel);
  }

  followMember(
    client: ScorewireClient | undefined,
    board: string | undefined,
    member: string | undefined,
  ): () => void {
    const isWanted = board !== undefined && member !== undefined;
    return this.followPlace(client, isWanted ? `rank:${board}:${member}` : undefined);
  }

  followPlace(client: ScorewireClient | undefined, channel: Place | undefined): () => void {
    return this.#rank.follow(client, channel);
  }

  /** What fades with time. */
  fade(now: number): void {
    this.marks = fadeMarks(this.marks, now);
  }

  #changed({ state, at }: Change<readonly BoardRow[]>): void {
    const now = Date.now();
    const before = this.standings;
    const standings = toStandings(state, before);
    if (before) this.marks = markChanges(this.marks, before, standings, now);
    this.standings = standings;
    if (at !== undefined) {
      this.#delays = addDelay(this.#delays, at, now);
      this.updatedAt = now;
    }
    const next = nextAnnouncement(this.#announced, standings, now);
    if (next) {
      this.#announced = next.announced;
      if (next.leader) this.announcement = next.leader;
    }
  }
}
