import type { CloseReason } from '../protocol/codes.ts';
import type { ByeFrame } from '../protocol/frames.ts';
import type { SocketHandler } from './transport/socket-types.ts';

/** What the table of connections does with each, be it a socket or a stream of events. */
export interface TableConnection extends SocketHandler {
  readonly subscriptions: number;
  /** Publishes that are not yet answered. */
  readonly unacked: number;
  /** It is to be closed, or it is; nothing is read or said any more. */
  readonly isClosing: boolean;
  /** A client that does not read is told later, and is cut off by `sweep` if it never reads. */
  close(reason: CloseReason): void;
  /** Ends at once; the close frame is lost where the client does not read. */
  cutOff(reason: CloseReason): void;
  /** The last word of a draining node. */
  sayBye(bye: ByeFrame): void;
  /** Called now and then, for what time brings about. */
  sweep(now: number): void;
}

/** What the table wants to know. */
export interface ConnectionEvents {
  readonly closed: (connection: TableConnection) => void;
  /** True once the node is draining and it is this connection's turn to go: what is published from then on is refused. */
  readonly isLeaving: (connection: TableConnection) => boolean;
}
