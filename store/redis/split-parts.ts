import { assert } from '../../runtime/errors.ts';
import { endOfEvent, numbersOf } from '../events.ts';
import type { BatchVerdict, Part, PartVerdict } from '../score-store.ts';

/**
 * Two halves of a batch, to be applied one after the other; operations of one number stay together. `undefined` where it is one event.
 * Both have every part, though it may be empty, so that their verdicts can be joined.
 */
export function splitParts(parts: readonly Part[]): readonly [readonly Part[], readonly Part[]] | undefined {
  const ends = parts.map(endsOfEvents);
  const events = ends.reduce((sum, each) => sum + each.length, 0);
  if (events < 2) return undefined;
  let left = Math.ceil(events / 2);
  const cuts = ends.map((each) => {
    const taken = Math.min(left, each.length);
    left -= taken;
    return taken === 0 ? 0 : (each[taken - 1] ?? 0);
  });
  return [
    parts.map((part, i) => slice(part, 0, cuts[i])),
    parts.map((part, i) => slice(part, cuts[i] ?? 0, part.operations.length)),
  ];
}

/** `first` is the verdict on the first half of these parts, `second` that on the rest. */
export function joinVerdicts(
  halves: readonly Part[],
  first: BatchVerdict,
  second: BatchVerdict,
): BatchVerdict {
  const parts = halves.map(({ operations }, i): PartVerdict => {
    const [one, other] = [first.parts[i], second.parts[i]];
    assert(one && other, 'each half has a verdict on each part');
    if (one.status === 'conflict' || other.status === 'conflict') return { status: 'conflict' };
    const shift = operations.length;
    return {
      status: 'settled',
      duplicates: one.duplicates === shift ? shift + other.duplicates : one.duplicates,
      refused: [
        ...one.refused,
        ...other.refused.map((refusal) => ({ ...refusal, index: shift + refusal.index })),
      ],
    };
  });
  return { position: second.position, parts };
}

/** The places after the operations of each event. */
function endsOfEvents(part: Part): readonly number[] {
  const numbers = numbersOf(part);
  const ends: number[] = [];
  for (let end = 0; end < part.operations.length; ends.push(end)) end = endOfEvent(numbers, end);
  return ends;
}

function slice({ operations, producer, events }: Part, from: number, to = operations.length): Part {
  const some = operations.slice(from, to);
  if (producer === undefined)
    return events ? { operations: some, events: events.slice(from, to) } : { operations: some };
  return { operations: some, producer: { ...producer, numbers: producer.numbers.slice(from, to) } };
}
