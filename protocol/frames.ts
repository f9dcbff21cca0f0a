import Type, { type Static } from 'typebox';
import { CHANNEL_MAX_LENGTH } from './channels.ts';
import { ERROR_CODES, type ErrorCode } from './codes.ts';
import {
  CountSchema,
  described,
  EPOCH_MAX_LENGTH,
  EpochSchema,
  EventNumberSchema,
  IdSchema,
  RequestIdSchema,
  SeqSchema,
  Strict,
  TimeSchema,
  taggedChecker,
} from './schema.ts';
import type { Patch, State } from './views.ts';

/** Every frame of the WebSocket protocol, both ways. Same objects in JSON and in MessagePack. */

const ChannelSchema = Type.String({
  minLength: 1,
  maxLength: CHANNEL_MAX_LENGTH,
  description: 'The name of a channel',
});
/** Of any form and length, so that whatever is no name gets `unknown_channel`: `parseChannel` judges it. */
const AskedChannelSchema = Type.String({
  description: `The name of a channel, of at most ${CHANNEL_MAX_LENGTH} characters`,
});
const positionFields = {
  epoch: described(EpochSchema, 'Opaque; compared only for equality'),
  seq: described(SeqSchema, 'Position within the epoch'),
};
/** The empty epoch is none that is known, as with any other: who holds nothing yet may say so with it. */
const SinceEpochSchema = Type.String({
  maxLength: EPOCH_MAX_LENGTH,
  description: 'Opaque; compared only for equality',
});
const PositionSchema = Strict(
  { ...positionFields, epoch: SinceEpochSchema },
  { description: 'The position of the state that the client holds' },
);
const TOKEN_MAX_LENGTH = 8192;

const publishFields = {
  type: Type.Literal('publish'),
  id: RequestIdSchema,
  events: Type.Array(Type.Unknown(), { description: 'Events, each judged on its own' }),
} as const;

export const CLIENT_FRAME_SCHEMAS = {
  auth: Strict({
    type: Type.Literal('auth'),
    id: RequestIdSchema,
    token: Type.String({ minLength: 1, maxLength: TOKEN_MAX_LENGTH, description: 'A JWT' }),
  }),
  subscribe: Strict({
    type: Type.Literal('subscribe'),
    id: RequestIdSchema,
    channel: AskedChannelSchema,
    since: Type.Optional(PositionSchema),
  }),
  unsubscribe: Strict({
    type: Type.Literal('unsubscribe'),
    id: RequestIdSchema,
    channel: AskedChannelSchema,
  }),
  // The events are validated one by one, so that a bad one is rejected with its index.
  publish: Type.Union([
    Strict(publishFields),
    Strict({
      ...publishFields,
      producer: described(IdSchema, 'One queue of one publisher; its events are applied exactly once'),
      seq: described(EventNumberSchema, 'The number of the first event; the others follow without gaps'),
    }),
  ]),
  ping: Strict({ type: Type.Literal('ping'), id: RequestIdSchema }),
} as const;

export type AuthFrame = Static<(typeof CLIENT_FRAME_SCHEMAS)['auth']>;
export type SubscribeFrame = Static<(typeof CLIENT_FRAME_SCHEMAS)['subscribe']>;
export type UnsubscribeFrame = Static<(typeof CLIENT_FRAME_SCHEMAS)['unsubscribe']>;
export type PublishFrame = Static<(typeof CLIENT_FRAME_SCHEMAS)['publish']>;
export type PingFrame = Static<(typeof CLIENT_FRAME_SCHEMAS)['ping']>;
export type ClientFrame = AuthFrame | SubscribeFrame | UnsubscribeFrame | PublishFrame | PingFrame;

export const clientFrameChecker = taggedChecker(CLIENT_FRAME_SCHEMAS, 'a frame');

const ErrorCodeSchema = Type.Unsafe<ErrorCode>({
  type: 'string',
  enum: Object.keys(ERROR_CODES),
  description: 'One of the error codes',
});
const KindSchema = Type.Union([Type.Literal('rows'), Type.Literal('document')], {
  description: 'What the state is',
});
const LISTS_OR_OBJECT = [{ type: 'array', items: { type: 'array' } }, { type: 'object' }];
const StateSchema = Type.Unsafe<State>({
  anyOf: LISTS_OR_OBJECT,
  description: 'Rows (a list of lists) or a document (an object)',
});
const PatchSchema = Type.Unsafe<Patch>({
  anyOf: LISTS_OR_OBJECT,
  description: 'Rows: splices `[index, deleteCount, ...rows]`; document: a JSON Merge Patch',
});

