import type {
  ResultEvent,
  ScoreEvent,
  ScorewireEvent,
  SessionEvent,
  TrackEvent,
} from '../../protocol/events.ts';
import type { MatchEvent } from '../../protocol/match-events.ts';
import type { HandlerOptions } from '../../protocol/products.ts';
import { defaultProductConfig, type LeaderboardConfig, type ProductConfig } from '../../protocol/products.ts';
import type { PointsEvent } from '../../protocol/tournaments.ts';
import { assert } from '../../runtime/errors.ts';
import { type Count, countResult, countTrack } from '../../scoring/counting.ts';
import { readPoints } from '../../scoring/fantasy/amount.ts';
import type { GameResult } from '../../scoring/leaderboard-handler.ts';
import { addResult, type Scoring } from '../../scoring/scoring.ts';
import {
  partitionOfArea,
  partitionOfBoard,
  partitionOfMatch,
  partitionOfTournament,
} from '../../store/partitions.ts';
import type {
  AppendOperation,
  Operation,
  PointsOperation,
  SessionOperation,
} from '../../store/score-store.ts';

/** Settings of products, by id; those that are not in it have the defaults. */
export type ProductConfigs = ReadonlyMap<string, ProductConfig>;

export const NO_PRODUCTS: ProductConfigs = new Map();

/** One object for all, by which a batch knows that its results have the same ones. */
const NO_OPTIONS: HandlerOptions = {};

/** What an event asks of one partition, in order. */
export interface PlacedOperations {
  readonly partition: number;
  readonly operations: Operation[];
}

/** Why an event that is well formed and permitted can not be scored. Another node, or later settings, may say otherwise. */
export interface ExpansionRefusal {
  readonly refused: string;
}

/** All but scores, which take a shorter way (`scoreOperation`), since nearly all events are such. */
export type ExpandableEvent = Exclude<ScorewireEvent, ScoreEvent>;

/**
 * What an event asks of the store, and where. A result is scored on each leaderboard of its product: a handler that only adds is asked
 * here, one that has to see the scores before goes along, to be asked in the step that writes them. The stats of the product count
 * it for both players, and they count what a player does. A session moves one user of an area, points are a player's in a tournament. What happens in a match goes to the end of its list,
 * where the rules of its sport are asked. A profile is in every partition.
 */
export class Expander {
  readonly #partitions: number;
  readonly #scoring: Scoring;
  /** Of the product that was asked for last: of those that nobody has configured, it is mostly the same again. */
  #defaults = { product: '', config: defaultProductConfig('') };
  /** Likewise of boards and products, which lie together, and of areas. */
  readonly #boards: LatestPartition;
  readonly #areas: LatestPartition;

  constructor(partitions: number, scoring: Scoring) {
    this.#partitions = partitions;
    this.#scoring = scoring;
    this.#boards = new LatestPartition((board) => partitionOfBoard(board, partitions));
    this.#areas = new LatestPartition((area) => partitionOfArea(area, partitions));
  }

