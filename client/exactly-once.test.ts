import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFakeClient } from '../test/support/fake-client.ts';
import { watch } from '../test/support/fake-publishing.ts';
import {
  eventWithId,
  isGood,
  PARTITIONS,
  partitionOf,
  type Step,
  UnreliableServer,
} from '../test/support/unreliable-server.ts';
import type { Ack } from './index.ts';
import { PublishError } from './index.ts';

type Action =
  | Step
  | { readonly do: 'publish'; readonly events: number }
  | { readonly do: 'wait'; readonly ms: number };

const failing = fc.array(fc.boolean(), { minLength: PARTITIONS, maxLength: PARTITIONS });
const publish = fc.integer({ min: 1, max: 7 }).map((events): Action => ({ do: 'publish', events }));
const wait = fc.constantFrom(1, 10, 50, 300).map((ms): Action => ({ do: 'wait', ms }));
const faults: fc.WeightedArbitrary<Action>[] = [
  { weight: 4, arbitrary: publish },
  { weight: 3, arbitrary: wait },
  { weight: 3, arbitrary: fc.constant({ do: 'serve', failing: [] }) },
  { weight: 2, arbitrary: failing.map((failing): Action => ({ do: 'serve', failing })) },
  { weight: 1, arbitrary: fc.constant({ do: 'limit' }) },
  { weight: 1, arbitrary: fc.constant({ do: 'hangUp' }) },
  { weight: 1, arbitrary: fc.constant({ do: 'haunt' }) },
];
const scripts = fc.array(fc.oneof(...faults), { maxLength: 60, size: 'max' });
const forgetfulScripts = fc.array(
  fc.oneof(...faults, { weight: 1, arbitrary: fc.constant<Action>({ do: 'forget' }) }),
  { maxLength: 60, size: 'max' },
);

/** One after the other, two connections that were given up claim the producer before anything is acknowledged. */
const TWO_GHOSTS: Action[] = [
  { do: 'publish', events: 1 },
  { do: 'hangUp' },
  { do: 'wait', ms: 50 },
  { do: 'serve', failing: [false, false, false] },
  { do: 'publish', events: 2 },
  { do: 'haunt' },
  { do: 'serve', failing: [] },
  { do: 'wait', ms: 50 },
  { do: 'hangUp' },
  { do: 'wait', ms: 300 },
  { do: 'serve', failing: [true, false, false] },
  { do: 'haunt' },
];

interface Published {
  /** Of its first event. */
  readonly firstId: number;
  readonly events: number;
  readonly outcome: Ack | PublishError | 'pending';
}

/** Runs the script, then lets everything go well until nothing is pending. */
async function play(script: readonly Action[]) {
  const { client, server, clock } = createFakeClient({ backoff: { baseMs: 10, capMs: 200 } });
  const model = new UnreliableServer(server);
  let ids = 0;
  const published: Published[] = [];
  const perform = async (action: Action): Promise<void> => {
    if (action.do === 'publish') {
      const firstId = ids + 1;
      const events = Array.from({ length: action.events }, () => eventWithId(++ids));
      const watched = watch(client.publish(events));
      published.push({
        firstId,
        events: action.events,
        get outcome() {
          return watched.outcome;
        },
      });
    } else if (action.do === 'wait') {
      await clock.advance(action.ms);
    } else {
      model.run(action);
    }
    if (client.state.state === 'connecting') {
      await clock.settle();
      server.latest.welcome({ eventsPerPublish: 3 });
    }
  };
  await perform({ do: 'wait', ms: 0 });
  for (const action of script) await perform(action);
  for (let round = 0; client.pendingEvents > 0; round++) {
    if (round === 200) throw new Error(`${client.pendingEvents} events are never settled`);
    await perform({ do: 'serve', failing: [] });
    await perform({ do: 'wait', ms: 300 });
  }
  await clock.settle();
  await client.close();
  expect(clock.pending).toBe(0);
  return { published, applied: model.applied };
}

const idsOf = ({ firstId, events }: Published): number[] =>
  Array.from({ length: events }, (_, i) => firstId + i);

test('whatever happens between client and server, every event is applied once, in order, and every publish resolves', async () => {
  await fc.assert(
    fc.asyncProperty(scripts, async (script) => {
      const { published, applied } = await play(script);
      const good = published.flatMap(idsOf).filter(isGood);
      applied[0]?.forEach((ids, partition) => {
        expect(ids).toEqual(good.filter((id) => partitionOf(id) === partition));
      });
      for (const each of published) {
        const ack = each.outcome as Ack;
        const bad = idsOf(each).flatMap((id, index) => (isGood(id) ? [] : [index]));
        expect(ack).toMatchObject({ rejected: bad.map((index) => ({ index, code: 'malformed' })) });
        expect(ack.applied + ack.duplicates + ack.rejected.length).toBe(each.events);
      }
    }),
    { examples: [[TWO_GHOSTS]] },
  );
}, 60_000);

test('where the server forgets, nothing is applied twice, and what may be lost is told', async () => {
  await fc.assert(
    fc.asyncProperty(forgetfulScripts, async (script) => {
      const { published, applied } = await play(script);
      const everApplied = new Set(applied.flat(2));
      for (const ids of applied.map((partitions) => partitions.flat())) {
        expect(ids.length).toBe(new Set(ids).size);
      }
      for (const each of published) {
        expect(each.outcome).not.toBe('pending');
        if (each.outcome instanceof PublishError) {
          expect(each.outcome).toMatchObject({ code: 'conflict', uncertain: true });
        } else {
          expect(idsOf(each).filter((id) => isGood(id) && !everApplied.has(id))).toEqual([]);
        }
      }
    }),
  );
}, 60_000);
