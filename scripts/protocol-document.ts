import { readFileSync } from 'node:fs';
import { DEFAULT_BOARD_CONFIG } from '../protocol/boards.ts';
import { kindOf, parseChannel } from '../protocol/channels.ts';
import { CODECS } from '../protocol/codec.ts';
import { CLOSE_CODES, ERROR_CODES } from '../protocol/codes.ts';
import { MAX_DEPTH, MAX_VALUES } from '../protocol/decode-error.ts';
import { SUBPROTOCOLS } from '../protocol/encodings.ts';
import { EVENT_SCHEMAS } from '../protocol/events.ts';
import { FEED_ROWS } from '../protocol/feed-rows.ts';
import { CLIENT_FRAME_SCHEMAS, SERVER_FRAME_SCHEMAS } from '../protocol/frames.ts';
import { ID_PATTERN, TEXT_MAX_BYTES } from '../protocol/names.ts';
import { diff } from '../protocol/patches.ts';
import { SAMPLE_FRAMES } from '../protocol/sample-frames.ts';
import type { State, ViewKind } from '../protocol/views.ts';
import { MAX_RESUME_POSITIONS } from '../server/gateway/resume-positions.ts';
import { DEFAULT_SERVER_LIMITS, HTTP_LIMITS } from '../server/limits.ts';
import { MAX_AREA_MODES } from '../store/channel-states.ts';
import {
  DEFAULT_STORE_OPTIONS,
  MAX_MATCH_EVENT_BYTES,
  MAX_MATCH_EVENTS,
  MAX_REMEMBERED_REJECTIONS,
} from '../store/score-store.ts';
import { matchActions } from './match-actions.ts';
import { fieldTable, type SchemaNode } from './protocol-fields.ts';

export const PROTOCOL_FILE = new URL('../protocol/PROTOCOL.md', import.meta.url);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TEMPLATE_FILE = new URL('./protocol-template.md', import.meta.url);

/** PROTOCOL.md: the template's prose, and in place of each `{{name argument}}` what the code says. */
export function protocolDocument(): string {
  return readFileSync(TEMPLATE_FILE, 'utf8').replaceAll(
    /\{\{([a-z-]+)(?: ([^}]+))?\}\}/g,
    (_, name, argument) => {
      const part = PARTS[name as string];
      if (part === undefined) throw new Error(`the template asks for "${name}", which there is not`);
      return part((argument as string | undefined) ?? '');
    },
  );
}

const PARTS: { readonly [name: string]: (argument: string) => string } = {
  subprotocols: () =>
    table(
      ['subprotocol', 'frames'],
      [
        [`\`${SUBPROTOCOLS.json}\``, 'text: JSON'],
        [`\`${SUBPROTOCOLS.msgpack}\``, 'binary: MessagePack'],
      ],
    ),
  'max-depth': () => String(MAX_DEPTH),
  'max-values': () => String(MAX_VALUES),
  'id-pattern': () => ID_PATTERN,
  'text-bytes': () => String(TEXT_MAX_BYTES),
  'default-top': () => String(DEFAULT_BOARD_CONFIG.top),
  'area-modes': () => String(MAX_AREA_MODES),
  'feed-rows': () => String(FEED_ROWS),
  'match-events': () => String(MAX_MATCH_EVENTS),
  'match-event-bytes': () => String(MAX_MATCH_EVENT_BYTES),
  'match-actions': () => matchActions(),
  'window-days': () => String(DEFAULT_STORE_OPTIONS.windowRetentionMs / DAY_MS),
  'session-hours': () => String(DEFAULT_STORE_OPTIONS.sessionTimeoutMs / HOUR_MS),
  'producer-days': () => String(DEFAULT_STORE_OPTIONS.producerRetentionMs / DAY_MS),
  'key-hours': () => String((DEFAULT_STORE_OPTIONS.onceRetentionMs / DAY_MS) * 24),
  'key-length': () => String(HTTP_LIMITS.idempotencyKeyLength),
  'producers-per-connection': () => String(DEFAULT_SERVER_LIMITS.producersPerConnection),
  'remembered-rejections': () => String(MAX_REMEMBERED_REJECTIONS),
  'resume-channels': () => String(MAX_RESUME_POSITIONS),
  'vector-count': () => String(SAMPLE_FRAMES.length),
  kind: (name) => {
    const channel = parseChannel(name);
    if (channel === undefined) throw new Error(`${name} is no channel`);
    return kindOf(channel);
  },
  fields: (argument) => {
    const [direction, type = ''] = argument.split(' ');
    return fieldTable(named(direction === 'client' ? CLIENT_FRAME_SCHEMAS : SERVER_FRAME_SCHEMAS, type));
  },
  event: (type) => {
    const schema = named(EVENT_SCHEMAS, type);
    return `${schema.description ?? ''}.\n\n${fieldTable(schema)}`;
  },
  example: (name) => code(layOut(sample(name))),
  json: (name) => CODECS.json.encode(sample(name)),
  msgpack: (name) =>
    Buffer.from(CODECS.msgpack.encode(sample(name)))
      .toString('hex')
      .replaceAll(/..(?=.)/g, '$& '),
  'error-codes': () =>
    table(
      ['code', 'status', 'meaning'],
      Object.entries(ERROR_CODES).map(([code, { status, means }]) => [`\`${code}\``, String(status), means]),
    ),
  'close-codes': () =>
    table(
      ['code', 'meaning'],
      Object.values(CLOSE_CODES).map(({ code: number, means }) => [String(number), means]),
    ),
  'rows-example': () =>
    workedExample(
      'rows',
      [
        ['Ann', 120],
        ['Björn', 95],
        ['Carla', 80],
        ['Dora', 75],
        ['Emil', 40],
      ],
      [
        ['Ann', 120],
        ['Dora', 110],
        ['Björn', 95],
        ['Carla', 80],
        ['Finn', 60],
      ],
    ),
  'document-example': () =>
    workedExample(
      'document',
      { member: 'Ann', rank: 3, score: 95, best: { day: 40, week: 95 }, tags: ['a', 'b'] },
      { member: 'Ann', total: 7, best: { week: 95, month: 120 }, tags: ['b'] },
    ),
};

function workedExample(kind: ViewKind, before: State, after: State): string {
  const patch = diff(kind, before, after);
  if (patch === undefined) throw new Error('an example must change something');
  return `From\n\n${code(layOut(before))}\n\nthe patch\n\n${code(layOut(patch))}\n\nleads to\n\n${code(layOut(after))}`;
}

function sample(name: string): unknown {
  const found = SAMPLE_FRAMES.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`there is no sample frame "${name}"`);
  return found.frame;
}

function named(schemas: object, type: string): SchemaNode {
  const schema = (schemas as { readonly [type: string]: SchemaNode | undefined })[type];
  if (schema === undefined) throw new Error(`there is no schema "${type}"`);
  return schema;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`\`\`json\n${text}\n\`\`\``;
}

const LINE_LENGTH = 110;

/** JSON on one line where it fits, else one line per item. */
function layOut(value: unknown, indent = ''): string {
  const line = JSON.stringify(value);
  if (line.length + indent.length <= LINE_LENGTH || typeof value !== 'object' || value === null) return line;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const items = Object.entries(value).map(([key, item]) => {
    return `${inner}${isList ? '' : `${JSON.stringify(key)}: `}${layOut(item, inner)}`;
  });
  return `${isList ? '[' : '{'}\n${items.join(',\n')}\n${indent}${isList ? ']' : '}'}`;
}
