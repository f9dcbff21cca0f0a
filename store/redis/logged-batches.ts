import type { MatchEvent } from '../../protocol/match-events.ts';
import type { HandlerOptions } from '../../protocol/products.ts';
import { assert } from '../../runtime/errors.ts';
import type { AppliedOperation, LogEntry } from '../score-store.ts';
import { FED_POINTS, OPERATION_NUMBERS } from './batches.ts';
import { RESULT_DRAW, RESULT_HANDLER } from './handler-places.ts';
import { parseJson } from './known-match.ts';
import { PackedReader } from './packing.ts';

type LoggedBatch = Pick<Extract<LogEntry, { kind: 'batch' }>, 'operations' | 'windows'>;
type Field = (name: string) => Buffer;

/** Something that belongs to something: the texts by slot, and what each belongs to. */
interface Grouped {
  readonly groups: readonly string[];
  readonly texts: readonly string[];
}

/** What batches.ts packed and apply.lua appended. A field that is `optional` is empty where there is none. */
export function parseLoggedBatch(field: Field, optional: Field): LoggedBatch {
  const texts = (bytes: Buffer): string[] => new PackedReader(bytes).texts();
  const boards = grouped(field('boards'), field('members'));
  const profiles = texts(field('profiles'));
  const names = texts(field('names'));
  const areas = grouped(optional('areas'), optional('users'));
  const modes = texts(optional('modes'));
  const tournaments = grouped(optional('tournaments'), optional('tournament_players'));
  const counters = countersOf(optional);
  const handlers = handlersOf(optional('handlers'));
  const matches = texts(optional('matches'));
  const events = new PackedReader(optional('events')).longTexts();

  const values = new PackedReader(field('values'));
  const kinds = new PackedReader(field('kinds'));
  const operations: AppliedOperation[] = [];
  while (!kinds.isAtEnd) {
    const kind = kinds.byte();
    const slot = 256 * kinds.byte() + kinds.byte();
    const value = values.double();
    const ofScore = () => ({ board: at(boards.groups, slot), member: at(boards.texts, slot), value });
    const ofSession = () => ({ area: at(areas.groups, slot), user: at(areas.texts, slot) });
    switch (kind) {
      case OPERATION_NUMBERS.delta:
        operations.push({ op: 'delta', ...ofScore() });
        break;
      case OPERATION_NUMBERS.set:
        operations.push({ op: 'set', ...ofScore() });
        break;
      case OPERATION_NUMBERS.best:
        operations.push({ op: 'best', ...ofScore() });
        break;
      case OPERATION_NUMBERS.profile:
        operations.push({ op: 'profile', member: at(profiles, slot), name: at(names, value) });
        break;
      case OPERATION_NUMBERS.result: {
        const [handler, options] = at(handlers, Math.floor(value / RESULT_HANDLER) + 1);
        operations.push({
          ...{ op: 'result', board: at(boards.groups, slot), winner: at(boards.texts, slot) },
          loser: at(boards.texts, value % RESULT_DRAW),
          draw: value % RESULT_HANDLER >= RESULT_DRAW,
          ...{ handler, options },
        });
        break;
      }
      case OPERATION_NUMBERS.count:
        operations.push({ op: 'count', ...at(counters, slot), by: value });
        break;
      case OPERATION_NUMBERS.login:
        operations.push({ op: 'login', ...ofSession(), mode: at(modes, value) });
        break;
      case OPERATION_NUMBERS.logout:
        operations.push({ op: 'logout', ...ofSession() });
        break;
      case OPERATION_NUMBERS.append: {
        const event = parseJson(at(events, value)) as MatchEvent | null;
        assert(typeof event?.type === 'string', 'an event of the log is one');
        operations.push({ op: 'append', match: at(matches, slot), event });
        break;
      }
      case OPERATION_NUMBERS.points:
      case FED_POINTS:
        operations.push({
          ...{ op: 'points', tournament: at(tournaments.groups, slot), player: at(tournaments.texts, slot) },
          ...{ points: value, ...(kind === FED_POINTS ? { fed: true } : {}) },
        });
        break;
      default:
        throw new Error(`defect: an operation of the log is of the unknown kind ${kind}`);
    }
  }
  assert(values.isAtEnd, 'each operation of the log has one value');
  const windows = windowsOf(optional('windows'));
  return windows.size === 0 ? { operations } : { operations, windows };
}

function grouped(packedGroups: Buffer, packedTexts: Buffer): Grouped {
  const groups: string[] = [];
  const reader = new PackedReader(packedGroups);
  while (!reader.isAtEnd) {
    const group = reader.text();
    for (let count = reader.uint16(); count > 0; count--) groups.push(group);
  }
  return { groups, texts: new PackedReader(packedTexts).texts() };
}

function countersOf(optional: Field): readonly { product: string; player: string; counter: string }[] {
  const names = grouped(optional('products'), optional('counter_names'));
  const players = new PackedReader(optional('players')).texts();
  const reader = new PackedReader(optional('counters'));
  const counters: { product: string; player: string; counter: string }[] = [];
  while (!reader.isAtEnd) {
    const name = reader.uint16();
    const player = at(players, reader.uint16());
    counters.push({ product: at(names.groups, name), player, counter: at(names.texts, name) });
  }
  return counters;
}

function handlersOf(packed: Buffer): readonly (readonly [handler: string, options: HandlerOptions])[] {
  const handlers: [string, HandlerOptions][] = [];
  const reader = new PackedReader(packed);
  while (!reader.isAtEnd) {
    let handler: unknown;
    try {
      handler = JSON.parse(reader.longText());
    } catch (cause) {
      throw new Error('defect: a handler of the log is no JSON', { cause });
    }
    assert(isHandler(handler), 'a handler of the log has a name and options');
    handlers.push(handler);
  }
  return handlers;
}

function isHandler(value: unknown): value is [string, HandlerOptions] {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false;
  return typeof value[1] === 'object' && value[1] !== null;
}

function windowsOf(packed: Buffer): ReadonlyMap<string, readonly string[]> {
  const windows = new Map<string, readonly string[]>();
  const reader = new PackedReader(packed);
  while (!reader.isAtEnd) {
    const board = reader.text();
    windows.set(
      board,
      Array.from({ length: reader.uint16() }, () => reader.text()),
    );
  }
  return windows;
}

/** Places count from 1. */
function at<T>(list: readonly T[], place: number): T {
  const found = list[place - 1];
  assert(found !== undefined, 'an operation of the log names what is there');
  return found;
}
