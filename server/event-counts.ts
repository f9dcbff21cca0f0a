import { EVENT_SCHEMAS } from '../protocol/events.ts';
import type { Rejection } from '../protocol/frames.ts';
import { Histogram, SECONDS } from '../runtime/histogram.ts';
import type { MetricGroup, Sample } from '../runtime/metrics.ts';
import type { Ingest } from './ingest/ingest-types.ts';

/** `unsettled`: nobody knows, or nothing was done; whoever sent it sends it again. */
type Result = 'applied' | 'duplicate' | 'rejected' | 'unsettled';

/** What publishers are told; `undefined`: nothing. */
type Verdict =
  | {
      readonly ok: true;
      readonly applied: number;
      readonly duplicates: number;
      readonly rejected: readonly Rejection[];
    }
  | { readonly ok: false }
  | undefined;

/** Of events that have no type, or one that we do not know: publishers must not be able to make metrics. */
const UNKNOWN = 'unknown';
/** Of publishes with events of several types of which some were duplicates: which ones is not told. */
const SEVERAL = 'several';

/** How many events of each type were published, and what became of them. */
export class EventCounts {
  /** From the arrival of a publish until all of it was settled, or given up. */
  readonly seconds = new Histogram(SECONDS);
  /** All of them. */
  published = 0;
  readonly #counts = new Map<string, Map<Result, number>>();

  /** Of one publish. */
  add(events: readonly unknown[], verdict: Verdict): void {
    this.published += events.length;
    if (events.length === 1 && verdict?.ok && verdict.rejected.length === 0) {
      this.#count(typeOf(events[0]), verdict.duplicates > 0 ? 'duplicate' : 'applied', 1);
      return;
    }
    const left = countTypes(events);
    if (!verdict?.ok) {
      for (const [type, count] of left) this.#count(type, 'unsettled', count);
      return;
    }
    for (const { index, code } of verdict.rejected) {
      const type = typeOf(events[index]);
      left.set(type, (left.get(type) ?? 0) - 1);
      this.#count(type, code === 'unavailable' ? 'unsettled' : 'rejected', 1);
    }
    const { applied, duplicates } = verdict;
    const types = [...left].filter(([, count]) => count > 0);
    if (applied > 0 && duplicates > 0) {
      const [[type] = [SEVERAL]] = types.length === 1 ? types : [];
      this.#count(type, 'applied', applied);
      this.#count(type, 'duplicate', duplicates);
      return;
    }
    for (const [type, count] of types) this.#count(type, duplicates > 0 ? 'duplicate' : 'applied', count);
  }

  *samples(): Iterable<Sample> {
    for (const [type, results] of this.#counts) {
      for (const [result, count] of results) yield [{ type, result }, count];
    }
  }

  #count(type: string, result: Result, count: number): void {
    let results = this.#counts.get(type);
    if (results === undefined) {
      results = new Map();
      this.#counts.set(type, results);
    }
    results.set(result, (results.get(result) ?? 0) + count);
  }
}

export function eventMetrics(counts: EventCounts): MetricGroup<EventCounts> {
  return {
    read: () => counts,
    metrics: {
      scorewire_events_total: {
        kind: 'counter',
        help: 'Published events by type and by what became of them',
        labels: ['type', 'result'],
        value: (read) => read.samples(),
      },
      scorewire_publish_seconds: {
        kind: 'histogram',
        help: 'From the arrival of a publish until all of it was settled, or given up',
        value: ({ seconds }) => seconds,
      },
    },
  };
}

/** The same ingest; what it answers is counted. */
export function countedIngest(ingest: Ingest, counts: EventCounts): Ingest {
  const counted = <V extends Verdict>(events: readonly unknown[], verdict: Promise<V>): Promise<V> => {
    const beganMs = performance.now();
    const count = (known: Verdict): void => {
      counts.add(events, known);
      counts.seconds.observe((performance.now() - beganMs) / 1000);
    };
    // Whoever publishes hears of a failure; nobody else is to be told of it.
    void verdict.then(count, () => count({ ok: false }));
    return verdict;
  };
  return {
    publish: (events, ...rest) => counted(events, ingest.publish(events, ...rest)),
    submit: (events, identity, caller, settled) => {
      const beganMs = performance.now();
      ingest.submit(events, identity, caller, (verdict) => {
        counts.add(events, verdict);
        counts.seconds.observe((performance.now() - beganMs) / 1000);
        settled(verdict);
      });
    },
    publishOnce: (once, events, identity) => counted(events, ingest.publishOnce(once, events, identity)),
    openProducer: (producer) => {
      const session = ingest.openProducer(producer);
      return {
        publish: (seq, events, identity) => counted(events, session.publish(seq, events, identity)),
        refused: (seq) => session.refused(seq),
        close: () => session.close(),
      };
    },
  };
}

/** Most publishes have one type only, which costs one comparison for each event. */
function countTypes(events: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>();
  let type = UNKNOWN;
  let raw: unknown;
  let run = 0;
  for (const event of events) {
    const next = (event as { readonly type?: unknown } | null | undefined)?.type;
    if (run === 0 || next !== raw) {
      if (run > 0) counts.set(type, (counts.get(type) ?? 0) + run);
      raw = next;
      type = knownType(next);
      run = 0;
    }
    run++;
  }
  if (run > 0) counts.set(type, (counts.get(type) ?? 0) + run);
  return counts;
}

function typeOf(event: unknown): string {
  return knownType((event as { readonly type?: unknown } | null | undefined)?.type);
}

function knownType(type: unknown): string {
  return typeof type === 'string' && Object.hasOwn(EVENT_SCHEMAS, type) ? type : UNKNOWN;
}
