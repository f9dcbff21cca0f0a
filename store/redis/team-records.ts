import { assert } from '../../runtime/errors.ts';
import type { LateTeam, StoredCard, TeamChange } from '../score-store.ts';
import { PackedReader, packTexts, packUint16s, packUint32 } from './packing.ts';

/** How cards and leagues of a team lie in Redis and in the log (see lua/put-team.lua). */

export function packCards(cards: readonly StoredCard[]): Buffer {
  const packed = cards.flatMap(({ player, bonus }) => [packTexts([player]), packUint32(bonus)]);
  return Buffer.concat([packUint16s([cards.length]), ...packed]);
}

export function packRoster({ cards, leagues }: Pick<TeamChange, 'cards' | 'leagues'>): Buffer {
  return Buffer.concat([packCards(cards), packTexts(leagues)]);
}

export function parseChange(team: string, roster: Buffer, registered: Buffer): TeamChange {
  const parsed = readRoster(new PackedReader(roster));
  if (registered.length === 0) return { team, ...parsed };
  return { team, ...parsed, registered: readCards(new PackedReader(registered)) };
}

export function parseRecord(team: string, record: Buffer): LateTeam {
  const reader = new PackedReader(record);
  const [base, joined] = [reader.double(), reader.double()];
  return { team, ...readRoster(reader), base, joined };
}

function readRoster(reader: PackedReader): Pick<TeamChange, 'cards' | 'leagues'> {
  return { cards: readCards(reader), leagues: reader.texts() };
}

function readCards(reader: PackedReader): readonly StoredCard[] {
  const count = reader.uint16();
  assert(count > 0, 'a team has cards');
  return Array.from({ length: count }, () => ({ player: reader.text(), bonus: reader.uint32() }));
}
