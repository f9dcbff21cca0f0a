import { grown, resized } from './columns.ts';
import { greatestCommonDivisor } from './common-divisor.ts';
import { HashIndex } from './hash-index.ts';

const NONE = 0xffffffff;

/**
 * The different cards of a contest: a kind is a pair of a player and a bonus, numbered from 0. Teams hold numbers of kinds, so a
 * card in a team costs 4 bytes whatever its bonus, and a change of a player's points is one sum for all teams that hold the same kind.
 */
export class CardKinds {
  #players = new Uint32Array(0);
  /** In thousandths. */
  #bonuses = new Uint32Array(0);
  /** The kinds of a player are a chain: the latest one, and after each the one before it. */
  #latest = new Uint32Array(0);
  #before = new Uint32Array(0);
  #count = 0;
  /** Divides every bonus; 0 while there is none. */
  #divisor = 0;
  readonly #index = new HashIndex((kind) => hashOf(this.playerOf(kind), this.bonusOf(kind)));

  get count(): number {
    return this.#count;
  }

  get bonusDivisor(): number {
    return this.#divisor;
  }

  playerOf(kind: number): number {
    return this.#players[kind] as number;
  }

  bonusOf(kind: number): number {
    return this.#bonuses[kind] as number;
  }

  find(player: number, bonus: number): number | undefined {
    return this.#index.find(
      hashOf(player, bonus),
      (kind) => this.#players[kind] === player && this.#bonuses[kind] === bonus,
    );
  }

  intern(player: number, bonus: number): number {
    const known = this.find(player, bonus);
    if (known !== undefined) return known;
    const kind = this.#count++;
    this.#players = grown(this.#players, kind + 1);
    this.#bonuses = grown(this.#bonuses, kind + 1);
    this.#before = grown(this.#before, kind + 1);
    if (player >= this.#latest.length) {
      const chains = this.#latest.length;
      this.#latest = grown(this.#latest, player + 1);
      this.#latest.fill(NONE, chains);
    }
    this.#players[kind] = player;
    this.#bonuses[kind] = bonus;
    this.#before[kind] = this.#latest[player] as number;
    this.#latest[player] = kind;
    this.#divisor = greatestCommonDivisor(this.#divisor, bonus);
    this.#index.add(hashOf(player, bonus));
    return kind;
  }

  *kindsOf(player: number): Iterable<number> {
    let kind = this.#latest[player] ?? NONE;
    while (kind !== NONE) {
      yield kind;
      kind = this.#before[kind] as number;
    }
  }

  /** What each kind is worth now, in millionths, by the points of players in thousandths. */
  contributions(points: Float64Array): Float64Array {
    const worth = new Float64Array(this.#count);
    for (let kind = 0; kind < worth.length; kind++) {
      worth[kind] = (points[this.#players[kind] as number] as number) * (this.#bonuses[kind] as number);
    }
    return worth;
  }

  trim(): void {
    this.#players = resized(this.#players, this.#count);
    this.#bonuses = resized(this.#bonuses, this.#count);
    this.#before = resized(this.#before, this.#count);
    this.#index.trim();
  }

  get memoryBytes(): number {
    const columns = [this.#players, this.#bonuses, this.#latest, this.#before];
    return columns.reduce((sum, { byteLength }) => sum + byteLength, this.#index.bytes);
  }
}

function hashOf(player: number, bonus: number): number {
  const mixed = Math.imul(Math.imul(player, 0x9e3779b1) ^ bonus, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 1;
}
