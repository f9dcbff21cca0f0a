import type { ProductConfig } from '../../protocol/products.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Ingest } from '../ingest/ingest-types.ts';
import { createDemoArea } from './demo-area.ts';
import { createDemoLoop, DEMO_IDENTITY } from './demo-loop.ts';
import { createDemoMatches } from './demo-matches.ts';
import { createDemoGame } from './demo-scores.ts';

export interface DemoFeedOptions {
  readonly board: string;
  readonly players: number;
  /** Score changes published at once. */
  readonly batch: number;
  /** Between the end of one batch and the next. */
  readonly pauseMs: number;
}

export interface DemoFeedDeps {
  readonly store: Pick<ScoreStore, 'configureBoard' | 'configureProduct'>;
  readonly ingest: Pick<Ingest, 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

export const DEMO_PRODUCT = 'rps';
export const DEMO_AREAS = ['111', '112', '113'] as const;
export const DEMO_AREA_SIZE = { users: 40, modes: 5 } as const;

const DEMO_PRODUCT_CONFIG: ProductConfig = {
  leaderboards: [
    { board: DEMO_PRODUCT, handler: 'wins' },
    { board: `${DEMO_PRODUCT}-elo`, handler: 'elo', options: { k: 20, start: 1500 } },
  ],
  stats: 'exrps',
};

/**
 * Games that never end, so that a newcomer sees movement at once: scores on a board with a window for each day, rock paper scissors with wins,
 * ratings and statistics, and areas in which users come and go. While the store is away it waits and goes on.
 */
export function createDemoFeed(deps: DemoFeedDeps, options: DemoFeedOptions): Service {
  const { store, ingest, clock, logger, random } = deps;
  const game = createDemoGame(options.board, options.players, random);
  const matches = createDemoMatches(DEMO_PRODUCT, options.players, random);
  const areas = DEMO_AREAS.map((area) => createDemoArea(area, DEMO_AREA_SIZE, random));
  let introduced = false;

  const publish = async (events: readonly unknown[]): Promise<boolean> => {
    const verdict = await ingest.publish(events, DEMO_IDENTITY);
    if (!verdict.ok) logger.debug({ code: verdict.code }, 'the demonstration feed waits');
    return verdict.ok;
  };
  const introduce = async (): Promise<void> => {
    await store.configureBoard(options.board, { windows: ['daily'] }, clock.now());
    await store.configureProduct(DEMO_PRODUCT, DEMO_PRODUCT_CONFIG, clock.now());
    introduced = await publish(game.profiles());
  };
  const play = async (): Promise<void> => {
    await Promise.all([
      publish(game.next(options.batch)),
      publish([...matches.next(1), ...areas.flatMap((area) => area.next(1))]),
    ]);
  };
  const step = async (): Promise<number> => {
    await (introduced ? play() : introduce());
    return options.pauseMs;
  };
  return createDemoLoop(deps, { step, retryMs: options.pauseMs });
}