export const RejectionSchema = Strict({
  index: described(CountSchema, 'Place of the event in the publish, from 0'),
  code: ErrorCodeSchema,
  message: Type.String({ description: 'For people; may change' }),
});
const updateFields = {
  epoch: Type.Optional(
    described(EpochSchema, 'The new epoch; there exactly when it changes, and then `from` too'),
  ),
  seq: described(SeqSchema, 'Position after the patch'),
  from: Type.Optional(described(SeqSchema, 'Position before the patch; `seq - 1` where left out')),
  at: described(TimeSchema, 'When the oldest change in the patch was accepted, in Unix milliseconds'),
  patch: PatchSchema,
};

export const LimitsSchema = Strict(
  {
    frameBytes: described(CountSchema, 'Bytes of one frame from the client'),
    subscriptionsPerConnection: described(CountSchema, 'Channels that the connection may subscribe to'),
    backpressureBytes: described(CountSchema, 'Unsent bytes beyond which updates are withheld'),
    eventsPerPublish: described(CountSchema, 'Events of one `publish`'),
    unackedEventsPerConnection: described(CountSchema, 'Published events without an `ack` yet'),
    publishesPerSecond: described(CountSchema, '`publish` frames per second; 0 is no limit'),
  },
  { description: 'What the server allows this connection' },
);

export const SERVER_FRAME_SCHEMAS = {
  welcome: Strict({
    type: Type.Literal('welcome'),
    session: Type.String({ description: 'Names this connection, in logs too' }),
    node: Type.String({ description: 'Names the server' }),
    protocol: Type.Literal(1, { description: 'Version of this protocol' }),
    pingIntervalMs: described(CountSchema, 'Send something at least so often'),
    limits: LimitsSchema,
  }),
  ok: Strict({ type: Type.Literal('ok'), id: RequestIdSchema }),
  subscribed: Type.Union([
    Strict({
      type: Type.Literal('subscribed'),
      id: RequestIdSchema,
      channel: ChannelSchema,
      kind: KindSchema,
      ...positionFields,
      state: StateSchema,
    }),
    Strict({
      type: Type.Literal('subscribed'),
      id: RequestIdSchema,
      channel: ChannelSchema,
      kind: KindSchema,
      ...positionFields,
      recovered: Type.Literal(true, { description: 'The state that the client holds still stands' }),
      patches: Type.Array(Strict(updateFields), {
        description: 'What it has missed, in order; may be empty',
      }),
    }),
  ]),
  update: Strict({ type: Type.Literal('update'), channel: ChannelSchema, ...updateFields }),
  snapshot: Strict({
    type: Type.Literal('snapshot'),
    channel: ChannelSchema,
    kind: KindSchema,
    ...positionFields,
    state: StateSchema,
    conflated: Type.Optional(Type.Literal(true, { description: 'Updates were withheld from a slow client' })),
  }),
  status: Strict({
    type: Type.Literal('status'),
    channel: ChannelSchema,
    stale: Type.Boolean({ description: 'Whether the source of the channel cannot be reached' }),
  }),
  ack: Strict({
    type: Type.Literal('ack'),
    id: RequestIdSchema,
    applied: described(CountSchema, 'Events that are in the score store'),
    duplicates: described(CountSchema, 'Events that had been applied before'),
    rejected: Type.Array(RejectionSchema, { description: 'Events that were refused' }),
    seq: Type.Optional(described(SeqSchema, 'The number of the last event of this producer that is settled')),
  }),
  pong: Strict({ type: Type.Literal('pong'), id: RequestIdSchema }),
  error: Strict({
    type: Type.Literal('error'),
    id: Type.Optional(described(RequestIdSchema, 'The request; left out where the error is not about one')),
    code: ErrorCodeSchema,
    message: Type.String({ description: 'For people; may change' }),
    retryAfterMs: Type.Optional(described(CountSchema, 'Wait so long before trying again')),
    seq: Type.Optional(
      described(EventNumberSchema, 'With `resend`: the number of the event that is wanted next'),
    ),
  }),
  bye: Strict({
    type: Type.Literal('bye'),
    reason: Type.String({ description: 'For people; may change' }),
    reconnectAfterMs: described(CountSchema, 'Connect again after so long'),
  }),
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
