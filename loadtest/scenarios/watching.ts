import type { ScoreSourceOptions } from '../load/score-source.ts';
import { ScoreModel } from '../models/score-model.ts';
import type { Habit, Plan, PlanOptions, Scenario } from '../scenario.ts';
import {
  boardChannel,
  boardNames,
  eventsPerFrame,
  fillBoards,
  ringOf,
  scorePublisher,
  viewersOf,
} from './boards.ts';

/** Few boards that all viewers watch, whatever their habits. */
function fewBoards(options: PlanOptions, habitOf?: (index: number) => Habit): Plan {
  const boards = boardNames(options.prefix, FEW_BOARDS);
  const model = new ScoreModel(boards);
  const channels = boards.map(boardChannel);
  const scores = { boards, members: MEMBERS };
  return {
    prepare: (api) => fillBoards(api, scores, model),
    publishers: [overSocket(options, scores, model)],
    viewers: viewersOf(options.connections, options, () => channels, habitOf),
    models: [model],
  };
}

const FEW_BOARDS = 4;
const MEMBERS = 300;

function overSocket(
  { rate, seed }: PlanOptions,
  scores: Omit<ScoreSourceOptions, 'seed'>,
  model: ScoreModel,
) {
  const eventsPerPublish = eventsPerFrame(rate, 1);
  return scorePublisher(
    { over: 'socket', rate, eventsPerPublish, connections: 1 },
    { ...scores, seed },
    model,
  );
}

export const fanout: Scenario = {
  about: 'few boards, many viewers: each watches all four boards',
  counts: 'viewers',
  defaults: { seconds: 20, rate: 200, connections: 1000 },
  plan: (options) => fewBoards(options),
};

const BOARDS_PER_VIEWER = 16;

export const manyBoards: Scenario = {
  about: 'eight times as many boards as viewers: each watches 16 of them',
  counts: 'viewers',
  defaults: { seconds: 20, rate: 2000, connections: 250 },
  plan: (options) => {
    const boards = boardNames(options.prefix, options.connections * 8);
    const model = new ScoreModel(boards);
    return {
      publishers: [overSocket(options, { boards, members: 50 }, model)],
      viewers: viewersOf(options.connections, options, (index) =>
        ringOf(boards, index * 8, BOARDS_PER_VIEWER).map(boardChannel),
      ),
      models: [model],
    };
  },
};

const RANKS_PER_VIEWER = 100;

export const ranks: Scenario = {
  about: 'each viewer watches the ranks of 100 members of a board that has twice as many as are watched',
  counts: 'viewers',
  defaults: { seconds: 20, rate: 500, connections: 100 },
  plan: (options) => {
    const boards = boardNames(options.prefix, 1);
    const model = new ScoreModel(boards);
    const members = options.connections * RANKS_PER_VIEWER * 2;
    const ranksOf = (index: number): readonly string[] =>
      // Every second member, so that there are others between them.
      Array.from(
        { length: RANKS_PER_VIEWER },
        (_, n) => `rank:${boards[0]}:m${2 * (index * RANKS_PER_VIEWER + n)}`,
      );
    return {
      prepare: (api) => fillBoards(api, { boards, members }, model),
      publishers: [overSocket(options, { boards, members }, model)],
      viewers: viewersOf(options.connections, options, ranksOf),
      models: [model],
    };
  },
};

/** So often within the load, at the end of each part. */
const STORMS = 4;

export const reconnectStorm: Scenario = {
  about: 'all viewers lose their connections at once, several times, and come back with their positions',
  counts: 'viewers',
  defaults: { seconds: 20, rate: 200, connections: 1000 },
  plan: (options) => {
    const everyMs = (options.seconds * 1000) / (STORMS + 1);
    return fewBoards(options, () => ({ type: 'returning', everyMs }));
  },
};

const SLOW_BOARDS = 8;
const SLOW_MEMBERS = 1000;
/** What the system buffers for a socket is megabytes, which have to be full before the server notices anything. */
const LONG_NAME = 120;

export const slowClients: Scenario = {
  about: 'a quarter of the viewers stops reading for seconds, while eight boards of 1000 long rows change',
  counts: 'viewers',
  defaults: { seconds: 20, rate: 5000, connections: 60 },
  settings: { TICK_MS: '100', MAX_BACKPRESSURE_BYTES: '65536' },
  plan: (options) => {
    const boards = boardNames(options.prefix, SLOW_BOARDS);
    const model = new ScoreModel(boards, SLOW_MEMBERS);
    const pauseMs = options.seconds * 400;
    const scores = { boards, members: SLOW_MEMBERS, nameLength: LONG_NAME };
    const slow: Habit = { type: 'slow', pauseMs, readMs: pauseMs / 8 };
    return {
      prepare: async (api) => {
        await api.each(boards, (board) => api.call('PUT', `/v1/boards/${board}`, { top: SLOW_MEMBERS }));
        await fillBoards(api, scores, model);
      },
      publishers: [overSocket(options, scores, model)],
      viewers: viewersOf(
        options.connections,
        options,
        () => boards.map(boardChannel),
        (index) => (index % 4 === 3 ? slow : { type: 'steady' }),
      ),
      models: [model],
    };
  },
};
