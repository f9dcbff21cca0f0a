/**
 * A server that applies a producer's events exactly once, in three partitions, behind connections on which everything may go
 * wrong that can: parts of a batch fail, answers are lost, a given-up connection still works off what it was sent.
 */
import type { ScorewireEvent } from '../../client/index.ts';
import type { ErrorFrame, Rejection } from '../../protocol/frames.ts';
import type { NumberedFrame } from './fake-publishing.ts';
import type { FakeConnection, FakeServer } from './fake-server.ts';

export const PARTITIONS = 3;
const HOME = 0;

interface Partition {
  claim: number;
  last: number;
  readonly rejected: Set<number>;
}

interface Session {
  readonly connection: FakeConnection;
  /** Frames that were read so far. */
  read: number;
  readonly producers: Map<string, ProducerSession>;
}

interface ProducerSession {
  readonly claim: number;
  wanted: number;
  resendTold: boolean;
  isDead: boolean;
  readonly queue: NumberedFrame[];
}

export type Step =
  /** Reads what has arrived and works off one batch per producer; `failing` says in which partitions that fails. */
  | { readonly do: 'serve'; readonly failing: readonly boolean[] }
  /** Reads one frame and refuses it. */
  | { readonly do: 'limit' }
  | { readonly do: 'hangUp' }
  /** A connection that the client has given up reads what it was sent, and works it off. */
  | { readonly do: 'haunt' }
  /** The store is lost, with its scores and whatever it knew of producers. */
  | { readonly do: 'forget' };

/** The id of an event is its `delta`. Those divisible by 5 are rejected. */
export const isGood = (id: number): boolean => id % 5 !== 0;
export const partitionOf = (id: number): number => id % PARTITIONS;

export class UnreliableServer {
  /** Ids in the order in which each partition applied them; a list of partitions for every time that the store was lost, and the present. */
  readonly applied: number[][][] = [emptyPartitions()];
  readonly #server: FakeServer;
  readonly #producers = new Map<string, Partition[]>();
  readonly #sessions = new Map<FakeConnection, Session>();
  #lastClaim = 0;

  constructor(server: FakeServer) {
    this.#server = server;
  }

  run(step: Step): void {
    const current = this.#session(this.#server.latest);
    switch (step.do) {
      case 'serve':
        this.#readAll(current);
        this.#workOff(current, step.failing);
        return;
      case 'limit':
        this.#readOne(current, true);
        return;
      case 'hangUp':
        current.connection.hangUp();
        return;
      case 'haunt':
        for (const session of this.#sessions.values()) {
          if (session === current) continue;
          this.#readAll(session);
          this.#workOff(session, []);
        }
        return;
      case 'forget':
        this.#producers.clear();
        this.applied.push(emptyPartitions());
        return;
    }
  }

