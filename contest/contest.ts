import {
  fromThousandths,
  MAX_BONUS,
  MAX_POINTS,
  MIN_BONUS,
  POINTS_FORM,
  readPoints,
} from '../scoring/fantasy/amount.ts';
import { Admission } from './admission.ts';
import { CardKinds } from './card-kinds.ts';
import type { CheckedTeam } from './check-team.ts';
import { TEAMS_PER_CHUNK } from './chunk-format.ts';
import { ChunkError, readChunk } from './chunk-reader.ts';
import { writeChunk } from './chunk-writer.ts';
import { ContestReads } from './contest-reads.ts';
import type {
  ContestFigures,
  ContestOptions,
  LeaguePage,
  Recomputation,
  TeamOutcome,
  TeamState,
  TickResult,
  Watched,
} from './contest-types.ts';
import { LateTeams } from './late-teams.ts';
import { Leagues } from './leagues.ts';
import { MAX_CARD_KINDS, MAX_LEAGUES } from './limits.ts';
import { OrderScratch } from './order.ts';
import { Players } from './players.ts';
import { isRefused, type Refused, refuse } from './refusal.ts';
import type { Roster } from './rosters.ts';
import { Scores } from './scores.ts';
import { Teams } from './teams.ts';

/** The postings are built anew when more teams are late, or a greater share of all. */
const MAX_LATE = 1024;
const MAX_LATE_SHARE = 1 / 32;

/**
 * One fantasy contest: teams of cards, points of players, and what follows from them, exactly. A team scores the sum of bonus × points over its cards.
 *
 * Before the start teams are registered. The start turns the rosters around: from then on a change of a player's points is added to the teams that
 * hold the player, and there are ranks. A team that comes or changes after the start counts for the points that change afterwards: its score goes on from
 * what it was (0 for a new one) with its new cards.
 *
 * Everything it holds is in columns of numbers. It knows no time and does nothing by itself.
 */
export class Contest {
  readonly #players = new Players();
  readonly #kinds = new CardKinds();
  readonly #teams = new Teams();
  readonly #late = new LateTeams();
  readonly #scores: Scores;
  readonly #leagues: Leagues;
  readonly #admission: Admission;
  readonly #reads: ContestReads;
  #isStarted = false;
  /** A late team came or changed since the scores were settled. */
  #hasLateChanges = false;

  /** Contests that are never used at the same time may share `scratch`. */
  constructor({ players }: ContestOptions = {}, scratch = new OrderScratch()) {
    for (const player of players ?? []) this.#players.intern(player);
    const parts = { players: this.#players, kinds: this.#kinds, teams: this.#teams, late: this.#late };
    this.#scores = new Scores(parts);
    this.#leagues = new Leagues({ ...parts, scores: this.#scores, scratch });
    this.#admission = new Admission({
      ...parts,
      isClosed: players !== undefined,
      leagues: this.#leagues.names,
    });
    this.#reads = new ContestReads({ ...parts, scores: this.#scores, leagues: this.#leagues, scratch });
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** How many there are. */
  get teams(): number {
    return this.#teams.count;
  }

