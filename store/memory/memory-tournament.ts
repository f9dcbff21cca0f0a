import { equalJson } from '../../protocol/json-equality.ts';
import type { TournamentSettings, TournamentStatus } from '../../protocol/tournaments.ts';
import type { Json } from '../../protocol/views.ts';
import { MAX_POINTS } from '../../scoring/fantasy/amount.ts';
import {
  type ContestTail,
  type LateTeam,
  MAX_CONTEST_CHANGES,
  MAX_REGISTERED_TEAMS,
  MAX_TOURNAMENT_PLAYERS,
  type PointsOperation,
  type StoredCard,
  TEAM_CHUNKS_READ_BYTES,
  type TeamChange,
  type TeamChunk,
  type TeamChunks,
  type TeamsVerdict,
  type TeamVerdict,
  type Tournament,
} from '../score-store.ts';
import {
  HAS_STARTED,
  isExact,
  NOT_A_PLAYER,
  NOT_STARTED,
  TOO_GREAT,
  TOO_MANY_PLAYERS,
  TOO_MANY_TEAMS,
  weightOf,
} from '../tournament-rules.ts';
import { ChangeOrder } from './change-order.ts';
import type { Effect } from './effect.ts';

/** Which kind of thing has changed is said before its name. */
const PLAYER = 'p';
const TEAM = 't';

/** One tournament. */
export class MemoryTournament {
  settings: TournamentSettings;
  status: TournamentStatus = 'open';
  readonly #mark: string;
  readonly #points = new Map<string, number>();
  readonly #late = new Map<string, LateTeam>();
  readonly #changes = new ChangeOrder();
  readonly #chunks: Uint8Array[] = [];
  #registered = 0;
  #weights = { heaviest: 0, greatestPoints: 0, greatestBase: 0 };

  constructor(settings: TournamentSettings, mark: string) {
    this.settings = settings;
    this.#mark = mark;
    this.configure(settings);
  }

  /** Whether it has teams or points. */
  get isInUse(): boolean {
    return this.#registered > 0 || this.#changes.number > 0;
  }

  configure(settings: TournamentSettings): void {
    if (!this.isInUse) this.#points.clear();
    for (const player of settings.players ?? []) this.#know(player);
    this.settings = settings;
  }

