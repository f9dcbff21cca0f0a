/**
 * What owners and gateways say to each other. Not for clients: all processes of an installation run one version.
 *
 * A gateway that has subscribers of a channel sends `watch` to the partition and gets a `view` at its inbox; from then
 * on the owner publishes a `patch` per changed tick on the channel's topic. Watch lists are repeated with positions, which keeps
 * interest alive and lets the owner answer with a fresh view where a position is off. `heartbeat` tells all gateways who
 * owns what and whether the store can be read. Owners of a partition are ordered by `fence` only: whatever a lower one says is ignored.
 * What only the owner of a contest can tell is asked of it with `ask`, and answered at the inbox of who asks.
 * Broadcasters tell each other with `member` that they are there, and share the partitions among those that they hear.
 */
import type { LeaguePage, Recomputation, TeamState } from '../contest/contest-types.ts';
import type { Refused } from '../contest/refusal.ts';
import { msgpackCodec } from '../protocol/msgpack-codec.ts';
import type { NodeAnswer, NodeQuestion, NodeReport } from '../protocol/node-reports.ts';
import type { Patch, State, ViewKind } from '../protocol/views.ts';

export const TOPICS = {
  channel: (channel: string): string => `channel.${channel}`,
  /** Watch lists for the owner of a partition. */
  watch: (partition: number): string => `watch.${partition}`,
  /** Who wants to hear of probes. */
  probeWatch: 'watch.probes',
  /** Questions about contests for the owner of a partition. */
  ask: (partition: number): string => `ask.${partition}`,
  /** Answers to who asked about contests. */
  answers: (asker: string): string => `answers.${asker}`,
  /** Answers for one gateway. */
  inbox: (gateway: string): string => `inbox.${gateway}`,
  owners: 'owners',
  /** What broadcasters tell each other. */
  broadcasters: 'broadcasters',
  /** What all processes tell of themselves, for operators; and where they are asked to do it at once. */
  nodes: 'nodes',
  nodeCalls: 'node-calls',
  /** Questions and answers for one of them. */
  node: (name: string): string => `node.${name}`,
} as const;

/** On `TOPICS.channel`: applies onto `seq - 1` of the same epoch. */
export interface PatchMessage {
  readonly type: 'patch';
  readonly channel: string;
  readonly fence: number;
  readonly epoch: string;
  readonly seq: number;
  readonly at: number;
  readonly patch: Patch;
}

/**
 * On `TOPICS.inbox`: the owner's published view; nothing is sent where the gateway's position was right. `at` is that of the
 * last patch, or when a view without one was read.
 */
export interface ViewMessage {
  readonly type: 'view';
  readonly channel: string;
  readonly fence: number;
  readonly epoch: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: ViewKind;
  readonly state: State;
}

/** On `TOPICS.inbox`: the owner can't serve the channel (`not_found`), or not now (`unavailable`). */
export interface RefusalMessage {
  readonly type: 'refusal';
  readonly channel: string;
  readonly fence: number;
  readonly code: 'not_found' | 'unavailable' | 'too_large';
  readonly message: string;
}

/** On `TOPICS.watch`: what a gateway watches in the partition, with its position (none: it has no owner's view yet). */
export interface WatchMessage {
  readonly type: 'watch';
  readonly gateway: string;
  readonly channels: readonly (readonly [channel: string, epoch?: string, seq?: number])[];
}

/** On `TOPICS.probeWatch`, every watch period: for all owners. */
export interface ProbeWatchMessage {
  readonly type: 'probe-watch';
  readonly gateway: string;
}

/** On `TOPICS.inbox` of each gateway that is heard: the times that a tick has read in the probes of an owner's partitions. */
export interface ProbesMessage {
  readonly type: 'probes';
  readonly probes: readonly (readonly [partition: number, fence: number, at: number])[];
}

/** On `TOPICS.owners`, every heartbeat period and at once after leases are won. */
export interface HeartbeatMessage {
  readonly type: 'heartbeat';
  readonly owner: string;
  readonly leases: readonly (readonly [partition: number, fence: number])[];
  /** False while the store can't be read: views stand still and are stale. */
  readonly fresh: boolean;
}

/** On `TOPICS.broadcasters`, every heartbeat period and at every change. */
export interface MemberMessage {
  readonly type: 'member';
  readonly name: string;
  /** Who `joins` is told at once who else is there; who `leaves` says nothing more. */
  readonly standing: 'joins' | 'stays' | 'leaves';
  /** Whether it can hold leases, as far as it knows: the store answers. */
  readonly able: boolean;
  /** Partitions whose leases it has just given back, free for whoever is to have them. */
  readonly freed: readonly number[];
}

/** On `TOPICS.nodes`, every report period. */
export interface NodeMessage {
  readonly type: 'node';
  readonly report: NodeReport;
}

/** On `TOPICS.nodeCalls`: somebody begins to listen. */
export interface CallMessage {
  readonly type: 'call';
}

/** On `TOPICS.nodes`, as the last word. */
export interface LeftMessage {
  readonly type: 'left';
  readonly name: string;
}

/** On `TOPICS.node` of who is asked. */
export interface QuestionMessage {
  readonly type: 'question';
  readonly id: string;
  readonly from: string;
  readonly question: NodeQuestion;
}

/** On `TOPICS.node` of who has asked. */
export interface NodeAnswerMessage {
  readonly type: 'node-answer';
  readonly id: string;
  readonly answer: NodeAnswer;
}

/** What can be asked about a contest, by what it is about, and what is answered where nothing is refused. */
export interface ContestQuestions {
  /** Ranks of a league from row `offset` on; `all` holds everybody. */
  page: {
    ask: { readonly league: string; readonly offset: number; readonly limit: number };
    answer: LeaguePage;
  };
  team: { ask: { readonly team: string }; answer: TeamState };
  recompute: { ask: Readonly<Record<string, never>>; answer: Recomputation };
}
export type ContestQuestion = keyof ContestQuestions;
export type ContestAnswer = ContestQuestions[ContestQuestion]['answer'] | Refused;

/** On `TOPICS.ask`. The answer comes at `TOPICS.answers`, or never: who asks must not wait for ever. */
export interface AskMessage {
  readonly type: 'ask';
  readonly id: number;
  readonly asker: string;
  readonly tournament: string;
  readonly question: ContestQuestion;
  readonly ask: ContestQuestions[ContestQuestion]['ask'];
}

/** On `TOPICS.answers`. */
export interface AnswerMessage {
  readonly type: 'answer';
  readonly id: number;
  readonly answer: ContestAnswer;
}

export type BusMessage =
  | PatchMessage
  | ViewMessage
  | RefusalMessage
  | WatchMessage
  | ProbeWatchMessage
  | ProbesMessage
  | HeartbeatMessage
  | MemberMessage
  | NodeMessage
  | CallMessage
  | LeftMessage
  | QuestionMessage
  | NodeAnswerMessage
  | AskMessage
  | AnswerMessage;

export function encodeBusMessage(message: BusMessage): Uint8Array {
  return msgpackCodec.encode(message);
}

/** Peers are trusted to run our code, so only the form of the encoding is checked, not every field. */
export function decodeBusMessage(bytes: Uint8Array): BusMessage {
  return msgpackCodec.decode(bytes) as BusMessage;
}