  #session(connection: FakeConnection): Session {
    const session = this.#sessions.get(connection) ?? { connection, read: 0, producers: new Map() };
    this.#sessions.set(connection, session);
    return session;
  }

  #readAll(session: Session): void {
    while (this.#readOne(session, false)) {
      // One frame after the other.
    }
  }

  #readOne(session: Session, isLimited: boolean): boolean {
    const frame = session.connection.all('publish')[session.read];
    if (!frame || !('seq' in frame)) return false;
    session.read += 1;
    const producer = session.producers.get(frame.producer) ?? this.#claim(session, frame);
    if (!producer) return true;
    if (producer.isDead) refuse(session, frame, 'conflict');
    else if (frame.seq > producer.wanted) askAgain(session, producer, frame);
    else {
      producer.resendTold = false;
      if (isLimited) {
        refuse(session, frame, 'rate_limited', { retryAfterMs: 20 });
      } else {
        producer.wanted = Math.max(producer.wanted, frame.seq + frame.events.length);
        producer.queue.push(frame);
      }
    }
    return true;
  }

  #claim(session: Session, frame: NumberedFrame): ProducerSession | undefined {
    const partitions = this.#partitions(frame.producer);
    const last = Math.max(...partitions.map((partition) => partition.last));
    const claim = ++this.#lastClaim;
    for (const partition of partitions) partition.claim = claim;
    const producer: ProducerSession = {
      claim,
      wanted: frame.seq,
      resendTold: false,
      isDead: false,
      queue: [],
    };
    session.producers.set(frame.producer, producer);
    if (frame.seq <= last + 1) return producer;
    if (last === 0) {
      producer.isDead = true;
      refuse(session, frame, 'conflict');
    } else {
      producer.wanted = last + 1;
      askAgain(session, producer, frame);
    }
    return undefined;
  }

  #workOff(session: Session, failing: readonly boolean[]): void {
    for (const [id, producer] of session.producers) {
      const frames = producer.queue.splice(0, 4);
      const first = frames[0];
      if (!first || producer.isDead) continue;
      const rest = this.#settle(id, producer, frames, failing);
      if (rest === 'settled') {
        for (const frame of frames) this.#acknowledge(session, frame);
        continue;
      }
      if (rest === 'conflict') producer.isDead = true;
      producer.queue.splice(0);
      producer.wanted = first.seq;
      producer.resendTold = false;
      for (const frame of frames) {
        refuse(session, frame, rest, rest === 'unavailable' ? { retryAfterMs: 10 } : {});
      }
    }
  }

  #settle(
    id: string,
    { claim }: ProducerSession,
    frames: readonly NumberedFrame[],
    failing: readonly boolean[],
  ): 'settled' | 'unavailable' | 'conflict' {
    let outcome: 'settled' | 'unavailable' | 'conflict' = 'settled';
    this.#verdicts.clear();
    this.#partitions(id).forEach((partition, place) => {
      const events = frames.flatMap((frame) => numbered(frame).filter((event) => event.partition === place));
      if (events.length === 0) return;
      if (failing[place]) {
        if (outcome === 'settled') outcome = 'unavailable';
        return;
      }
      if (claim < partition.claim) {
        outcome = 'conflict';
        return;
      }
      for (const { number, id } of events) {
        const isDuplicate = number <= partition.last;
        if (!isDuplicate) {
          partition.last = number;
          if (id === undefined) partition.rejected.add(number);
          else this.applied.at(-1)?.[place]?.push(id);
        }
        const isRejected = id === undefined || partition.rejected.has(number);
        this.#verdicts.set(number, isRejected ? 'rejected' : isDuplicate ? 'duplicate' : 'applied');
      }
    });
    return outcome;
  }

  readonly #verdicts = new Map<number, 'applied' | 'duplicate' | 'rejected'>();

  #acknowledge({ connection }: Session, frame: NumberedFrame): void {
    const verdicts = frame.events.map((_, place) => this.#verdicts.get(frame.seq + place));
    const rejected: Rejection[] = verdicts.flatMap((verdict, index) =>
      verdict === 'rejected' ? [{ index, code: 'malformed', message: 'by 5' }] : [],
    );
    connection.reply({
      type: 'ack',
      id: frame.id,
      applied: verdicts.filter((verdict) => verdict === 'applied').length,
      duplicates: verdicts.filter((verdict) => verdict === 'duplicate').length,
      rejected,
      seq: frame.seq + frame.events.length - 1,
    });
  }

  #partitions(producer: string): Partition[] {
    const known = this.#producers.get(producer);
    if (known) return known;
    const partitions = Array.from({ length: PARTITIONS }, () => ({
      claim: 0,
      last: 0,
      rejected: new Set<number>(),
    }));
    this.#producers.set(producer, partitions);
    return partitions;
  }
}

function emptyPartitions(): number[][] {
  return Array.from({ length: PARTITIONS }, () => []);
}

function askAgain(session: Session, producer: ProducerSession, frame: NumberedFrame): void {
  if (producer.resendTold) return;
  producer.resendTold = true;
  refuse(session, frame, 'resend', { seq: producer.wanted });
}

function refuse(
  { connection }: Session,
  { id }: NumberedFrame,
  code: ErrorFrame['code'],
  details: Partial<ErrorFrame> = {},
): void {
  connection.reply({ type: 'error', id, code, message: code, ...details });
}

/** `id` is absent where the event is rejected; that is remembered in the home partition. */
function numbered({ seq, events }: NumberedFrame): { number: number; id?: number; partition: number }[] {
  return events.map((event, place) => {
    const id = (event as { delta?: number } | null)?.delta ?? 0;
    const number = seq + place;
    return isGood(id) ? { number, id, partition: partitionOf(id) } : { number, partition: HOME };
  });
}

export const eventWithId = (id: number): ScorewireEvent => ({
  type: 'score',
  board: 'x',
  member: 'a',
  delta: id,
});
