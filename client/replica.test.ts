import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diff } from '../protocol/patches.ts';
import type { Rows, Update, View } from '../protocol/views.ts';
import { receiveUpdate } from './replica.ts';

const view: View = { kind: 'rows', epoch: 'a', seq: 5, state: [['ann', 3]] };
const patch: Update['patch'] = [[0, 1, ['ann', 4]]];

test('an update onto our position is applied and leaves the old state as it was', () => {
  const reception = receiveUpdate(view, { seq: 6, at: 1, patch });
  expect(reception).toEqual({ verdict: 'applied', view: { ...view, seq: 6, state: [['ann', 4]] } });
  expect(view.state).toEqual([['ann', 3]]);
});

test('an update that we already have is ignored', () => {
  expect(receiveUpdate(view, { seq: 5, at: 1, patch }).verdict).toBe('ignored');
  expect(receiveUpdate(view, { epoch: 'a', seq: 4, from: 1, at: 1, patch }).verdict).toBe('ignored');
});

test('an update onto another position is a gap', () => {
  expect(receiveUpdate(view, { seq: 7, at: 1, patch }).verdict).toBe('gap');
  expect(receiveUpdate(view, { seq: 9, from: 6, at: 1, patch }).verdict).toBe('gap');
});

test('an update may skip numbers when it says from where', () => {
  expect(receiveUpdate(view, { seq: 9, from: 5, at: 1, patch })).toMatchObject({ view: { seq: 9 } });
});

test('an update into a new epoch applies even where its number is lower', () => {
  const reception = receiveUpdate(view, { epoch: 'b', seq: 2, from: 5, at: 1, patch });
  expect(reception).toMatchObject({ verdict: 'applied', view: { epoch: 'b', seq: 2 } });
  expect(receiveUpdate(view, { epoch: 'b', seq: 6, from: 4, at: 1, patch }).verdict).toBe('gap');
});

test('a patch that does not fit is told apart from a gap', () => {
  expect(receiveUpdate(view, { seq: 6, at: 1, patch: [[7, 1]] }).verdict).toBe('misfit');
  expect(receiveUpdate(view, { seq: 6, at: 1, patch: { no: 'rows' } }).verdict).toBe('misfit');
});

test('through loss, repetition and reordering a replica holds a state of the source or knows of a gap', () => {
  const rows = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(5)), {
    selector: ([member]) => member,
  });
  fc.assert(
    fc.property(
      fc.array(rows, { minLength: 2, maxLength: 8 }),
      fc.infiniteStream(fc.nat(20)),
      (states, picks) => {
        const updates = states.slice(1).map((after, index): Update => {
          const before = states[index] as Rows;
          return { seq: index + 1, at: 0, patch: diff('rows', before, after) ?? [] };
        });
        let held: View = { kind: 'rows', epoch: 'a', seq: 0, state: states[0] as Rows };
        for (const pick of picks.take(20)) {
          const update = updates[pick % updates.length];
          if (!update) continue;
          const reception = receiveUpdate(held, update);
          expect(reception.verdict).not.toBe('misfit');
          if (reception.verdict === 'applied') held = reception.view;
          expect(held.state).toEqual(states[held.seq]);
        }
      },
    ),
  );
});