  addTeams({ bytes, teams, heaviest, players }: TeamChunk): TeamsVerdict {
    if (this.status === 'started') return { ok: false, code: 'conflict', message: HAS_STARTED };
    if (this.#registered + teams > MAX_REGISTERED_TEAMS) {
      return { ok: false, code: 'too_large', message: TOO_MANY_TEAMS };
    }
    const refused = this.#checkPlayers(players);
    if (refused !== undefined) return refused;
    const weights = { ...this.#weights, heaviest: Math.max(this.#weights.heaviest, heaviest) };
    if (!isExact(weights)) return { ok: false, code: 'too_large', message: TOO_GREAT };
    this.#weights = weights;
    for (const player of players) this.#know(player);
    this.#chunks.push(Uint8Array.from(bytes));
    this.#registered += teams;
    return { ok: true, registered: this.#registered };
  }

  apply({ player, points, fed }: PointsOperation): Effect {
    if (!Number.isInteger(points) || Math.abs(points) > MAX_POINTS) return { code: 'malformed' };
    if ((fed === true) !== (this.settings.matches !== undefined)) return { code: 'conflict' };
    const known = this.#points.get(player);
    if (known === undefined && this.settings.players !== undefined) return { code: 'not_found' };
    if (known === undefined && this.#points.size >= MAX_TOURNAMENT_PLAYERS) return { code: 'too_large' };
    const greatestPoints = Math.max(this.#weights.greatestPoints, Math.abs(points));
    const weights = { ...this.#weights, greatestPoints };
    if (!isExact(weights)) return { code: 'too_large' };
    this.#weights = weights;
    this.#points.set(player, points + 0);
    if (points === (known ?? 0)) return 'unchanged';
    this.#changes.add(PLAYER + player);
    return 'changed';
  }

  putTeam({ team, cards, leagues, registered }: TeamChange): TeamVerdict {
    if (this.status === 'open') return { ok: false, code: 'conflict', message: NOT_STARTED };
    const known = this.#late.get(team);
    if (known !== undefined && equalJson(plainRoster(known), plainRoster({ cards, leagues }))) {
      return { ok: true, outcome: 'unchanged' };
    }
    const isNew = known === undefined && registered === undefined;
    const before = known ?? { cards: registered ?? [], base: 0 };
    if (known === undefined && this.#registered + this.#late.size >= MAX_REGISTERED_TEAMS) {
      return { ok: false, code: 'too_large', message: TOO_MANY_TEAMS };
    }
    const refused = this.#checkPlayers(cards.map(({ player }) => player));
    if (refused !== undefined) return refused;
    const base = before.base + this.#worthOf(before.cards) - this.#worthOf(cards) + 0;
    const weights = {
      ...this.#weights,
      heaviest: Math.max(this.#weights.heaviest, weightOf(cards)),
      greatestBase: Math.max(this.#weights.greatestBase, Math.abs(base)),
    };
    if (!isExact(weights)) return { ok: false, code: 'too_large', message: TOO_GREAT };
    this.#weights = weights;
    for (const { player } of cards) this.#know(player);
    const number = this.#changes.add(TEAM + team);
    const joined = known?.joined ?? (isNew ? number : 0);
    this.#late.set(team, { team, cards, leagues, base, joined });
    return { ok: true, outcome: isNew ? 'added' : 'replaced' };
  }

  view(): Tournament {
    return { settings: this.settings, status: this.status, registered: this.#registered };
  }

  chunks(from: number): TeamChunks {
    let bytes = 0;
    let next = from;
    while (next < this.#chunks.length && bytes < TEAM_CHUNKS_READ_BYTES) {
      bytes += this.#chunks[next++]?.length ?? 0;
    }
    const chunks = this.#chunks.slice(from, next);
    return next < this.#chunks.length ? { chunks, next } : { chunks };
  }

  tail(after: number): ContestTail {
    const { keys, reached } = this.#changes.after(after, MAX_CONTEST_CHANGES);
    const points: [string, number][] = [];
    const teams: LateTeam[] = [];
    for (const key of keys) {
      const name = key.slice(1);
      const team = key.startsWith(TEAM) ? this.#late.get(name) : undefined;
      if (team === undefined) points.push([name, this.#points.get(name) ?? 0]);
      else teams.push(team);
    }
    const { number: changes } = this.#changes;
    return { ...this.view(), mark: this.#mark, chunks: this.#chunks.length, changes, reached, points, teams };
  }

  #know(player: string): void {
    if (!this.#points.has(player)) this.#points.set(player, 0);
  }

  #checkPlayers(
    players: readonly string[],
  ): { readonly ok: false; readonly code: 'not_found' | 'too_large'; readonly message: string } | undefined {
    const unknown = players.filter((player) => !this.#points.has(player));
    if (unknown.length === 0) return undefined;
    if (this.settings.players !== undefined) return { ok: false, code: 'not_found', message: NOT_A_PLAYER };
    const isTooMany = this.#points.size + unknown.length > MAX_TOURNAMENT_PLAYERS;
    return isTooMany ? { ok: false, code: 'too_large', message: TOO_MANY_PLAYERS } : undefined;
  }

  #worthOf(cards: readonly StoredCard[]): number {
    return cards.reduce((sum, { player, bonus }) => sum + bonus * (this.#points.get(player) ?? 0), 0);
  }
}

/** As a store keeps it: in order, without names of fields. */
function plainRoster({ cards, leagues }: Pick<TeamChange, 'cards' | 'leagues'>): Json {
  return [cards.map(({ player, bonus }) => [player, bonus]), leagues];
}
