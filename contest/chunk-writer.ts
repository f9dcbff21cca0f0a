import type { CardKinds } from './card-kinds.ts';
import { CHUNK_VERSION } from './chunk-format.ts';
import { grown } from './columns.ts';
import type { Names } from './names.ts';
import type { Players } from './players.ts';
import type { Teams } from './teams.ts';

interface Parts {
  readonly players: Players;
  readonly kinds: CardKinds;
  readonly leagues: Names;
  readonly teams: Teams;
}

/** The teams at these places in the form of `chunk-format.ts`. */
export function writeChunk(
  { players, kinds, leagues, teams }: Parts,
  places: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const cards = new LocalNumbers(kinds.count);
  const leaguesHere = new LocalNumbers(leagues.count);
  const rows = new ByteWriter();
  for (let i = 0; i < places.length; i++) {
    const team = places[i] as number;
    const { names, rosters } = teams;
    rows.name(names.utf8, names.startOf(team), names.endOf(team));
    const base = teams.baseOf(team);
    const teamCards = rosters.cardsOf(team);
    rows.number(2 * teamCards.length + (base === 0 ? 0 : 1));
    for (const kind of teamCards) rows.number(cards.of(kind));
    const teamLeagues = rosters.leaguesOf(team);
    rows.number(teamLeagues.length);
    for (const league of teamLeagues) rows.number(leaguesHere.of(league));
    if (base !== 0) rows.double(base);
  }

  const playersHere = new LocalNumbers(players.count);
  const cardList = new ByteWriter();
  cardList.number(cards.all.length);
  for (const kind of cards.all) {
    cardList.number(playersHere.of(kinds.playerOf(kind)));
    cardList.number(kinds.bonusOf(kind));
  }

  const head = new ByteWriter();
  head.number(CHUNK_VERSION);
  head.number(playersHere.all.length);
  for (const player of playersHere.all) head.text(players.nameOf(player));
  head.append(cardList);
  head.number(leaguesHere.all.length);
  for (const league of leaguesHere.all)
    head.name(leagues.utf8, leagues.startOf(league), leagues.endOf(league));
  head.number(places.length);
  head.append(rows);
  return head.bytes();
}

/** Numbers of the contest as numbers of one chunk, in the order in which they come first. */
class LocalNumbers {
  readonly all: number[] = [];
  /** One more than the local number, where there is one. */
  readonly #known: Uint32Array;

  constructor(numbers: number) {
    this.#known = new Uint32Array(numbers);
  }

  of(number: number): number {
    const known = this.#known[number] as number;
    if (known > 0) return known - 1;
    const count = this.all.push(number);
    this.#known[number] = count;
    return count - 1;
  }
}

const encoder = new TextEncoder();

class ByteWriter {
  #bytes = new Uint8Array(0);
  #length = 0;

  number(value: number): void {
    this.#reserve(5);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  double(value: number): void {
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  text(text: string): void {
    const bytes = encoder.encode(text);
    this.name(bytes, 0, bytes.length);
  }

  name(bytes: Uint8Array, start: number, end: number): void {
    this.number(end - start);
    this.#reserve(end - start);
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  append(other: ByteWriter): void {
    this.#reserve(other.#length);
    this.#bytes.set(other.#bytes.subarray(0, other.#length), this.#length);
    this.#length += other.#length;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(bytes: number): void {
    this.#bytes = grown(this.#bytes, this.#length + bytes);
  }
}
