/** What the routes for operators tell of themselves. */
import {
  ChannelsReplySchema,
  ConnectionIdSchema,
  ConnectionSearchSchema,
  ConnectionsReplySchema,
  DisconnectedReplySchema,
  DrainingReplySchema,
  NodeNameSchema,
  NodesReplySchema,
} from '../../protocol/node-reports.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { ParameterDoc, RouteDoc } from './route-doc.ts';

const FOR_ADMINS = { tag: 'Operation', needs: 'an admin token', anonymous: false } as const;

const NODE: ParameterDoc = { schema: NodeNameSchema, example: 'game-1-3f9a2c41' };

export const LIST_NODES: RouteDoc = {
  ...FOR_ADMINS,
  operationId: 'list_nodes',
  summary: 'List the processes of the installation',
  description: 'Whichever is asked, it tells of all: what they serve and own, and how they are.',
  replies: {
    200: {
      description: 'Those that are heard',
      schema: NodesReplySchema,
      example: {
        partitions: 16,
        nodes: [
          {
            name: 'game-1-3f9a2c41',
            role: 'broadcaster',
            at: 1_795_262_400_000,
            startedAt: 1_795_255_200_000,
            draining: false,
            problems: [],
            storeUp: true,
            busUp: true,
            memoryBytes: 98_000_000,
            cpuMs: 61_000,
            broadcaster: {
              partitions: [0, 1, 2, 5, 8],
              fresh: true,
              watchedChannels: 40,
              patches: 120_400,
              missedTicks: 0,
              tickMs: { p50: 1.8, p99: 6.2 },
            },
          },
        ],
      },
    },
  },
};

export const LIST_CHANNELS: RouteDoc = {
  ...FOR_ADMINS,
  operationId: 'list_channels',
  summary: 'List the busiest channels',
  description: `Of all nodes together, those with most subscribers first, at most ${HTTP_LIMITS.adminChannels}.`,
  replies: {
    200: {
      description: 'The channels',
      schema: ChannelsReplySchema,
      example: {
        channels: [{ channel: 'board:season', partition: 5, subscribers: 1200, updates: 340, stale: false }],
      },
    },
  },
};

export const LIST_CONNECTIONS: RouteDoc = {
  ...FOR_ADMINS,
  operationId: 'list_connections',
  summary: 'List connections of a node',
  description: `The slowest first, then those with most subscriptions, at most ${HTTP_LIMITS.adminConnections}.`,
  parameters: {
    node: NODE,
    search: { schema: ConnectionSearchSchema },
  },
  replies: {
    200: {
      description: 'The connections',
      schema: ConnectionsReplySchema,
      example: {
        connections: [
          {
            id: 'Yw4T0mYb2nE8',
            kind: 'socket',
            address: '192.0.2.7',
            subject: 'ann',
            subscriptions: 3,
            openedAt: 1_795_262_400_000,
            unsentBytes: 0,
            behind: false,
          },
        ],
      },
    },
  },
  errors: ['not_found'],
};

export const DISCONNECT: RouteDoc = {
  ...FOR_ADMINS,
  operationId: 'disconnect',
  summary: 'End a connection',
  description: 'Its client comes back by itself, to this node or to another.',
  parameters: {
    node: NODE,
    connection: { schema: ConnectionIdSchema, example: 'Yw4T0mYb2nE8' },
  },
  replies: {
    200: {
      description: 'It is told to go',
      schema: DisconnectedReplySchema,
      example: { disconnected: true },
    },
  },
  errors: ['not_found'],
};

export const DRAIN: RouteDoc = {
  ...FOR_ADMINS,
  operationId: 'drain',
  summary: 'Drain a node',
  description:
    'Its clients are told to go elsewhere, spread over `DRAIN_MS`, and its partitions go to other broadcasters. The process stays until it is stopped.',
  parameters: { node: NODE },
  replies: {
    202: { description: 'It has begun', schema: DrainingReplySchema, example: { draining: true } },
  },
  errors: ['not_found'],
};
