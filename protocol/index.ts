/** The wire protocol: what clients, and servers of others, need to speak it. PROTOCOL.md describes it in words. */

export { type BoardConfig, type BoardSettings, DEFAULT_BOARD_CONFIG } from './boards.ts';
export { type Channel, formatChannel, kindOf, parseChannel } from './channels.ts';
export {
  CODECS,
  type Codec,
  type DecodeLimits,
  ENCODINGS,
  type Encoding,
  SUBPROTOCOLS,
} from './codec.ts';
export { CLOSE_CODES, type CloseReason, ERROR_CODES, type ErrorCode, shouldReconnect } from './codes.ts';
export { DecodeError } from './decode-error.ts';
export type { ProfileEvent, ScoreEvent, ScorewireEvent } from './events.ts';
export { eventChecker } from './events.ts';
export type {
  AckFrame,
  AnnouncedLimits,
  AuthFrame,
  ByeFrame,
  ClientFrame,
  ErrorFrame,
  PingFrame,
  PublishFrame,
  Rejection,
  ServerFrame,
  SnapshotFrame,
  StatusFrame,
  SubscribedFrame,
  SubscribeFrame,
  UnsubscribeFrame,
  UpdateFrame,
  WelcomeFrame,
} from './frames.ts';
export { clientFrameChecker, serverFrameChecker } from './frames.ts';
export type { Delivery, DeliveryEvent, MatchEvent } from './match-events.ts';
export type { CricketDocument, Fixture, GenericDocument, MatchDocument } from './matches.ts';
export { compareByteOrder, isId, isText } from './names.ts';
export { PatchError } from './patch-error.ts';
export { applyPatch, diff, emptyState } from './patches.ts';
export type { Checker } from './schema.ts';
export type {
  Document,
  DocumentPatch,
  Json,
  Patch,
  Position,
  Row,
  Rows,
  RowsPatch,
  Splice,
  State,
  Update,
  View,
  ViewKind,
} from './views.ts';
export { isWindow } from './windows.ts';
