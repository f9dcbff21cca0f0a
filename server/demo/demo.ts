import type { Service } from '../../runtime/lifecycle.ts';
import { createDemoCricket, type DemoCricketDeps } from './demo-cricket.ts';
import { createDemoFeed, type DemoFeedDeps, type DemoFeedOptions } from './demo-feed.ts';

export interface DemoOptions extends DemoFeedOptions {
  readonly plays: 'everything' | 'match';
  /** From one ball of the match to the next. */
  readonly ballMs: number;
}

/** All that a server plays by itself where the demonstration is on. */
export function createDemo(deps: DemoFeedDeps & DemoCricketDeps, options: DemoOptions): Service {
  const cricket = createDemoCricket(deps, options);
  const services = options.plays === 'match' ? [cricket] : [createDemoFeed(deps, options), cricket];
  return {
    start: async () => {
      await Promise.all(services.map((service) => service.start()));
    },
    stop: async () => {
      await Promise.all(services.map((service) => service.stop()));
    },
  };
}
