import type { RankDocument, ScorewireClient } from '../../../client/index.ts';
import { Followed } from '../connection/followed.svelte.ts';
import { fetchTeam, type TeamStanding } from './contests.ts';

/** What is watched, and by whom. */
export interface TeamQuery {
  readonly contest: string;
  readonly league: string;
  readonly team: string;
  readonly token: string | undefined;
}

/** Where nothing moves, and after an answer that was none. */
const REFRESH_MS = 5000;
/** At most so often: a contest can move with every tick. */
const PAUSE_MS = 1000;

/** One team: its rank and score by its channel, at once, and its cards whenever these have changed. */
export class LiveTeam {
  standing = $state.raw<TeamStanding | undefined>();
  readonly place = new Followed<`team:${string}`>(() => this.#ask?.());
  #ask: (() => void) | undefined;

  get rank(): RankDocument | undefined {
    return this.place.state;
  }

  /** Begins anew. The result ends it, as an effect wants it. */
  follow(client: ScorewireClient | undefined, query: TeamQuery | undefined): () => void {
    this.standing = undefined;
    const channel = query && (`team:${query.contest}:${query.team}` as const);
    const end = this.place.follow(client, channel);
    if (query === undefined) return end;
    const endReading = this.#read(query);
    return () => {
      end();
      endReading();
    };
  }

  /** One request after the other: whatever changes during one is in the next. */
  #read({ contest, league, team, token }: TeamQuery): () => void {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;
    let isWanted = false;
    const ask = async (): Promise<void> => {
      if (isOver) return;
      clearTimeout(timer);
      [isAsking, isWanted] = [true, false];
      const found = await fetchTeam((url, init) => fetch(url, init), contest, league, team, token);
      if (isOver) return;
      if (found !== undefined) this.standing = found;
      timer = setTimeout(() => {
        isAsking = false;
        if (isWanted) void ask();
        else timer = setTimeout(() => void ask(), REFRESH_MS);
      }, PAUSE_MS);
    };
    this.#ask = () => {
      isWanted = true;
      if (!isAsking) void ask();
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
      this.#ask = undefined;
    };
  }
}
