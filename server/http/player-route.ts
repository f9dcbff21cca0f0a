import { PlayerReplySchema } from '../../protocol/replies.ts';
import { IdSchema, TextSchema } from '../../protocol/schema.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { permit } from './access.ts';
import { answer } from './formats.ts';
import { idAt, textAt } from './parameters.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

export interface PlayerDeps {
  readonly store: Pick<ScoreStore, 'readPlayers'>;
  readonly authenticator: Authenticator;
}

const READ: RouteDoc = {
  tag: 'Products',
  summary: 'Read what is counted of a player',
  needs: '`subscribe` on `player:<product>:<player>`',
  parameters: {
    product: { schema: IdSchema, description: 'The game', example: 'rps' },
    player: { schema: TextSchema, description: 'The player', example: 'Ann' },
  },
  replies: {
    200: {
      description: 'The counters',
      schema: PlayerReplySchema,
      example: { wins: 2, losses: 1, rock_selection_count: 3 },
    },
  },
};

export function playerRoute(deps: PlayerDeps): DescribedRoute {
  return {
    method: 'GET',
    pattern: '/v1/products/:product/players/:player',
    doc: READ,
    handler: (request) => readPlayer(request, deps),
  };
}

/** Of whom nothing was counted reads as empty, as the channel does. */
async function readPlayer(request: HttpRequest, { store, authenticator }: PlayerDeps): Promise<HttpReply> {
  const product = idAt(request, 0, 'a product');
  if (!product.ok) return product.reply;
  const player = textAt(request, 1, 'a player');
  if (!player.ok) return player.reply;
  const channel = `player:${product.value}:${player.value}`;
  const permission = await permit(request, authenticator, { read: channel });
  if (!permission.ok) return permission.reply;
  const [counters = new Map()] = await store.readPlayers([{ product: product.value, player: player.value }]);
  return answer(request, Object.fromEntries(counters));
}
