import type { NodeAnswers, NodeQuestion, NodeReport } from '../../protocol/node-reports.ts';
import type { Authenticator } from '../auth/identity.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpHandler, HttpReply, HttpRequest } from '../transport/http-types.ts';
import { promised } from '../transport/pending.ts';
import { identify, unauthorized } from './access.ts';
import { DISCONNECT, DRAIN, LIST_CHANNELS, LIST_CONNECTIONS, LIST_NODES } from './admin-docs.ts';
import { answer } from './formats.ts';
import { problem } from './problem.ts';
import type { DescribedRoute } from './route-doc.ts';

export interface AdminNodes {
  /** Before anything else. */
  look(): Promise<void>;
  list(): readonly NodeReport[];
  knows(node: string): boolean;
  /** `undefined` where there is no answer in time. */
  ask<Ask extends NodeQuestion['ask']>(
    node: string,
    question: Extract<NodeQuestion, { ask: Ask }>,
  ): Promise<NodeAnswers[Ask] | undefined>;
}

export interface AdminRouteDeps {
  readonly authenticator: Authenticator;
  readonly admin: { readonly nodes: AdminNodes; readonly partitions: number };
}

/** What the operations page asks, for whoever runs the installation. */
export function adminRoutes({ authenticator, admin }: AdminRouteDeps): readonly DescribedRoute[] {
  const { nodes, partitions } = admin;

  const forAdmins =
    (handler: HttpHandler): HttpHandler =>
    async (request) => {
      const caller = await identify(request, authenticator);
      if (!caller.ok) return caller.reply;
      if (caller.anonymous) return unauthorized('this needs an admin token');
      if (!caller.identity.admin) return problem('forbidden', 'this needs an admin token');
      await nodes.look();
      return promised(await handler(request));
    };

  const ask = async <Ask extends NodeQuestion['ask']>(
    request: HttpRequest,
    question: Extract<NodeQuestion, { ask: Ask }>,
    reply: (given: NodeAnswers[Ask]) => HttpReply,
  ): Promise<HttpReply> => {
    const [node = ''] = request.params;
    if (!nodes.knows(node)) return problem('not_found', 'there is no such node');
    const given = await nodes.ask(node, question);
    return given === undefined ? problem('unavailable', 'the node does not answer') : reply(given);
  };

  const listChannels = async (request: HttpRequest): Promise<HttpReply> => {
    const limit = HTTP_LIMITS.adminChannels;
    const servers = nodes.list().filter(({ server }) => server !== undefined);
    const answers = await Promise.all(servers.map(({ name }) => nodes.ask(name, { ask: 'channels', limit })));
    return answer(request, {
      channels: mergeChannels(answers.flatMap((each) => each ?? [])).slice(0, limit),
    });
  };

  const routes: readonly DescribedRoute[] = [
    {
      method: 'GET',
      pattern: '/v1/admin/nodes',
      doc: LIST_NODES,
      handler: (request) => answer(request, { partitions, nodes: nodes.list() }),
    },
    { method: 'GET', pattern: '/v1/admin/channels', doc: LIST_CHANNELS, handler: listChannels },
    {
      method: 'GET',
      pattern: '/v1/admin/nodes/:node/connections',
      doc: LIST_CONNECTIONS,
      handler: (request) => {
        const search = request.query.get('search') ?? '';
        const question = { ask: 'connections', search, limit: HTTP_LIMITS.adminConnections } as const;
        return ask(request, question, (connections) => answer(request, { connections }));
      },
    },
    {
      method: 'DELETE',
      pattern: '/v1/admin/nodes/:node/connections/:connection',
      doc: DISCONNECT,
      handler: (request) => {
        const [, connection = ''] = request.params;
        return ask(request, { ask: 'disconnect', connection }, (wasThere) =>
          wasThere
            ? answer(request, { disconnected: true })
            : problem('not_found', 'there is no such connection'),
        );
      },
    },
    {
      method: 'POST',
      pattern: '/v1/admin/nodes/:node/drain',
      doc: DRAIN,
      handler: (request) => ask(request, { ask: 'drain' }, () => answer(request, { draining: true }, 202)),
    },
  ];
  return routes.map((route) => ({ ...route, handler: forAdmins(route.handler) }));
}

/** A channel that several nodes watch is there once, with all its subscribers. */
function mergeChannels(found: NodeAnswers['channels']): NodeAnswers['channels'] {
  const merged = new Map<string, NodeAnswers['channels'][number]>();
  for (const each of found) {
    const known = merged.get(each.channel);
    merged.set(each.channel, {
      ...each,
      subscribers: each.subscribers + (known?.subscribers ?? 0),
      updates: Math.max(each.updates, known?.updates ?? 0),
      stale: each.stale || (known?.stale ?? false),
    });
  }
  return [...merged.values()].sort((a, b) => b.subscribers - a.subscribers || b.updates - a.updates);
}
