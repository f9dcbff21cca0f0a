import { ScoreModel } from '../models/score-model.ts';
import type { Scenario } from '../scenario.ts';
import { boardChannel, boardNames, eventsPerFrame, scorePublisher, viewersOf } from './boards.ts';

/** As many as there are partitions, more or less. */
const BOARDS = 16;
const WATCHED = 4;
/** Who only proves what arrived. */
const VIEWERS = 8;

export const ingestHttp: Scenario = {
  about: 'POST /v1/events, one event in each request',
  counts: 'connections',
  defaults: { seconds: 20, rate: 1500, connections: 32 },
  plan: (options) => {
    const boards = boardNames(options.prefix, BOARDS);
    const model = new ScoreModel(boards);
    const load = {
      over: 'http',
      rate: options.rate,
      eventsPerPublish: 1,
      connections: options.connections,
    } as const;
    return {
      publishers: [scorePublisher(load, { seed: options.seed, boards, members: 1000 }, model)],
      viewers: viewersOf(VIEWERS, options, () => boards.slice(0, WATCHED).map(boardChannel)),
      models: [model],
    };
  },
};

export const ingestSocket: Scenario = {
  about: 'numbered events over sockets, in frames, for 100,000 members',
  counts: 'producers',
  defaults: { seconds: 20, rate: 20_000, connections: 4 },
  plan: (options) => {
    const { rate, connections } = options;
    const boards = boardNames(options.prefix, BOARDS);
    const model = new ScoreModel(boards);
    const eventsPerPublish = eventsPerFrame(rate, connections);
    const scores = { seed: options.seed, boards, members: 100_000 / BOARDS };
    return {
      publishers: [scorePublisher({ over: 'socket', rate, eventsPerPublish, connections }, scores, model)],
      viewers: viewersOf(VIEWERS, options, () => boards.slice(0, WATCHED).map(boardChannel)),
      models: [model],
    };
  },
};

/** All events are for one member: one score that everybody wants to write. */
export const hotMember: Scenario = {
  about: 'every event is for the same member, whose board and rank all viewers watch',
  counts: 'viewers',
  defaults: { seconds: 20, rate: 10_000, connections: 200 },
  plan: (options) => {
    const { rate } = options;
    const boards = boardNames(options.prefix, 1);
    const model = new ScoreModel(boards);
    const load = {
      over: 'socket',
      rate,
      eventsPerPublish: eventsPerFrame(rate, PRODUCERS),
      connections: PRODUCERS,
    } as const;
    return {
      publishers: [scorePublisher(load, { seed: options.seed, boards, members: 1 }, model)],
      viewers: viewersOf(options.connections, options, () => [`board:${boards[0]}`, `rank:${boards[0]}:m0`]),
      models: [model],
    };
  },
};

const PRODUCERS = 4;
