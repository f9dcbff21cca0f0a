/** The client of scorewire, for browsers and Node. See README.md. */
export type { ScorewireEvent } from '../protocol/events.ts';
export type { Document, Patch, Position, Rows, State } from '../protocol/views.ts';
export type { Backoff } from './backoff.ts';
export type { AreaRow, BoardRow, PlayerDocument, RankDocument, StateOf } from './channel-types.ts';
export { type ClientEvents, connect, ScorewireClient } from './client.ts';
export type { ConnectionState } from './connection.ts';
export { PublishError, ScorewireError, SubscribeError } from './errors.ts';
export type { ClientOptions, TokenSource } from './options.ts';
export type { Ack } from './publish-call.ts';
export type { PublishQueue, QueueContents, QueuedEvent } from './publish-queue.ts';
export type { Change, Subscription, SubscriptionEvents, SubscriptionStatus } from './subscription.ts';
export type { Timers } from './timers.ts';
export type { WebSocketConstructor, WebSocketLike } from './web-socket.ts';
