import type { Encoding } from '../protocol/encodings.ts';
import type { ScorewireEvent } from '../protocol/events.ts';
import type { State } from '../protocol/views.ts';
import type { Api } from './api.ts';

/** What a scenario is made of: who publishes what, who watches what, and what must be true at the end. */

export interface Scenario {
  /** One line for the list of scenarios. */
  readonly about: string;
  /** What `--connections` counts here. */
  readonly counts: string;
  readonly defaults: Defaults;
  /** Settings of a server that is started for it. */
  readonly settings?: Readonly<Record<string, string>>;
  plan(options: PlanOptions): Plan;
}

export interface Defaults {
  readonly seconds: number;
  /** Events per second, of all publishers together. */
  readonly rate: number;
  readonly connections: number;
}

export interface PlanOptions extends Defaults {
  readonly encodings: readonly Encoding[];
  readonly seed: number;
  /** Begins the name of everything that the run makes, so that runs do not meet on a server. */
  readonly prefix: string;
  /** Files of Cricsheet. */
  readonly matches: readonly string[];
}

export interface Plan {
  readonly publishers: readonly PublisherPlan[];
  readonly viewers: readonly ViewerPlan[];
  readonly models: readonly Model[];
  /** Before anybody watches. */
  prepare?(api: Api): Promise<void>;
}

export interface PublisherPlan {
  readonly over: 'http' | 'socket';
  /** Events per second, of all connections together. */
  readonly rate: number;
  readonly eventsPerPublish: number;
  /** One of each connection; what one gives is published in its order over a socket, in any order over HTTP. */
  readonly sources: readonly EventSource[];
  /** Is told what became of the events. */
  readonly book: Book;
}

export interface EventSource {
  /** The next ones; fewer, or none, where there are no more. */
  next(count: number): readonly ScorewireEvent[];
}

export interface Book {
  /** Acknowledged: they must be in the store. */
  applied(events: readonly ScorewireEvent[]): void;
  /** Sent, but the answer never came: they may be in the store. */
  unknown(events: readonly ScorewireEvent[]): void;
}

/** What the publishers computed, to be compared with what the server tells. */
export interface Model {
  /** Reads everything over HTTP. The states are those that viewers of these channels must hold in the end. */
  check(api: Api, channels: ReadonlySet<string>): Promise<ModelVerdict>;
  /** Takes away what the run has made, from a server that goes on. */
  remove(api: Api): Promise<void>;
}

export interface ModelVerdict {
  readonly problems: readonly string[];
  readonly states: ReadonlyMap<string, State>;
}

export interface ViewerPlan {
  readonly encoding: Encoding;
  readonly channels: readonly string[];
  readonly habit: Habit;
}

export type Habit =
  | { readonly type: 'steady' }
  /** Does not read for so long, then does, in turns. */
  | { readonly type: 'slow'; readonly pauseMs: number; readonly readMs: number }
  /** Loses its connection so often, and comes back at once, at the same moment as all others of its kind. */
  | { readonly type: 'returning'; readonly everyMs: number };

export const STEADY: Habit = { type: 'steady' };
