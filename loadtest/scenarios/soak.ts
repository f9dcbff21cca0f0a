import { ScoreModel } from '../models/score-model.ts';
import type { Habit, Scenario } from '../scenario.ts';
import { STEADY } from '../scenario.ts';
import { boardChannel, boardNames, eventsPerFrame, ringOf, scorePublisher, viewersOf } from './boards.ts';

const BOARDS = 64;
const MEMBERS = 500;
const BOARDS_PER_VIEWER = 4;
const HTTP_CONNECTIONS = 4;
/** Of all events. */
const HTTP_SHARE = 0.1;
const PRODUCERS = 2;

const RETURNING: Habit = { type: 'returning', everyMs: 30_000 };
const SLOW: Habit = { type: 'slow', pauseMs: 10_000, readMs: 1000 };

/** Of ten viewers one comes and goes and one is slow. */
function habitOf(index: number): Habit {
  if (index % 10 === 3) return RETURNING;
  return index % 10 === 7 ? SLOW : STEADY;
}

export const soak: Scenario = {
  about: 'a little of everything for a long time: what leaks shows in the memory',
  counts: 'viewers',
  defaults: { seconds: 600, rate: 1000, connections: 300 },
  plan: (options) => {
    const { seed, connections } = options;
    const boards = boardNames(options.prefix, BOARDS);
    const model = new ScoreModel(boards);
    const overHttp = options.rate * HTTP_SHARE;
    const overSocket = options.rate - overHttp;
    const scores = { boards, members: MEMBERS };
    return {
      publishers: [
        scorePublisher(
          { over: 'http', rate: overHttp, eventsPerPublish: 1, connections: HTTP_CONNECTIONS },
          { ...scores, seed },
          model,
        ),
        scorePublisher(
          {
            ...{ over: 'socket', rate: overSocket, connections: PRODUCERS },
            eventsPerPublish: eventsPerFrame(overSocket, PRODUCERS),
          },
          { ...scores, seed: seed + 1 },
          model,
        ),
      ],
      viewers: viewersOf(
        connections,
        options,
        (index) => ringOf(boards, index * BOARDS_PER_VIEWER, BOARDS_PER_VIEWER).map(boardChannel),
        habitOf,
      ),
      models: [model],
    };
  },
};
