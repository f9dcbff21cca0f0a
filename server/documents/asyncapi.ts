/** /asyncapi.json: the WebSocket protocol, as AsyncAPI 3. From the same schemas that frames are held against. */
import {
  AreaStateSchema,
  BoardStateSchema,
  FeedStateSchema,
  LeagueStateSchema,
  MatchStateSchema,
  PlayerStateSchema,
  RankStateSchema,
  TeamStateSchema,
} from '../../protocol/channel-states.ts';
import { ENCODINGS, SUBPROTOCOLS } from '../../protocol/codec.ts';
import { EVENT_SCHEMAS } from '../../protocol/events.ts';
import { CLIENT_FRAME_SCHEMAS, SERVER_FRAME_SCHEMAS } from '../../protocol/frames.ts';
import { ID_FORM, TEXT_FORM } from '../../protocol/names.ts';
import { SAMPLE_FRAMES } from '../../protocol/sample-frames.ts';
import type { Schema } from '../../protocol/schema.ts';
import { nameSchemas } from './json-schema.ts';

const frameSchemas = {
  ...withSuffix(CLIENT_FRAME_SCHEMAS, 'Frame'),
  ...withSuffix(SERVER_FRAME_SCHEMAS, 'Frame'),
};
const eventSchemas = withSuffix(EVENT_SCHEMAS, 'Event');
const stateSchemas = {
  boardState: BoardStateSchema,
  rankState: RankStateSchema,
  areaState: AreaStateSchema,
  playerState: PlayerStateSchema,
  matchState: MatchStateSchema,
  feedState: FeedStateSchema,
  leagueState: LeagueStateSchema,
  teamState: TeamStateSchema,
};
const { all } = nameSchemas({ ...frameSchemas, ...eventSchemas, ...stateSchemas }, { lists: 'items' });

const DESCRIPTION = `One connection carries any number of channels: a client asks for each with a \`subscribe\` frame, is sent what it holds, and from then on an \`update\` whenever that has changed, at most twice a second.

A channel holds **rows** (a list of lists, patched by splices \`[index, deleteCount, ...rows]\`) or a **document** (an object without nulls, patched by JSON Merge Patch). Both have a position, \`epoch\` and \`seq\`; an update applies onto \`from\` (\`seq - 1\` where left out).

The same frames are sent as JSON (text) or MessagePack (binary), as the subprotocol says. HTTP is described in [/openapi.json](/openapi.json), \`/v1/sse\` too, which sends the same frames as Server-Sent Events.`;

/** Frames that show a limit of an encoding; they stand in the golden vectors, and would teach a reader nothing. */
const ONLY_FOR_VECTORS: ReadonlySet<string> = new Set(['publish with a producer', 'publish nothing']);

const BOARD = { description: `The board: ${ID_FORM}`, examples: ['season'] };
const WINDOW = {
  description: 'A window of the board: the current one, or a fixed one such as `daily.2026-11-21`',
  examples: ['daily', 'weekly', 'monthly', 'daily.2026-11-21', 'weekly.2026-W47', 'monthly.2026-11'],
};
const MATCH = { description: `The match: ${ID_FORM}`, examples: ['final'] };
const TOURNAMENT = { description: `The tournament: ${ID_FORM}`, examples: ['cup'] };
const MEMBER = { description: `The member: ${TEXT_FORM}`, examples: ['Ann'] };

interface LiveChannel {
  readonly title: string;
  readonly address: string;
  readonly parameters: object;
  readonly state: keyof typeof stateSchemas;
}

const LIVE_CHANNELS: Readonly<Record<string, LiveChannel>> = {
  board: {
    title: 'The best of a board',
    address: 'board:{board}',
    parameters: { board: BOARD },
    state: 'boardState',
  },
  boardWindow: {
    title: 'The best of a window of a board',
    address: 'board:{board}@{window}',
    parameters: { board: BOARD, window: WINDOW },
    state: 'boardState',
  },
  rank: {
    title: 'Where one member stands',
    address: 'rank:{board}:{member}',
    parameters: { board: BOARD, member: MEMBER },
    state: 'rankState',
  },
  rankWindow: {
    title: 'Where one member stands in a window',
    address: 'rank:{board}@{window}:{member}',
    parameters: { board: BOARD, window: WINDOW, member: MEMBER },
    state: 'rankState',
  },
  area: {
    title: 'How many users play what in an area',
    address: 'area:{area}',
    parameters: { area: { description: `The area: ${ID_FORM}`, examples: ['111'] } },
    state: 'areaState',
  },
  player: {
    title: 'What is counted of a player',
    address: 'player:{product}:{player}',
    parameters: {
      product: { description: `The product: ${ID_FORM}`, examples: ['chess'] },
      player: { description: `The player: ${TEXT_FORM}`, examples: ['Ann'] },
    },
    state: 'playerState',
  },
  match: {
    title: 'How a match stands',
    address: 'match:{match}',
    parameters: { match: MATCH },
    state: 'matchState',
  },
  feed: {
    title: 'What happened in a match last',
    address: 'match:{match}:feed',
    parameters: { match: MATCH },
    state: 'feedState',
  },
  league: {
    title: 'The best teams of a league of a tournament',
    address: 'league:{tournament}:{league}',
    parameters: {
      tournament: TOURNAMENT,
      league: { description: `The league: ${ID_FORM}; \`all\` holds every team`, examples: ['all'] },
    },
    state: 'leagueState',
  },
  team: {
    title: 'Where a team stands in a tournament',
    address: 'team:{tournament}:{team}',
    parameters: {
      tournament: TOURNAMENT,
      team: { description: `The team: ${TEXT_FORM}`, examples: ['Wolves'] },
    },
    state: 'teamState',
  },
};

