import type { BoardConfig } from '../../protocol/boards.ts';
import { assert } from '../../runtime/errors.ts';
import { rateResult, type Scoring } from '../../scoring/scoring.ts';
import { isConversion } from '../board-settings.ts';
import type { MemberRecord, ResultOperation, ScoreOperation, Standing } from '../score-store.ts';
import { type Effect, NOT_FINITE, type Undo } from './effect.ts';
import { Ranking } from './ranking.ts';
import { createEntry, type Entry } from './ranking-entry.ts';

/** What every change of one operation has in common. */
interface Change {
  readonly arrival: number;
  readonly undo: Undo | undefined;
}

/** The members of one board. Arrivals are kept only with ties `first`: 0 for everybody who was there before that. */
export class MemoryBoard {
  #config: BoardConfig;
  #ranking = new Ranking();
  readonly #entries = new Map<string, Entry>();

  constructor(config: BoardConfig) {
    this.#config = config;
  }

  get config(): BoardConfig {
    return this.#config;
  }

  get total(): number {
    return this.#entries.size;
  }

  members(): IterableIterator<string> {
    return this.#entries.keys();
  }

  record(member: string): MemberRecord | undefined {
    const entry = this.#entries.get(member);
    if (entry === undefined) return undefined;
    const score = this.#scoreOf(entry);
    return this.#config.ties === 'first' ? { score, arrival: entry.arrival } : { score };
  }

  /** Puts the member where it should be: with exactly this record, or not on the board. */
  restore(member: string, record: MemberRecord | undefined): void {
    this.removeMember(member);
    if (record === undefined) return;
    const { score, arrival = 0 } = record;
    assert(Number.isFinite(score), 'a score is finite');
    this.#put(member, score, this.#config.ties === 'first' ? arrival : 0);
  }

  /** `position` is the one that the operation would have. Refused, it changes nothing. */
  apply(
    operation: ScoreOperation | ResultOperation,
    position: number,
    scoring: Scoring,
    undo?: Undo,
  ): Effect {
    const change: Change = { arrival: this.#config.ties === 'first' ? position : 0, undo };
    if (operation.op === 'result') return this.#applyResult(operation, scoring, change);
    const { member, value } = operation;
    const entry = this.#entries.get(member);
    const score = this.#scoreAfter(operation, entry);
    if (!Number.isFinite(value) || !Number.isFinite(score)) return NOT_FINITE;
    return this.#reach(member, entry, score, change) ? 'changed' : 'unchanged';
  }

  #applyResult(operation: ResultOperation, scoring: Scoring, change: Change): Effect {
    const { winner, loser } = operation;
    const ofWinner = this.#entries.get(winner);
    const ofLoser = this.#entries.get(loser);
    const current = {
      winner: ofWinner === undefined ? null : this.#scoreOf(ofWinner),
      loser: ofLoser === undefined ? null : this.#scoreOf(ofLoser),
    };
    const scores = rateResult(scoring, operation, current);
    if ('refused' in scores) return { code: 'malformed', message: scores.refused };
    const won = scores.winner !== undefined && this.#reach(winner, ofWinner, scores.winner, change);
    // Who was not there may be by now: a handler can be asked about a game of somebody against himself.
    const found = ofLoser ?? this.#entries.get(loser);
    const lost = scores.loser !== undefined && this.#reach(loser, found, scores.loser, change);
    return won || lost ? 'changed' : 'unchanged';
  }

  /** Whether that is a change of the member, who has this entry. */
  #reach(member: string, entry: Entry | undefined, score: number, { arrival, undo }: Change): boolean {
    if (entry === undefined) {
      this.#put(member, score, arrival);
      undo?.push(() => this.removeMember(member));
      return true;
    }
    if (score === this.#scoreOf(entry)) return false;
    if (undo !== undefined) {
      const { key, arrival: previous } = entry;
      undo.push(() => this.#ranking.move(entry, key, previous));
    }
    this.#ranking.move(entry, this.#keyOf(score), arrival);
    return true;
  }

  removeMember(member: string): boolean {
    const entry = this.#entries.get(member);
    if (entry === undefined) return false;
    this.#ranking.remove(entry);
    return this.#entries.delete(member);
  }

  configure(config: BoardConfig): void {
    if (!isConversion(this.#config, config)) {
      this.#config = config;
      return;
    }
    const ranked = this.#ranking.slice(0, this.total).map((entry) => ({
      member: entry.member,
      score: this.#scoreOf(entry),
      arrival: config.ties === 'first' ? entry.arrival : 0,
    }));
    this.#config = config;
    this.#ranking = new Ranking();
    for (const { member, score, arrival } of ranked) this.#put(member, score, arrival);
  }

  standing(member: string): Standing | undefined {
    const entry = this.#entries.get(member);
    return entry && { rank: this.#ranking.countBetter(entry.key) + 1, score: this.#scoreOf(entry) };
  }

  /** The member's place in best-first order, from 0. */
  indexOf(member: string): number | undefined {
    const entry = this.#entries.get(member);
    return entry && this.#ranking.indexOf(entry);
  }

  rows(offset: number, limit: number): { rank: number; member: string; score: number }[] {
    let rank = 0;
    let rankedKey: number | undefined;
    return this.#ranking.slice(offset, limit).map((entry, index) => {
      if (entry.key !== rankedKey) {
        // Only the first row's equals may have begun before the page.
        rank = index === 0 ? this.#ranking.countBetter(entry.key) + 1 : offset + index + 1;
        rankedKey = entry.key;
      }
      return { rank, member: entry.member, score: this.#scoreOf(entry) };
    });
  }

  #put(member: string, score: number, arrival: number): void {
    const entry = createEntry(member, this.#keyOf(score), arrival);
    this.#entries.set(member, entry);
    this.#ranking.add(entry);
  }

  #scoreAfter({ op, value }: ScoreOperation, previous: Entry | undefined): number {
    if (previous === undefined || op === 'set') return value;
    const score = this.#scoreOf(previous);
    if (op === 'delta') return score + value;
    return this.#config.order === 'desc' ? Math.max(score, value) : Math.min(score, value);
  }

  #keyOf(score: number): number {
    return this.#config.order === 'desc' ? -score : score;
  }

  /** Subtracting from zero, unlike a minus sign, never gives -0; nor does adding zero. */
  #scoreOf(entry: Entry): number {
    return this.#config.order === 'desc' ? 0 - entry.key : entry.key + 0;
  }
}

/** An arrival that is not told differs from every one that is. */
export function isSameRecord(one: MemberRecord | undefined, other: MemberRecord | undefined): boolean {
  return one?.score === other?.score && one?.arrival === other?.arrival;
}
