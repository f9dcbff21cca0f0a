import type { Channel } from '../protocol/channels.ts';
import type { Operation } from './operations.ts';

/** The partition of a key such as `board:x`: FNV-1a over its UTF-16 units, folded to the count. Never change it: keys live by it. */
export function partitionOf(key: string, partitions: number): number {
  return fold(hashOf(key), partitions);
}

/** Goes on from the hash of what stands before the text, so that a key need not be put together to be hashed. */
function hashOf(text: string, before = 0x811c9dc5): number {
  let hash = before;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    if (unit > 0xff) hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash;
}

function fold(hash: number, partitions: number): number {
  return (hash >>> 0) % partitions;
}

const BOARD_HASH = hashOf('board:');
const AREA_HASH = hashOf('area:');

/** Of a board or of one of its windows (`x@daily.2026-11-21`), which lie together. */
export function partitionOfBoard(board: string, partitions: number): number {
  return fold(hashOf(baseOf(board), BOARD_HASH), partitions);
}

/** Of all players of a product: that of the product's own board, so that a result mostly is of one partition. */
export function partitionOfPlayers(product: string, partitions: number): number {
  return fold(hashOf(product, BOARD_HASH), partitions);
}

export function partitionOfArea(area: string, partitions: number): number {
  return fold(hashOf(area, AREA_HASH), partitions);
}

/** Where the settings of a product are. */
export function partitionOfProduct(product: string, partitions: number): number {
  return partitionOf(`product:${product}`, partitions);
}

/** Where a match and its events are. */
export function partitionOfMatch(match: string, partitions: number): number {
  return partitionOf(`match:${match}`, partitions);
}

/** Where a tournament and its teams are. */
export function partitionOfTournament(tournament: string, partitions: number): number {
  return partitionOf(`tournament:${tournament}`, partitions);
}

/** The board that a window belongs to; a board is its own. */
export function baseOf(board: string): string {
  const at = board.indexOf('@');
  return at < 0 ? board : board.slice(0, at);
}

/** The home of a producer, or of an idempotency key: where its rejected events are remembered. */
export function partitionOfProducer(producer: string, partitions: number): number {
  return partitionOf(`producer:${producer}`, partitions);
}

/** Where an operation has its effect; `undefined` for one that may be in any partition. */
export function partitionOfOperation(operation: Operation, partitions: number): number | undefined {
  switch (operation.op) {
    case 'delta':
    case 'set':
    case 'best':
    case 'result':
      return partitionOfBoard(operation.board, partitions);
    case 'count':
      return partitionOfPlayers(operation.product, partitions);
    case 'login':
    case 'logout':
      return partitionOfArea(operation.area, partitions);
    case 'append':
      return partitionOfMatch(operation.match, partitions);
    case 'points':
      return partitionOfTournament(operation.tournament, partitions);
    case 'profile':
    case 'reject':
    case 'nothing':
      return undefined;
  }
}

/** A channel lives where its source lives: ranks and windows with their board, a feed with its match. */
export function partitionOfChannel(channel: Channel, partitions: number): number {
  return partitionOf(sourceOf(channel), partitions);
}

function sourceOf(channel: Channel): string {
  switch (channel.type) {
    case 'board':
    case 'rank':
      return `board:${channel.board}`;
    case 'match':
    case 'feed':
      return `match:${channel.match}`;
    case 'area':
      return `area:${channel.area}`;
    case 'player':
      return `board:${channel.product}`;
    case 'league':
    case 'team':
      return `tournament:${channel.tournament}`;
  }
}