const SUBSCRIPTION_FRAMES = ['subscribed', 'update', 'snapshot', 'status'] as const;

export function asyncApiDocument(): object {
  const client = Object.keys(CLIENT_FRAME_SCHEMAS);
  const server = Object.keys(SERVER_FRAME_SCHEMAS);
  return {
    asyncapi: '3.0.0',
    info: { title: 'scorewire', version: '1', description: DESCRIPTION },
    defaultContentType: 'application/json',
    servers: {
      here: {
        host: 'localhost:8080',
        protocol: 'ws',
        description: 'A server on this machine; behind TLS it is `wss`',
        security: [{ $ref: '#/components/securitySchemes/token' }],
      },
    },
    channels: {
      socket: {
        address: '/v1/ws',
        title: 'The connection',
        description: 'Everything is sent over one socket.',
        messages: Object.fromEntries([...client, ...server].map((type) => [type, messageRef(type)])),
        bindings: { ws: SOCKET_BINDING },
      },
      ...Object.fromEntries(
        Object.entries(LIVE_CHANNELS).map(([name, { title, address, parameters, state }]) => [
          name,
          {
            address,
            title,
            description: `The state is \`#/components/schemas/${state}\`.`,
            parameters,
            messages: {
              ...Object.fromEntries(SUBSCRIPTION_FRAMES.map((type) => [type, messageRef(type)])),
              state: { $ref: `#/components/messages/${state}` },
            },
          },
        ]),
      ),
    },
    operations: {
      receive: {
        action: 'receive',
        channel: { $ref: '#/channels/socket' },
        summary: 'What a client sends',
        messages: client.map((type) => ({ $ref: `#/channels/socket/messages/${type}` })),
      },
      send: {
        action: 'send',
        channel: { $ref: '#/channels/socket' },
        summary: 'What a client is sent',
        messages: server.map((type) => ({ $ref: `#/channels/socket/messages/${type}` })),
      },
      ...Object.fromEntries(
        Object.keys(LIVE_CHANNELS).map((name) => [
          `send_${name}`,
          {
            action: 'send',
            channel: { $ref: `#/channels/${name}` },
            summary: 'What subscribers are sent',
            messages: SUBSCRIPTION_FRAMES.map((type) => ({ $ref: `#/channels/${name}/messages/${type}` })),
          },
        ]),
      ),
    },
    components: {
      schemas: all,
      messages: {
        ...Object.fromEntries(client.map((type) => [type, message(type, 'client')])),
        ...Object.fromEntries(server.map((type) => [type, message(type, 'server')])),
        ...Object.fromEntries(Object.keys(stateSchemas).map((name) => [name, stateMessage(name)])),
      },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Or `?token=`, or an `auth` frame',
        },
      },
    },
  };
}

const SOCKET_BINDING = {
  method: 'GET',
  query: {
    type: 'object',
    properties: { token: { type: 'string', description: 'For browsers, which cannot send a header here' } },
  },
  headers: {
    type: 'object',
    properties: {
      'Sec-WebSocket-Protocol': {
        type: 'string',
        enum: ENCODINGS.map((encoding) => SUBPROTOCOLS[encoding]),
        description: 'JSON in text frames, also where none is offered, or plain MessagePack in binary ones',
      },
    },
  },
  bindingVersion: '0.1.0',
};

function messageRef(type: string): object {
  return { $ref: `#/components/messages/${type}` };
}

function message(type: string, direction: 'client' | 'server'): object {
  const examples = SAMPLE_FRAMES.filter(
    (sample) =>
      sample.direction === direction && sample.frame.type === type && !ONLY_FOR_VECTORS.has(sample.name),
  );
  return {
    name: type,
    title: `${type} (${direction === 'client' ? 'client to server' : 'server to client'})`,
    payload: type === 'publish' ? PUBLISH_PAYLOAD : { $ref: `#/components/schemas/${type}Frame` },
    examples: examples.map(({ name, frame }) => ({ name, payload: frame })),
  };
}

/** The frame is accepted whatever its events are, since each is judged on its own; this is what they should be. */
const PUBLISH_PAYLOAD = {
  allOf: [
    { $ref: '#/components/schemas/publishFrame' },
    {
      type: 'object',
      properties: {
        events: {
          type: 'array',
          items: {
            anyOf: Object.keys(eventSchemas).map((name) => ({ $ref: `#/components/schemas/${name}` })),
          },
        },
      },
    },
  ],
};

/** A snapshot whose state is told exactly. */
function stateMessage(state: string): object {
  return {
    name: state,
    title: 'What the channel holds, in `subscribed` and `snapshot` frames',
    payload: {
      type: 'object',
      properties: { state: { $ref: `#/components/schemas/${state}` } },
      required: ['state'],
    },
  };
}

function withSuffix(schemas: Readonly<Record<string, Schema>>, suffix: string): Record<string, Schema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [`${name}${suffix}`, schema]));
}
