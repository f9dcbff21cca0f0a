import type {
  ResultEvent,
  ScoreEvent,
  ScorewireEvent,
  SessionEvent,
  TrackEvent,
} from '../../protocol/events.ts';
import { defaultProductConfig, type LeaderboardConfig, type ProductConfig } from '../../protocol/products.ts';
import { type Count, countResult, countTrack } from '../../scoring/counting.ts';
import type { GameResult } from '../../scoring/leaderboard-handler.ts';
import { addResult, type Scoring } from '../../scoring/scoring.ts';
import {
  partitionOfArea,
  partitionOfBoard,
  partitionOfPlayer,
  partitionOfProducer,
} from '../../store/partitions.ts';
import type { Operation, ScoreOperation, SessionOperation } from '../../store/score-store.ts';

/** Settings of products, by id; those that are not in it have the defaults. */
export type ProductConfigs = ReadonlyMap<string, ProductConfig>;

export const NO_PRODUCTS: ProductConfigs = new Map();

export interface PlacedOperation {
  readonly partition: number;
  readonly operation: Operation;
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
 * it for both players, and they count what a player does. A session moves one user of an area. A profile is in every partition.
 */
export class Expander {
  readonly #partitions: number;
  readonly #scoring: Scoring;

  constructor(partitions: number, scoring: Scoring) {
    this.#partitions = partitions;
    this.#scoring = scoring;
  }

  expand(event: ExpandableEvent, products: ProductConfigs): readonly PlacedOperation[] | ExpansionRefusal {
    switch (event.type) {
      case 'result':
        return this.#result(event, products.get(event.product) ?? defaultProductConfig(event.product));
      case 'track':
        return this.#track(event, products.get(event.product) ?? defaultProductConfig(event.product));
      case 'session':
        return [
          { partition: partitionOfArea(event.area, this.#partitions), operation: sessionOperation(event) },
        ];
      case 'profile': {
        const { member, name } = event;
        const operation: Operation = { op: 'profile', member, name };
        return Array.from({ length: this.#partitions }, (_, partition) => ({ partition, operation }));
      }
    }
  }

  partitionOfScore({ board }: ScoreEvent): number {
    return partitionOfBoard(board, this.#partitions);
  }

  /**
   * The partition that says whether a number of a producer has been settled, and how: where the event has all its operations, if that is
   * one place. Else the home of the producer, whose rejections are told by the claim before anything else could be applied elsewhere.
   */
  seatOf(event: ScorewireEvent, producer: string): number {
    switch (event.type) {
      case 'score':
        return this.partitionOfScore(event);
      case 'track':
        return partitionOfPlayer(event.product, event.player, this.#partitions);
      case 'session':
        return partitionOfArea(event.area, this.#partitions);
      case 'result':
      case 'profile':
        return partitionOfProducer(producer, this.#partitions);
    }
  }

  #result(event: ResultEvent, config: ProductConfig): readonly PlacedOperation[] | ExpansionRefusal {
    const { product, winner, loser } = event;
    const game = { winner, loser, draw: event.draw === true };
    const placed: PlacedOperation[] = [];
    for (const leaderboard of config.leaderboards) {
      const partition = partitionOfBoard(leaderboard.board, this.#partitions);
      const operations = this.#onLeaderboard(game, leaderboard);
      if ('refused' in operations) return ofProduct(product, operations);
      for (const operation of operations) placed.push({ partition, operation });
    }
    const counts = countResult(this.#scoring, config.stats, game);
    if ('refused' in counts) return ofProduct(product, counts);
    this.#count(product, winner, counts.winner, placed);
    this.#count(product, loser, counts.loser, placed);
    return placed;
  }

  #onLeaderboard(
    game: GameResult,
    { board, handler, options = {} }: LeaderboardConfig,
  ): readonly Operation[] | ExpansionRefusal {
    const result = { ...game, handler, options };
    switch (this.#scoring.leaderboard(handler)?.kind) {
      case undefined:
        return { refused: `this node has no leaderboard handler "${handler}"` };
      case 'rating':
        return [{ op: 'result', board, ...result }];
      case 'additive': {
        const added = addResult(this.#scoring, result);
        if ('refused' in added) return added;
        return [...delta(board, game.winner, added.winner), ...delta(board, game.loser, added.loser)];
      }
    }
  }

  #track(event: TrackEvent, config: ProductConfig): readonly PlacedOperation[] | ExpansionRefusal {
    const { product, player, event: what, data } = event;
    const counts = countTrack(this.#scoring, config.stats, { player, event: what, data });
    if ('refused' in counts) return ofProduct(product, counts);
    const placed: PlacedOperation[] = [];
    this.#count(product, player, counts, placed);
    return placed;
  }

  #count(product: string, player: string, counts: readonly Count[], placed: PlacedOperation[]): void {
    const partition = partitionOfPlayer(product, player, this.#partitions);
    for (const [counter, by] of counts) {
      placed.push({ partition, operation: { op: 'count', product, player, counter, by } });
    }
  }
}

function delta(board: string, member: string, value: number | undefined): readonly ScoreOperation[] {
  return value === undefined ? [] : [{ op: 'delta', board, member, value }];
}

function sessionOperation({ area, mode, user, action }: SessionEvent): SessionOperation {
  return action === 'LOGIN' ? { op: 'login', area, user, mode } : { op: 'logout', area, user };
}

function ofProduct(product: string, { refused }: ExpansionRefusal): ExpansionRefusal {
  return { refused: `product "${product}": ${refused}` };
}
