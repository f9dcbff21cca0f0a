import Type, { type Static } from 'typebox';
import { CHANNEL_MAX_LENGTH } from './channels.ts';
import { ERROR_CODES, type ErrorCode } from './codes.ts';
import { EpochSchema, RequestIdSchema, SeqSchema, Strict, TimeSchema, taggedChecker } from './schema.ts';
import type { Patch, State } from './views.ts';

/** Every frame of the WebSocket protocol, both ways. Same objects in JSON and in MessagePack. */

const ChannelSchema = Type.String({ minLength: 1, maxLength: CHANNEL_MAX_LENGTH });
const PositionSchema = Strict({ epoch: EpochSchema, seq: SeqSchema });
const TOKEN_MAX_LENGTH = 8192;

export const CLIENT_FRAME_SCHEMAS = {
  auth: Strict({
    type: Type.Literal('auth'),
    id: RequestIdSchema,
    token: Type.String({ minLength: 1, maxLength: TOKEN_MAX_LENGTH }),
  }),
  subscribe: Strict({
    type: Type.Literal('subscribe'),
    id: RequestIdSchema,
    channel: ChannelSchema,
    since: Type.Optional(PositionSchema),
  }),
  unsubscribe: Strict({ type: Type.Literal('unsubscribe'), id: RequestIdSchema, channel: ChannelSchema }),
  // The events are validated one by one, so that a bad one is rejected with its index.
  publish: Strict({ type: Type.Literal('publish'), id: RequestIdSchema, events: Type.Array(Type.Unknown()) }),
  ping: Strict({ type: Type.Literal('ping'), id: RequestIdSchema }),
} as const;

export type AuthFrame = Static<(typeof CLIENT_FRAME_SCHEMAS)['auth']>;
export type SubscribeFrame = Static<(typeof CLIENT_FRAME_SCHEMAS)['subscribe']>;
export type UnsubscribeFrame = Static<(typeof CLIENT_FRAME_SCHEMAS)['unsubscribe']>;
export type PublishFrame = Static<(typeof CLIENT_FRAME_SCHEMAS)['publish']>;
export type PingFrame = Static<(typeof CLIENT_FRAME_SCHEMAS)['ping']>;
export type ClientFrame = AuthFrame | SubscribeFrame | UnsubscribeFrame | PublishFrame | PingFrame;

export const clientFrameChecker = taggedChecker(CLIENT_FRAME_SCHEMAS, 'a frame');

const ErrorCodeSchema = Type.Unsafe<ErrorCode>({ type: 'string', enum: Object.keys(ERROR_CODES) });
const KindSchema = Type.Union([Type.Literal('rows'), Type.Literal('document')]);
const LISTS_OR_OBJECT = [{ type: 'array', items: { type: 'array' } }, { type: 'object' }];
const StateSchema = Type.Unsafe<State>({
  anyOf: LISTS_OR_OBJECT,
  description: 'Rows (a list of lists) or a document (an object)',
});
const PatchSchema = Type.Unsafe<Patch>({
  anyOf: LISTS_OR_OBJECT,
  description: 'Rows: splices `[index, deleteCount, ...rows]`; document: a JSON Merge Patch',
});
const CountSchema = Type.Integer({ minimum: 0 });

export const RejectionSchema = Strict({ index: CountSchema, code: ErrorCodeSchema, message: Type.String() });
const updateFields = {
  epoch: Type.Optional(EpochSchema),
  seq: SeqSchema,
  from: Type.Optional(SeqSchema),
  at: TimeSchema,
  patch: PatchSchema,
};

export const LimitsSchema = Strict({
  frameBytes: CountSchema,
  subscriptionsPerConnection: CountSchema,
  backpressureBytes: CountSchema,
  eventsPerPublish: CountSchema,
  unackedEventsPerConnection: CountSchema,
  publishesPerSecond: CountSchema,
});

export const SERVER_FRAME_SCHEMAS = {
  welcome: Strict({
    type: Type.Literal('welcome'),
    session: Type.String(),
    node: Type.String(),
    protocol: Type.Literal(1),
    pingIntervalMs: CountSchema,
    limits: LimitsSchema,
  }),
  ok: Strict({ type: Type.Literal('ok'), id: RequestIdSchema }),
  subscribed: Type.Union([
    Strict({
      type: Type.Literal('subscribed'),
      id: RequestIdSchema,
      channel: ChannelSchema,
      kind: KindSchema,
      epoch: EpochSchema,
      seq: SeqSchema,
      state: StateSchema,
    }),
    Strict({
      type: Type.Literal('subscribed'),
      id: RequestIdSchema,
      channel: ChannelSchema,
      kind: KindSchema,
      epoch: EpochSchema,
      seq: SeqSchema,
      recovered: Type.Literal(true),
      patches: Type.Array(Strict(updateFields)),
    }),
  ]),
  update: Strict({ type: Type.Literal('update'), channel: ChannelSchema, ...updateFields }),
  snapshot: Strict({
    type: Type.Literal('snapshot'),
    channel: ChannelSchema,
    kind: KindSchema,
    epoch: EpochSchema,
    seq: SeqSchema,
    state: StateSchema,
    conflated: Type.Optional(Type.Literal(true)),
  }),
  status: Strict({ type: Type.Literal('status'), channel: ChannelSchema, stale: Type.Boolean() }),
  ack: Strict({
    type: Type.Literal('ack'),
    id: RequestIdSchema,
    applied: CountSchema,
    duplicates: CountSchema,
    rejected: Type.Array(RejectionSchema),
  }),
  pong: Strict({ type: Type.Literal('pong'), id: RequestIdSchema }),
  error: Strict({
    type: Type.Literal('error'),
    id: Type.Optional(RequestIdSchema),
    code: ErrorCodeSchema,
    message: Type.String(),
    retryAfterMs: Type.Optional(CountSchema),
  }),
  bye: Strict({ type: Type.Literal('bye'), reason: Type.String(), reconnectAfterMs: CountSchema }),
} as const;

type ServerFrames = { [K in keyof typeof SERVER_FRAME_SCHEMAS]: Static<(typeof SERVER_FRAME_SCHEMAS)[K]> };
export type WelcomeFrame = ServerFrames['welcome'];
export type SubscribedFrame = ServerFrames['subscribed'];
export type UpdateFrame = ServerFrames['update'];
export type SnapshotFrame = ServerFrames['snapshot'];
export type StatusFrame = ServerFrames['status'];
export type AckFrame = ServerFrames['ack'];
export type ErrorFrame = ServerFrames['error'];
export type ByeFrame = ServerFrames['bye'];
export type ServerFrame = ServerFrames[keyof ServerFrames];
export type Rejection = Static<typeof RejectionSchema>;
export type AnnouncedLimits = Static<typeof LimitsSchema>;

export const serverFrameChecker = taggedChecker(SERVER_FRAME_SCHEMAS, 'a server frame');
