/** What a process tells of itself to whoever operates the installation, and what it can be asked and told. */
import Type, { type Static } from 'typebox';
import { CountSchema, described, type Schema, Strict, TimeSchema } from './schema.ts';

const listOf = <S extends Schema>(schema: S) => Type.Immutable(Type.Array(schema));
const MillisecondsSchema = Type.Number({ minimum: 0, description: 'Milliseconds' });

/** Of the time since the report before; none where nothing happened. Milliseconds. */
const QuantilesSchema = Strict(
  { p50: Type.Optional(MillisecondsSchema), p99: Type.Optional(MillisecondsSchema) },
  { description: 'Of the time since the report before; none where nothing happened' },
);
export type Quantiles = Static<typeof QuantilesSchema>;

const ServerReportSchema = Strict(
  {
    connections: CountSchema,
    subscriptions: CountSchema,
    channels: CountSchema,
    staleChannels: CountSchema,
    pendingEvents: described(CountSchema, 'Accepted, and not settled by the store yet'),
    events: CountSchema,
    updates: CountSchema,
    deliveries: CountSchema,
    deliveredBytes: CountSchema,
    withheldUpdates: described(CountSchema, 'For clients that read too slowly'),
    reconnects: CountSchema,
    deliveryMs: described(QuantilesSchema, 'From the acceptance of a score until it is sent'),
    publishMs: described(QuantilesSchema, 'From the arrival of a publish until it is settled'),
  },
  {
    description: 'Where it serves clients. Counts are since its start: who wants rates compares two reports',
  },
);
export type ServerReport = Static<typeof ServerReportSchema>;

const BroadcasterReportSchema = Strict(
  {
    partitions: Type.Immutable(Type.Array(CountSchema, { description: 'Those that it owns' })),
    fresh: Type.Boolean({ description: 'Whether what it publishes is what the store has' }),
    watchedChannels: CountSchema,
    patches: CountSchema,
    missedTicks: CountSchema,
    tickMs: QuantilesSchema,
  },
  { description: 'Where it is a broadcaster' },
);
export type BroadcasterReport = Static<typeof BroadcasterReportSchema>;

export const NodeNameSchema = Type.String({
  description: 'A process, by a name that is unique in its installation',
});
export const NodeReportSchema = Strict(
  {
    name: NodeNameSchema,
    role: Type.Enum(['all', 'server', 'broadcaster', 'archiver']),
    at: described(TimeSchema, 'Of this report, Unix milliseconds by the clock of the process'),
    startedAt: TimeSchema,
    draining: Type.Boolean(),
    problems: Type.Immutable(Type.Array(Type.String(), { description: 'Why it is not ready; may change' })),
    storeUp: Type.Boolean(),
    busUp: Type.Boolean(),
    memoryBytes: CountSchema,
    cpuMs: described(CountSchema, 'Of one core, since the start'),
    server: Type.Optional(ServerReportSchema),
    broadcaster: Type.Optional(BroadcasterReportSchema),
  },
  { description: 'A process of the installation, as it tells of itself' },
);
export type NodeReport = Static<typeof NodeReportSchema>;

export const ConnectionIdSchema = Type.String({ description: 'The `session` of its `welcome`' });
export const ConnectionSearchSchema = Type.String({
  description: 'What their id, address or subject contains',
});
const ConnectionInfoSchema = Strict({
  id: ConnectionIdSchema,
  kind: Type.Union([Type.Literal('socket'), Type.Literal('stream')]),
  address: Type.String(),
  subject: Type.String({ description: 'Of its token' }),
  subscriptions: CountSchema,
  openedAt: TimeSchema,
  unsentBytes: CountSchema,
  behind: Type.Boolean({ description: 'Updates are withheld from it at present' }),
});
export type ConnectionInfo = Static<typeof ConnectionInfoSchema>;

const ChannelInfoSchema = Strict({
  channel: Type.String(),
  partition: CountSchema,
  subscribers: CountSchema,
  updates: described(CountSchema, 'Since it is watched'),
  stale: Type.Boolean(),
});
export type ChannelInfo = Static<typeof ChannelInfoSchema>;

export const NodesReplySchema = Strict({ partitions: CountSchema, nodes: listOf(NodeReportSchema) });
export const ChannelsReplySchema = Strict({
  channels: listOf(ChannelInfoSchema),
});
export const ConnectionsReplySchema = Strict({ connections: listOf(ConnectionInfoSchema) });
export const DisconnectedReplySchema = Strict({ disconnected: Type.Literal(true) });
export const DrainingReplySchema = Strict({ draining: Type.Literal(true) });

export type NodeQuestion =
  /** The slowest first, then those with most subscriptions. `search`: what their id, address or subject contains. */
  | { readonly ask: 'connections'; readonly search: string; readonly limit: number }
  /** Those with most subscribers first. */
  | { readonly ask: 'channels'; readonly limit: number }
  | { readonly ask: 'disconnect'; readonly connection: string }
  | { readonly ask: 'drain' };

export interface NodeAnswers {
  readonly connections: readonly ConnectionInfo[];
  readonly channels: readonly ChannelInfo[];
  /** Whether there was such a one. */
  readonly disconnect: boolean;
  readonly drain: boolean;
}
export type NodeAnswer = NodeAnswers[keyof NodeAnswers];
