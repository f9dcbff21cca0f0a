import type { Fixture } from '../../protocol/matches.ts';
import type { TournamentSettings } from '../../protocol/tournaments.ts';
import { assert } from '../../runtime/errors.ts';
import type { LogEntry } from '../score-store.ts';
import { parseJson } from './known-match.ts';
import { parseLoggedBatch } from './logged-batches.ts';
import { decodeText, PackedReader } from './packing.ts';
import { parseConfig, parseProductConfig } from './replies.ts';
import { parseChange } from './team-records.ts';

/** An entry as the stream gives it: id, then field, value, ... (see lua/include-log.lua). */
export type StoredEntry = readonly [id: Buffer, fields: readonly Buffer[]];

const NOTHING = Buffer.alloc(0);

/** What can't be read is a defect, or was written by somebody else. */
export function parseLogEntry([id, fields]: StoredEntry): LogEntry {
  const values = new Map<string, Buffer>();
  for (let i = 0; i + 1 < fields.length; i += 2) values.set(String(fields[i]), fields[i + 1] as Buffer);
  const field = (name: string): Buffer => {
    const value = values.get(name);
    assert(value !== undefined, `log entry ${id} has its ${name}`);
    return value;
  };
  const number = (text: string): number => {
    assert(/^\d+(\.\d+)?$/.test(text), `log entry ${id} has numbers where they belong`);
    return Number(text);
  };
  const ofEntry = {
    from: number(String(field('from'))),
    to: number(String(id).replace(/-0$/, '')),
    at: number(String(field('at'))),
  };
  const ofBoard = () => ({ ...ofEntry, board: decodeText(field('board')) });

  const kind = String(field('kind'));
  switch (kind) {
    case 'batch': {
      const batch = parseLoggedBatch(field, (name) => values.get(name) ?? NOTHING);
      assert(
        batch.operations.length === ofEntry.to - ofEntry.from,
        `log entry ${id} has as many operations as it says`,
      );
      return { ...ofEntry, kind, ...batch };
    }
    case 'configure':
      return { ...ofBoard(), kind, config: parseConfig(String(field('config'))) };
    case 'remove-board':
      return { ...ofBoard(), kind };
    case 'remove-member':
      return { ...ofBoard(), kind, member: decodeText(field('member')) };
    case 'configure-product': {
      const config = parseProductConfig(decodeText(field('config')));
      return { ...ofEntry, kind, product: decodeText(field('product')), config };
    }
    case 'configure-match': {
      const fixture = parseJson(decodeText(field('fixture'))) as Fixture;
      return { ...ofEntry, kind, match: decodeText(field('match')), fixture };
    }
    case 'remove-match':
      return { ...ofEntry, kind, match: decodeText(field('match')) };
    case 'configure-tournament': {
      const settings = parseJson(decodeText(field('settings'))) as TournamentSettings;
      return { ...ofEntry, kind, tournament: decodeText(field('tournament')), settings };
    }
    case 'add-teams':
      return {
        ...ofEntry,
        ...{ kind, tournament: decodeText(field('tournament')), teams: number(String(field('teams'))) },
      };
    case 'start-tournament':
    case 'remove-tournament':
      return { ...ofEntry, kind, tournament: decodeText(field('tournament')) };
    case 'put-team': {
      const change = parseChange(decodeText(field('team')), field('roster'), field('registered'));
      return { ...ofEntry, kind, tournament: decodeText(field('tournament')), change };
    }
    case 'expire-sessions': {
      const texts = new PackedReader(field('sessions')).texts();
      assert(texts.length % 2 === 0, `log entry ${id} has an area and a user of each session`);
      const sessions = [];
      for (let i = 0; i < texts.length; i += 2) {
        sessions.push({ area: texts[i] ?? '', user: texts[i + 1] ?? '' });
      }
      return { ...ofEntry, kind, sessions };
    }
    case 'repair':
      return { ...ofBoard(), kind, members: new PackedReader(field('members')).texts() };
    default:
      throw new Error(`defect: log entry ${id} is of the unknown kind ${kind}`);
  }
}
