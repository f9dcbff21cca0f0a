import type { LateTeams } from './late-teams.ts';
import { Names } from './names.ts';
import type { OrderScratch } from './order.ts';
import { bytesOf, NO_POSTINGS, type Postings, postingsOf, turnAround } from './postings.ts';
import type { Scores } from './scores.ts';
import { Standing } from './standing.ts';
import type { Teams } from './teams.ts';

/** Smaller ones are put in order whenever they are asked for. */
const LARGE_LEAGUE = 1024;

interface Parts {
  readonly teams: Teams;
  readonly late: LateTeams;
  readonly scores: Scores;
  readonly scratch: OrderScratch;
}

/** A league in order. Places of the standing are places among the members. */
export interface OrderedLeague {
  readonly members: Uint32Array;
  readonly standing: Standing;
}

interface KeptLeague extends OrderedLeague {
  membersVersion: number;
  scoresVersion: number;
  members: Uint32Array;
  scores: Float64Array;
}

/** The leagues besides that of all, by number, and those of them in order that were asked for. */
export class Leagues {
  readonly names = new Names();
  readonly #parts: Parts;
  #postings: Postings = NO_POSTINGS;
  /** Another one whenever somebody may have come or gone. */
  #membersVersion = 0;
  /** Large ones, the one that was asked for last at the end; as many as have not more members together than there are teams. */
  readonly #kept = new Map<number, KeptLeague>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  build(): void {
    this.#postings = turnAround(this.names.count, this.#parts.teams.rosters.leagueRows);
    this.#membersVersion++;
  }

  change(): void {
    this.#membersVersion++;
  }

  inOrder(league: number): OrderedLeague {
    const kept = this.#kept.get(league);
    this.#kept.delete(league);
    const ordered = kept ?? this.#empty();
    this.#update(league, ordered);
    if (ordered.members.length > LARGE_LEAGUE) this.#keep(league, ordered);
    return ordered;
  }

  sizeOf(league: number): number {
    return this.#membersOf(league).length;
  }

  /** 1 and how many of its members have a better score. */
  rankOf(league: number, score: number): number {
    if (this.#kept.has(league) || this.sizeOf(league) > LARGE_LEAGUE) {
      return this.inOrder(league).standing.rankOf(score);
    }
    const { column } = this.#parts.scores;
    let better = 0;
    for (const member of this.#membersOf(league)) if ((column[member] as number) > score) better++;
    return 1 + better;
  }

  get memoryBytes(): number {
    let bytes = this.names.memoryBytes + bytesOf(this.#postings);
    for (const { scores, standing } of this.#kept.values()) bytes += scores.byteLength + standing.memoryBytes;
    return bytes;
  }

  #membersOf(league: number): Uint32Array {
    return this.#parts.late.membersOf(league, postingsOf(this.#postings, league));
  }

  #empty(): KeptLeague {
    const standing = new Standing(this.#parts.scratch);
    const [members, scores] = [new Uint32Array(0), new Float64Array(0)];
    return { members, scores, standing, membersVersion: -1, scoresVersion: -1 };
  }

  #update(league: number, ordered: KeptLeague): void {
    const { scores } = this.#parts;
    if (ordered.membersVersion !== this.#membersVersion) {
      ordered.members = this.#membersOf(league);
      ordered.membersVersion = this.#membersVersion;
    } else if (ordered.scoresVersion === scores.version) {
      return;
    }
    const { members } = ordered;
    if (ordered.scores.length < members.length) ordered.scores = new Float64Array(members.length);
    for (let i = 0; i < members.length; i++) {
      ordered.scores[i] = scores.column[members[i] as number] as number;
    }
    ordered.standing.update(ordered.scores, members.length, scores.unit);
    ordered.scoresVersion = scores.version;
  }

  #keep(league: number, ordered: KeptLeague): void {
    this.#kept.set(league, ordered);
    let places = 0;
    for (const { members } of this.#kept.values()) places += members.length;
    for (const [other, { members }] of this.#kept) {
      if (places <= this.#parts.teams.count || other === league) break;
      this.#kept.delete(other);
      places -= members.length;
    }
  }
}
