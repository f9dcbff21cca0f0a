import {
  type BoardRow,
  type Change,
  type ConnectionState,
  connect,
  type RankDocument,
  type ScorewireClient,
  type Subscription,
  type SubscriptionStatus,
} from '../../client/index.ts';
import { type Announced, nextAnnouncement } from './board/announcement.ts';
import { fadeMarks, type Marks, markChanges, NO_MARKS } from './board/marks.ts';
import { type Standing, toStandings } from './board/standings.ts';
import { addDelay, medianDelayMs } from './connection/latency.ts';

const FADE_INTERVAL_MS = 500;

interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** What the page shows, kept right by the client: one board, one member's rank, and how far both can be trusted. */
export class Live {
  connection = $state.raw<ConnectionState>({ state: 'connecting' });
  status = $state.raw<SubscriptionStatus>('pending');
  staleSince = $state.raw<number | undefined>();
  standings = $state.raw<readonly Standing[] | undefined>();
  marks = $state.raw<Marks>(NO_MARKS);
  rank = $state.raw<RankDocument | undefined>();
  refusal = $state.raw<Refusal | undefined>();
  announcement = $state.raw<Standing | undefined>();
  updatedAt = $state.raw<number | undefined>();
  now = $state.raw(Date.now());
  #delays = $state.raw<readonly number[]>([]);
  #client: ScorewireClient | undefined;
  #board: Subscription<readonly BoardRow[]> | undefined;
  #rank: Subscription<RankDocument> | undefined;
  #wanted: { board?: string; member?: string | undefined } = {};
  #announced: Announced | undefined;

  get delayMs(): number | undefined {
    return medianDelayMs(this.#delays);
  }

  /** Connects, or connects anew, with this token. */
  open(token: string | undefined): void {
    this.#client?.close();
    const client = connect({ ...(token !== undefined && { token }) });
    this.#client = client;
    this.refusal = undefined;
    this.connection = client.state;
    client.on('state', (state) => {
      if (this.#client === client) this.connection = state;
    });
    client.on('error', ({ code, message }) => {
      if (this.#client === client && code === 'unauthorized') this.refusal = { code, message };
    });
    this.#followBoard();
    this.#followRank();
  }

  /** Runs what fades with time; the result stops it. */
  keepTime(): () => void {
    const timer = setInterval(() => {
      this.now = Date.now();
      this.marks = fadeMarks(this.marks, this.now);
    }, FADE_INTERVAL_MS);
    return () => clearInterval(timer);
  }

  follow(board: string, member: string | undefined): void {
    const before = this.#wanted;
    this.#wanted = { board, member };
    if (board !== before.board) this.#followBoard();
    if (board !== before.board || member !== before.member) this.#followRank();
  }

  close(): void {
    this.#client?.close();
  }

  #followBoard(): void {
    const { board } = this.#wanted;
    this.#board?.unsubscribe();
    this.standings = undefined;
    this.marks = NO_MARKS;
    this.status = 'pending';
    this.staleSince = undefined;
    this.updatedAt = undefined;
    this.#delays = [];
    this.#announced = undefined;
    this.announcement = undefined;
    if (!this.#client || board === undefined) return;
    this.refusal = undefined;
    const subscription = this.#client.board(board, (change) => this.#boardChanged(change));
    subscription.on('status', (status) => {
      this.status = status;
      this.staleSince = subscription.staleSince;
    });
    subscription.on('error', ({ code, message }) => {
      this.refusal = { code, message };
    });
    this.#board = subscription;
  }

  #boardChanged({ state, at }: Change<readonly BoardRow[]>): void {
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

  #followRank(): void {
    const { board, member } = this.#wanted;
    this.#rank?.unsubscribe();
    this.rank = undefined;
    if (!this.#client || board === undefined || member === undefined) return;
    this.#rank = this.#client.rank(board, member, ({ state }) => {
      this.rank = state;
    });
  }
}
