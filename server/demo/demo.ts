import type { Service } from '../../runtime/lifecycle.ts';
import type { DemoContestDeps } from './demo-contest.ts';
import { createDemoCricket, type DemoCricketDeps } from './demo-cricket.ts';
import { createDemoFantasy, type DemoFantasyOptions } from './demo-fantasy.ts';
import { createDemoFeed, type DemoFeedDeps, type DemoFeedOptions } from './demo-feed.ts';

export interface DemoOptions extends DemoFeedOptions, DemoFantasyOptions {
  readonly plays: 'everything' | 'match' | 'fantasy';
  /** From one ball of the match to the next. */
  readonly ballMs: number;
}

type DemoDeps = DemoFeedDeps & DemoCricketDeps & DemoContestDeps;

/** All that a server plays by itself where the demonstration is on. */
export function createDemo(deps: DemoDeps, options: DemoOptions): Service {
  const services = servicesOf(deps, options);
  return {
    start: async () => {
      await Promise.all(services.map((service) => service.start()));
    },
    stop: async () => {
      await Promise.all(services.map((service) => service.stop()));
    },
  };
}

function servicesOf(deps: DemoDeps, options: DemoOptions): readonly Service[] {
  const { ballMs } = options;
  switch (options.plays) {
    case 'match':
      return [createDemoCricket(deps, { ballMs })];
    case 'fantasy':
      return [createDemoFantasy(deps, options)];
    case 'everything':
      return [createDemoFeed(deps, options), createDemoCricket(deps, { ballMs })];
  }
}
