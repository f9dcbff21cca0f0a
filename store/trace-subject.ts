import type { Channel } from '../protocol/channels.ts';
import type { Operation } from './operations.ts';

/** What a change is of, as a trace names it: the same for the operation that makes it and for every channel that shows it. */
export function subjectOfOperation(operation: Operation): string | undefined {
  switch (operation.op) {
    case 'delta':
    case 'set':
    case 'best':
    case 'result':
      return `board:${operation.board}`;
    case 'count':
      return `players:${operation.product}`;
    case 'login':
    case 'logout':
      return `area:${operation.area}`;
    case 'append':
      return `match:${operation.match}`;
    case 'points':
      return `tournament:${operation.tournament}`;
    case 'profile':
    case 'reject':
    case 'nothing':
      return undefined;
  }
}

export function subjectOfChannel(channel: Channel): string {
  switch (channel.type) {
    case 'board':
    case 'rank':
      return `board:${channel.board}`;
    case 'player':
      return `players:${channel.product}`;
    case 'area':
      return `area:${channel.area}`;
    case 'match':
    case 'feed':
      return `match:${channel.match}`;
    case 'league':
    case 'team':
      return `tournament:${channel.tournament}`;
  }
}
