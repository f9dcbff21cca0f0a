import { TEXT_MAX_BYTES } from '../protocol/names.ts';
import { decodeUtf8, isUtf8 } from '../protocol/utf8.ts';
import { CHUNK_VERSION } from './chunk-format.ts';
import { MAX_CARDS_PER_TEAM, MAX_LEAGUES_PER_TEAM } from './limits.ts';
import type { Roster } from './rosters.ts';

/** The bytes are no chunk. */
export class ChunkError extends Error {}

/** What the reader tells of a chunk, in this order: all cards and all leagues, then team by team. */
export interface ChunkTarget {
  /** Give the numbers by which they are told of in teams. */
  card(player: string, bonus: number): number;
  league(name: string): number;
  /** The name is in `bytes` from `start` to `end`. What is given is valid during the call. */
  team(bytes: Uint8Array, start: number, end: number, roster: Roster, base: number): void;
}

/** Throws a `ChunkError` where the chunk is damaged; what was told before stands. */
export function readChunk(bytes: Uint8Array, target: ChunkTarget): void {
  const reader = new ByteReader(bytes);
  if (reader.number() !== CHUNK_VERSION)
    throw new ChunkError('The teams are in a form that is not known here');
  const players = reader.list(() => reader.text());
  const cards = Uint32Array.from(
    reader.list(() => {
      const player = players[reader.number()];
      if (player === undefined) throw new ChunkError('A card has a player that is not there');
      return target.card(player, reader.number());
    }),
  );
  const leagues = Uint32Array.from(reader.list(() => target.league(reader.text())));
  const teamCards = new Uint32Array(MAX_CARDS_PER_TEAM);
  const teamLeagues = new Uint32Array(MAX_LEAGUES_PER_TEAM);
  const teams = reader.number();
  for (let team = 0; team < teams; team++) {
    const [start, end] = reader.skipName();
    const shape = reader.number();
    const roster = {
      cards: reader.places(shape >>> 1, cards, teamCards),
      leagues: reader.places(reader.number(), leagues, teamLeagues),
    };
    target.team(bytes, start, end, roster, shape % 2 === 1 ? reader.double() : 0);
  }
  reader.end();
}

class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new ChunkError('The teams end too early');
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new ChunkError('The teams have a number that is too long');
  }

  double(): number {
    if (this.#at + 8 > this.#bytes.length) throw new ChunkError('The teams end too early');
    this.#at += 8;
    const value = this.#view.getFloat64(this.#at - 8, true);
    if (!Number.isSafeInteger(value)) throw new ChunkError('A base is no whole number');
    return value;
  }

  /** Where a name begins and ends. */
  skipName(): readonly [start: number, end: number] {
    const length = this.number();
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new ChunkError('The teams end too early');
    if (length === 0 || length > TEXT_MAX_BYTES || !isUtf8(this.#bytes, start, this.#at)) {
      throw new ChunkError('The teams have a name that is none');
    }
    return [start, this.#at];
  }

  text(): string {
    const [start, end] = this.skipName();
    return decodeUtf8(this.#bytes, start, end);
  }

  list<T>(read: () => T): T[] {
    const count = this.number();
    // Each takes a byte at least, so that a damaged count ends soon.
    if (count > this.#bytes.length - this.#at) throw new ChunkError('The teams end too early');
    return Array.from({ length: count }, read);
  }

  /** So many places of a list, as what is there. */
  places(count: number, list: Uint32Array, into: Uint32Array): Uint32Array {
    if (count > into.length) throw new ChunkError('A team has too much');
    for (let i = 0; i < count; i++) {
      const item = list[this.number()];
      if (item === undefined) throw new ChunkError('A team has what is not there');
      into[i] = item;
    }
    return into.subarray(0, count);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new ChunkError('There is more than the teams');
  }
}
