import { expect, it } from 'vitest';
import type { MatchEvent } from '../../protocol/match-events.ts';
import { simulateMatch } from '../../scoring/cricket/simulator.ts';
import { beginMatch } from '../../scoring/sports.ts';
import type { Api } from '../api.ts';
import { MatchModel } from './match-model.ts';

const EVENTS = 100;
const simulate = () => simulateMatch('m', { seed: 3 });

/** A server that was given these events. */
function showing(events: readonly unknown[]): Api {
  const fold = beginMatch('m', simulate().fixture);
  for (const event of events) fold.append(event as MatchEvent);
  return {
    call: async () => JSON.parse(JSON.stringify(fold.document())),
    upload: async () => undefined,
    each: async () => undefined,
  };
}

it('a match that has all acknowledged events is right, and its viewers must hold card and feed', async () => {
  const model = new MatchModel('m', simulate());
  const events = model.next(EVENTS);
  expect(events.map((event) => 'expected' in event && event.expected)).toEqual([...events.keys()]);
  model.applied(events);
  const { problems, states } = await model.check(showing(events));
  expect(problems).toEqual([]);
  expect(states.get('match:m')).toMatchObject({ id: 'm', events: EVENTS });
  expect(states.get('match:m:feed')).toHaveLength(50);
});

it('a match that lacks an acknowledged event is wrong', async () => {
  const model = new MatchModel('m', simulate());
  const events = model.next(EVENTS);
  model.applied(events);
  const { problems } = await model.check(showing(events.slice(0, -1)));
  expect(problems).toEqual(['m: shows 99 events, and not what the 100 acknowledged make']);
});

it('a match gives no events after its last one', () => {
  const model = new MatchModel('m', simulate());
  const { length } = model.next(10_000);
  expect(length).toBe([...simulate().events].length);
  expect(model.next(1)).toEqual([]);
});