  /** Each partition once. `config` is that of the product of a result or a track; the defaults where there is none. */
  expand(
    event: ExpandableEvent,
    config: ProductConfig | undefined,
  ): readonly PlacedOperations[] | ExpansionRefusal {
    switch (event.type) {
      case 'result':
        return this.#result(event, config ?? this.#defaultsOf(event.product));
      case 'track':
        return this.#track(event, config ?? this.#defaultsOf(event.product));
      case 'session':
        return [{ partition: this.#areas.of(event.area), operations: [sessionOperation(event)] }];
      case 'points': {
        const partition = partitionOfTournament(event.tournament, this.#partitions);
        return [{ partition, operations: [pointsOperation(event)] }];
      }
      case 'delivery':
      case 'match':
        return [{ partition: partitionOfMatch(event.match, this.#partitions), operations: [append(event)] }];
      case 'profile': {
        const { member, name } = event;
        const operations: Operation[] = [{ op: 'profile', member, name }];
        return Array.from({ length: this.#partitions }, (_, partition) => ({ partition, operations }));
      }
    }
  }

  partitionOfScore({ board }: ScoreEvent): number {
    return this.#boards.of(board);
  }

  /**
   * The partition that says whether a number of a producer has been settled, and how. It never depends on settings: of what belongs to a
   * product it is where the product's players are, of a profile, which is in every partition, the home of the producer.
   */
  seatOf(event: ScorewireEvent, home: number): number {
    switch (event.type) {
      case 'score':
        return this.partitionOfScore(event);
      case 'result':
      case 'track':
        return this.#boards.of(event.product);
      case 'session':
        return this.#areas.of(event.area);
      case 'points':
        return partitionOfTournament(event.tournament, this.#partitions);
      case 'delivery':
      case 'match':
        return partitionOfMatch(event.match, this.#partitions);
      case 'profile':
        return home;
    }
  }

  #result(event: ResultEvent, config: ProductConfig): readonly PlacedOperations[] | ExpansionRefusal {
    const { product, winner, loser } = event;
    const game = { winner, loser, draw: event.draw === true };
    const placed: PlacedOperations[] = [];
    for (const leaderboard of config.leaderboards) {
      const refusal = this.#score(game, leaderboard, placed);
      if (refusal !== undefined) return ofProduct(product, refusal);
    }
    const counts = countResult(this.#scoring, config.stats, game);
    if ('refused' in counts) return ofProduct(product, counts);
    this.#count(product, winner, counts.winner, placed);
    this.#count(product, loser, counts.loser, placed);
    return placed;
  }

  #score(
    { winner, loser, draw }: GameResult,
    { board, handler, options = NO_OPTIONS }: LeaderboardConfig,
    placed: PlacedOperations[],
  ): ExpansionRefusal | undefined {
    switch (this.#scoring.leaderboard(handler)?.kind) {
      case undefined:
        return { refused: `this node has no leaderboard handler "${handler}"` };
      case 'rating':
        this.#partOf(board, placed).push({ op: 'result', board, winner, loser, draw, handler, options });
        return undefined;
      case 'additive': {
        const added = addResult(this.#scoring, { winner, loser, draw, handler, options });
        if ('refused' in added) return added;
        if (added.winner !== undefined)
          this.#partOf(board, placed).push({ op: 'delta', board, member: winner, value: added.winner });
        if (added.loser !== undefined)
          this.#partOf(board, placed).push({ op: 'delta', board, member: loser, value: added.loser });
        return undefined;
      }
    }
  }

  #defaultsOf(product: string): ProductConfig {
    if (this.#defaults.product !== product) {
      this.#defaults = { product, config: defaultProductConfig(product) };
    }
    return this.#defaults.config;
  }

  #track(event: TrackEvent, config: ProductConfig): readonly PlacedOperations[] | ExpansionRefusal {
    const { product, player, event: what, data } = event;
    const counts = countTrack(this.#scoring, config.stats, { player, event: what, data });
    if ('refused' in counts) return ofProduct(product, counts);
    const placed: PlacedOperations[] = [];
    this.#count(product, player, counts, placed);
    return placed;
  }

  #count(product: string, player: string, counts: readonly Count[], placed: PlacedOperations[]): void {
    if (counts.length === 0) return;
    const operations = this.#partOf(product, placed);
    for (const [counter, by] of counts) operations.push({ op: 'count', product, player, counter, by });
  }

  /** The operations where this board is, or the players of this product. */
  #partOf(board: string, placed: PlacedOperations[]): Operation[] {
    const partition = this.#boards.of(board);
    for (const part of placed) if (part.partition === partition) return part.operations;
    const operations: Operation[] = [];
    placed.push({ partition, operations });
    return operations;
  }
}

/** Remembers the partition of the latest name: events that follow each other mostly have the same one. */
class LatestPartition {
  readonly #find: (name: string) => number;
  #name: string | undefined;
  #partition = 0;

  constructor(find: (name: string) => number) {
    this.#find = find;
  }

  of(name: string): number {
    if (name !== this.#name) {
      this.#partition = this.#find(name);
      this.#name = name;
    }
    return this.#partition;
  }
}

/** Of the product that an event names, if that is what scores it. */
export function configFor(event: ExpandableEvent, products: ProductConfigs): ProductConfig | undefined {
  return event.type === 'result' || event.type === 'track' ? products.get(event.product) : undefined;
}

function sessionOperation({ area, mode, user, action }: SessionEvent): SessionOperation {
  return action === 'LOGIN' ? { op: 'login', area, user, mode } : { op: 'logout', area, user };
}

function pointsOperation({ tournament, player, points: told }: PointsEvent): PointsOperation {
  const points = readPoints(told);
  assert(points !== undefined, 'points are judged before');
  return { op: 'points', tournament, player, points };
}

/** As JSON has it, which is what is kept: MessagePack can say more where a schema leaves a value open. */
function append(event: MatchEvent): AppendOperation {
  return { op: 'append', match: event.match, event: JSON.parse(JSON.stringify(event)) };
}

function ofProduct(product: string, { refused }: ExpansionRefusal): ExpansionRefusal {
  return { refused: `product "${product}": ${refused}` };
}
