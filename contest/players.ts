import { grown } from './columns.ts';
import { greatestCommonDivisor } from './common-divisor.ts';

/** The players of a contest, numbered from 0, with their points in thousandths: those that are wanted, and those that are in the scores. */
export class Players {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  #wanted = new Float64Array(0);
  #applied = new Float64Array(0);
  readonly #changed = new Set<number>();
  /** Unknown after the player who had it got less. */
  #greatest: number | undefined = 0;

  get count(): number {
    return this.#names.length;
  }

  /** Valid until a player is added. */
  get points(): Float64Array {
    return this.#wanted;
  }

  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  intern(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const player = this.#names.push(name) - 1;
    this.#numbers.set(name, player);
    this.#wanted = grown(this.#wanted, player + 1);
    this.#applied = grown(this.#applied, player + 1);
    return player;
  }

  nameOf(player: number): string {
    return this.#names[player] as string;
  }

  pointsOf(player: number): number {
    return this.#wanted[player] as number;
  }

  want(player: number, points: number): void {
    const before = Math.abs(this.pointsOf(player));
    if (Math.abs(points) >= this.greatestPoints) this.#greatest = Math.abs(points);
    else if (before === this.#greatest) this.#greatest = undefined;
    this.#wanted[player] = points;
    if (points === this.#applied[player]) this.#changed.delete(player);
    else this.#changed.add(player);
  }

  /** What is to be added to the points of each player whose points are not in the scores yet; afterwards they are. */
  takeChanges(): readonly (readonly [player: number, difference: number])[] {
    const changes = [...this.#changed].map((player) => {
      const difference = (this.#wanted[player] as number) - (this.#applied[player] as number);
      this.#applied[player] = this.#wanted[player] as number;
      return [player, difference] as const;
    });
    this.#changed.clear();
    return changes;
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  /** Signs aside. */
  get greatestPoints(): number {
    this.#greatest ??= this.#wanted.reduce((greatest, points) => Math.max(greatest, Math.abs(points)), 0);
    return this.#greatest;
  }

  /** Divides the points of every player; 0 while nobody has any. */
  get pointsDivisor(): number {
    let divisor = 0;
    for (let player = 0; player < this.count && divisor !== 1; player++) {
      divisor = greatestCommonDivisor(divisor, this.#wanted[player] as number);
    }
    return divisor;
  }

  /** Of those who have any. */
  *entries(): Iterable<readonly [name: string, points: number]> {
    for (const [player, name] of this.#names.entries()) {
      const points = this.pointsOf(player);
      if (points !== 0) yield [name, points];
    }
  }

  get memoryBytes(): number {
    return this.#wanted.byteLength + this.#applied.byteLength;
  }
}
