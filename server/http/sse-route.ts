import { parseChannel } from '../../protocol/channels.ts';
import {
  ChannelsParameterSchema,
  EventStreamSchema,
  headerSchema,
  TokenParameterSchema,
} from '../../protocol/parameters.ts';
import type { Authenticator } from '../auth/identity.ts';
import type { NamedChannel } from '../gateway/held-channels.ts';
import type { StreamAcceptor } from '../stream-opener.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { decide, identify } from './access.ts';
import { textQuery } from './parameters.ts';
import { problem } from './problem.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

export interface SseDeps {
  readonly streams: StreamAcceptor;
  readonly authenticator: Authenticator;
}

export function sseRoute(deps: SseDeps): DescribedRoute {
  return {
    method: 'GET',
    pattern: '/v1/sse',
    withoutHead: true,
    doc: STREAM,
    handler: (request) => openStream(request, deps),
  };
}

const EXAMPLE = `retry: 1724

event: subscribed
id: 9gmsUJxPxKZVnqeG;3-5b1f0c9d,0.2s
data: {"type":"subscribed","id":0,"channel":"board:arena","kind":"rows","epoch":"3-5b1f0c9d","seq":100,"state":[["bob",180],["ann",25]]}

event: update
id: 9gmsUJxPxKZVnqeG;3-5b1f0c9d,0.2t
data: {"type":"update","channel":"board:arena","seq":101,"at":1763683200000,"patch":[[1,1,["ann",30]]]}

`;

const STREAM: RouteDoc = {
  tag: 'Live',
  summary: 'Watch channels, as Server-Sent Events',
  description: [
    'The frames of the WebSocket, one way: `subscribed` for each channel (its `id` is the place of the channel in the request, from 0), then `update`, `snapshot`, `status`, `error` and `bye`.',
    'The stream begins when all of its channels have a state; where one can not be had the answer is a refusal. Who comes back with the last `id` as `Last-Event-ID`, as browsers do, gets what was missed, or a snapshot.',
  ].join('\n\n'),
  needs: '`subscribe` on every channel',
  parameters: {
    channel: {
      required: true,
      schema: ChannelsParameterSchema,
      description: 'What to watch; give it once for each channel',
      example: ['board:arena'],
    },
    token: {
      schema: TokenParameterSchema,
      description: 'For browsers, which send no header of their own here',
    },
    'Last-Event-ID': {
      in: 'header',
      schema: headerSchema(8192),
      description: 'The last `id` that was received, to go on from there',
    },
  },
  replies: {
    200: {
      description: 'Events, until the client leaves or the server stops',
      mediaType: 'text/event-stream',
      schema: EventStreamSchema,
      example: EXAMPLE,
    },
  },
  errors: ['unknown_channel', 'not_found', 'too_many_subscriptions', 'rate_limited', 'unavailable'],
};

/** `no-transform` and `x-accel-buffering` keep what stands in between from collecting events before it hands them on. */
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;

async function openStream(request: HttpRequest, { streams, authenticator }: SseDeps): Promise<HttpReply> {
  const { remoteAddress } = request;
  const lastEventId = request.header('last-event-id');
  const names = [...new Set(request.query.getAll('channel'))];
  if (names.length === 0) return problem('malformed', '"channel" must name what to watch');
  const token = textQuery(request, 'token');
  if (!token.ok) return token.reply;
  const caller = await identify(request, authenticator, token.value);
  if (!caller.ok) return caller.reply;
  const channels: NamedChannel[] = [];
  for (const name of names) {
    const channel = parseChannel(name);
    if (channel === undefined) return problem('unknown_channel', 'the channel name is not well-formed');
    const permission = decide(caller, { read: name });
    if (!permission.ok) return permission.reply;
    channels.push({ name, channel });
  }
  const { identity } = caller;
  const verdict = await streams.open({ identity, remoteAddress, channels, lastEventId });
  if (verdict.ok) return { status: 200, headers: HEADERS, events: verdict.events };
  const { code, message, retryAfterMs } = verdict.refusal;
  return problem(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}