  /** Before the start: the same content again changes nothing, other content replaces what was there; the place of the team stays. */
  register(team: CheckedTeam): TeamOutcome | Refused {
    if (this.#isStarted) return refuse('conflict', 'The tournament has started: its teams change one by one');
    return this.#write(team);
  }

  /** At any time; after the start the team counts with these cards for points that change from now on. */
  put(team: CheckedTeam): TeamOutcome | Refused {
    return this.#write(team);
  }

  /** At any time, where it is known already what the team scored before: `base` millionths besides what its cards bring. */
  putWithBase(team: CheckedTeam, base: number): TeamOutcome | Refused {
    return this.#write(team, base);
  }

  /** In thousandths. */
  pointsOf(player: string): number {
    const known = this.#players.find(player);
    return known === undefined ? 0 : this.#players.pointsOf(known);
  }

  /** A player's new total. It is in the scores that are read next. */
  setPoints(player: string, points: number): Refused | undefined {
    const thousandths = readPoints(points);
    if (thousandths === undefined) return refuse('malformed', `"points" must be ${POINTS_FORM}`);
    const number = this.#admission.admitPoints(player, thousandths);
    if (isRefused(number)) return number;
    this.#players.want(number, thousandths);
    return undefined;
  }

  /** Freezes the registered teams; again it changes nothing. */
  start(): void {
    if (this.#isStarted) return;
    this.#teams.trim();
    this.#kinds.trim();
    this.#leagues.names.trim();
    this.#build();
    this.#isStarted = true;
  }

  tick(watched: Watched): TickResult | Refused {
    return this.#settle() ?? this.#reads.watched(watched);
  }

  page(league: string, offset: number, limit: number): LeaguePage | Refused {
    return this.#settle() ?? this.#reads.page(league, offset, limit);
  }

  team(team: string): TeamState | Refused {
    return this.#settle() ?? this.#reads.team(team);
  }

  /** The rank of every team, in the order of registration. */
  ranks(): Uint32Array | Refused {
    return this.#settle() ?? this.#reads.ranks();
  }

  /** From cards and points, compared with the scores bit for bit. */
  recompute(): Recomputation | Refused {
    return this.#settle() ?? this.#reads.recompute();
  }

  /** The teams at these places as bytes. */
  encode(places: ArrayLike<number>): Uint8Array<ArrayBuffer> {
    return writeChunk(this.#parts, places);
  }

  placeOf(team: string): number | undefined {
    return this.#teams.names.find(team);
  }

  /** The greatest sum of bonuses that a team has had, in thousandths. */
  get heaviest(): number {
    return this.#admission.heaviest;
  }

  /** Who is, or was, on a card. */
  get cardPlayers(): readonly string[] {
    const players = new Set<number>();
    for (let kind = 0; kind < this.#kinds.count; kind++) players.add(this.#kinds.playerOf(kind));
    return Array.from(players, (player) => this.#players.nameOf(player));
  }

  /** How many there are to store when all teams are stored. */
  get chunks(): number {
    return Math.ceil(this.#teams.count / TEAMS_PER_CHUNK);
  }

  chunk(index: number): Uint8Array<ArrayBuffer> {
    const from = index * TEAMS_PER_CHUNK;
    const length = Math.max(0, Math.min(TEAMS_PER_CHUNK, this.#teams.count - from));
    return this.encode(Uint32Array.from({ length }, (_, place) => from + place));
  }

  /** Of those who have any. */
  points(): (readonly [player: string, points: number])[] {
    return Array.from(this.#players.entries(), ([name, points]) => [name, fromThousandths(points)]);
  }

  /** Before the start. What was loaded of a chunk that is refused stays: the contest is of no use then. */
  load(chunk: Uint8Array): Refused | undefined {
    if (this.#isStarted) return refuse('conflict', 'The tournament has started');
    try {
      readChunk(chunk, {
        card: (player, bonus) => this.#loadCard(player, bonus),
        league: (league) => {
          const number = this.#leagues.names.intern(league);
          if (number >= MAX_LEAGUES) throw new ChunkError('There are too many leagues');
          return number;
        },
        team: (bytes, start, end, roster, base) => {
          const refused = this.#admission.admitWeight(this.#weightOf(roster), base);
          if (refused !== undefined) throw new ChunkError(refused.refused.message);
          this.#teams.write(this.#teams.names.internUtf8(bytes, start, end), roster, base);
        },
      });
    } catch (error) {
      if (error instanceof ChunkError) return refuse('malformed', error.message);
      throw error;
    }
    return undefined;
  }

  get figures(): ContestFigures {
    return {
      isStarted: this.#isStarted,
      teams: this.#teams.count,
      players: this.#players.count,
      leagues: this.#leagues.names.count,
      cardKinds: this.#kinds.count,
      maxPoints: fromThousandths(Math.min(MAX_POINTS, this.#admission.maxPoints)),
      memoryBytes: [this.#players, this.#kinds, this.#teams, this.#scores, this.#leagues, this.#reads].reduce(
        (sum, { memoryBytes }) => sum + memoryBytes,
        0,
      ),
    };
  }

  get #parts() {
    return { players: this.#players, kinds: this.#kinds, teams: this.#teams, leagues: this.#leagues.names };
  }

  #write(team: CheckedTeam, knownBase?: number): TeamOutcome | Refused {
    const known = this.#teams.names.find(team.team);
    const roster = this.#admission.admitTeam(team, known === undefined);
    if (isRefused(roster)) return roster;
    const isSame = known !== undefined && this.#teams.isSame(known, roster);
    if (isSame && (knownBase ?? this.#teams.baseOf(known)) === this.#teams.baseOf(known)) return 'unchanged';
    const base = knownBase ?? (this.#isStarted ? this.#baseOf(known, roster) : 0);
    const refused = this.#admission.admitWeight(this.#weightOf(roster), base);
    if (refused !== undefined) return refused;
    const before = known === undefined ? [] : [...this.#teams.rosters.leaguesOf(known)];
    const place = this.#teams.names.intern(team.team);
    this.#teams.write(place, roster, base);
    if (this.#isStarted) {
      this.#late.add(place, before, Array.from(roster.leagues));
      this.#leagues.change();
      this.#hasLateChanges = true;
    }
    return known === undefined ? 'added' : 'replaced';
  }

  /** What makes the score with the new cards what it was with the old ones, or 0. */
  #baseOf(team: number | undefined, { cards }: Roster): number {
    const before =
      team === undefined ? 0 : this.#teams.baseOf(team) + this.#worthOf(this.#teams.rosters.cardsOf(team));
    return before - this.#worthOf(cards);
  }

  #worthOf(cards: ArrayLike<number>): number {
    return Array.from(cards).reduce((sum, kind) => {
      return sum + this.#players.pointsOf(this.#kinds.playerOf(kind)) * this.#kinds.bonusOf(kind);
    }, 0);
  }

  #weightOf({ cards }: Roster): number {
    let sum = 0;
    for (let i = 0; i < cards.length; i++) sum += this.#kinds.bonusOf(cards[i] as number);
    return sum;
  }

  #loadCard(player: string, bonus: number): number {
    if (bonus < MIN_BONUS || bonus > MAX_BONUS) throw new ChunkError('A bonus is out of range');
    const kind = this.#kinds.intern(this.#players.intern(player), bonus);
    if (kind >= MAX_CARD_KINDS)
      throw new ChunkError('There are too many different pairs of player and bonus');
    return kind;
  }

  #build(): void {
    this.#late.clear();
    this.#scores.build();
    this.#leagues.build();
    this.#hasLateChanges = false;
  }

  #settle(): Refused | undefined {
    if (!this.#isStarted) return refuse('conflict', 'The tournament has not started');
    const maxLate = Math.max(MAX_LATE, this.#teams.count * MAX_LATE_SHARE);
    if (this.#late.count > maxLate) this.#build();
    else this.#scores.settle(this.#hasLateChanges);
    this.#hasLateChanges = false;
    return undefined;
  }
}
