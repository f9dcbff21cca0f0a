import { createHash } from 'node:crypto';
import type { Position } from '../../protocol/views.ts';
import type { FrameHead } from '../transport/socket-types.ts';

/** Positions in one id, those of the channels that were told last; who comes back gets a snapshot of the others. */
export const MAX_RESUME_POSITIONS = 64;

/** Longer ids are none of ours. */
const MAX_ID_LENGTH = 8192;

/**
 * Where a client that only listens is in each of its channels, as a text that it gives back when it returns:
 * `<hash of the channels' names>;<epoch>,<channel>.<seq>,<channel>.<seq>;<epoch>,...` with numbers in base 36. One owner
 * has one epoch for all of its channels.
 */
export class ResumePositions {
  readonly #hash: string;
  readonly #indexes: ReadonlyMap<string, number>;
  /** By the channel's place, the one told last at the end. */
  readonly #positions = new Map<number, Position>();

  /** `lastEventId`: what the client has come with; whatever is no id for these channels says nothing. */
  constructor(channels: readonly string[], lastEventId: string) {
    this.#indexes = new Map(channels.map((channel, index) => [channel, index]));
    // Channels share epochs and numbers, so a position must never be taken for that of another channel.
    this.#hash = createHash('sha256').update(JSON.stringify(channels)).digest('base64url').slice(0, 16);
    for (const [index, position] of parseId(lastEventId, this.#hash, channels.length)) {
      this.#positions.set(index, position);
    }
  }

  of(channel: string): Position | undefined {
    return this.#positions.get(this.#indexes.get(channel) ?? -1);
  }

  /** The id once the client has got this; `undefined` where it has moved nowhere. */
  idAfter({ channel, epoch, seq }: FrameHead): string | undefined {
    const index = channel === undefined ? undefined : this.#indexes.get(channel);
    if (index === undefined || seq === undefined) return undefined;
    const known = epoch ?? this.#positions.get(index)?.epoch;
    this.#positions.delete(index);
    if (known !== undefined) this.#positions.set(index, { epoch: known, seq });
    return this.#format();
  }

  #format(): string {
    const byEpoch = new Map<string, string>();
    let left = this.#positions.size;
    for (const [index, { epoch, seq }] of this.#positions) {
      if (left-- > MAX_RESUME_POSITIONS) continue;
      byEpoch.set(epoch, `${byEpoch.get(epoch) ?? ''},${index.toString(36)}.${seq.toString(36)}`);
    }
    let id = this.#hash;
    for (const [epoch, positions] of byEpoch) id += `;${encodeURIComponent(epoch)}${positions}`;
    return id;
  }
}

/** Everything or nothing: half an id is somebody's mistake. */
function parseId(id: string, hash: string, channels: number): readonly (readonly [number, Position])[] {
  const [ownHash, ...groups] = id.length > MAX_ID_LENGTH ? [] : id.split(';');
  if (ownHash !== hash) return [];
  const positions: (readonly [number, Position])[] = [];
  for (const group of groups) {
    const [encodedEpoch = '', ...entries] = group.split(',');
    const epoch = decode(encodedEpoch);
    if (epoch === undefined) return [];
    for (const entry of entries) {
      const [, index, seq] = /^([0-9a-z]{1,6})\.([0-9a-z]{1,11})$/.exec(entry) ?? [];
      const position = { epoch, seq: Number.parseInt(seq ?? '', 36) };
      const at = Number.parseInt(index ?? '', 36);
      if (!(at < channels) || !Number.isSafeInteger(position.seq)) return [];
      positions.push([at, position]);
    }
  }
  return positions;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
