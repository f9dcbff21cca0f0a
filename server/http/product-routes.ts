import { integerSchema } from '../../protocol/parameters.ts';
import {
  defaultProductConfig,
  type ProductConfig,
  type ProductSettings,
  ProductSettingsSchema,
  productSettingsChecker,
} from '../../protocol/products.ts';
import { ProductListReplySchema, ProductReplySchema } from '../../protocol/replies.ts';
import { IdSchema } from '../../protocol/schema.ts';
import type { Clock } from '../../runtime/clock.ts';
import { explainHandler, type Scoring } from '../../scoring/scoring.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator, Identity } from '../auth/identity.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { decide, identify, permit } from './access.ts';
import { readBody } from './checked-body.ts';
import { answer } from './formats.ts';
import { idAt, idQuery, integerQuery } from './parameters.ts';
import { problem } from './problem.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

export interface ProductDeps {
  readonly store: Pick<ScoreStore, 'listProducts' | 'readProducts' | 'configureProduct'>;
  readonly scoring: Scoring;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
}

const PRODUCT = '/v1/products/:product';

export function productRoutes(deps: ProductDeps): readonly DescribedRoute[] {
  return [
    { method: 'GET', pattern: '/v1/products', doc: LIST, handler: (request) => listProducts(request, deps) },
    { method: 'GET', pattern: PRODUCT, doc: READ, handler: (request) => readProduct(request, deps) },
    {
      method: 'PUT',
      pattern: PRODUCT,
      doc: CONFIGURE,
      handler: (request) => configureProduct(request, deps),
    },
  ];
}

const LISTED = { default: HTTP_LIMITS.listedProducts, min: 1, max: HTTP_LIMITS.listedProducts };
const PRODUCT_PARAMETER = { schema: IdSchema, description: 'The game', example: 'rps' };
const NEEDS_READING = '`subscribe` on `player:<id>:*`, or `publish` on `product:<id>`';
const SETTINGS = {
  leaderboards: [
    { board: 'rps', handler: 'wins' },
    { board: 'rps-elo', handler: 'elo', options: { k: 20, start: 1500 } },
  ],
  stats: 'exrps',
};

const LIST: RouteDoc = {
  tag: 'Products',
  summary: 'List the products that somebody has configured',
  description:
    'Those that the caller may see, in byte order of their ids. A page may hold fewer products than `limit` though more follow.',
  needs: `${NEEDS_READING}, of each product that is listed`,
  parameters: {
    limit: { schema: integerSchema(LISTED), description: 'Products that are looked at for one page' },
    after: { schema: IdSchema, description: 'Begins after this id: the `next` of the page before' },
  },
  replies: {
    200: {
      description: 'A page of products',
      schema: ProductListReplySchema,
      example: { products: [{ product: 'rps', ...SETTINGS }] },
    },
  },
};

const READ: RouteDoc = {
  tag: 'Products',
  summary: 'Read how a product is scored',
  description: 'The defaults, where nobody has configured it.',
  needs: NEEDS_READING,
  parameters: { product: PRODUCT_PARAMETER },
  replies: {
    200: {
      description: 'Its settings',
      schema: ProductReplySchema,
      example: { product: 'rps', ...SETTINGS },
    },
  },
};

const CONFIGURE: RouteDoc = {
  tag: 'Products',
  summary: 'Say how a product is scored',
  description:
    'Replaces all of its settings; what is left out is the default. What is published after the answer is scored by them. Scores stay as they are.',
  needs:
    '`publish` on `product:<id>`, and on `board:<id>` of each of its leaderboards but the one that has the id of the product',
  parameters: { product: PRODUCT_PARAMETER },
  body: {
    schema: ProductSettingsSchema,
    examples: {
      'wins and ratings': SETTINGS,
      'a league: three points for a win, one for a draw': { leaderboards: [{ handler: 'points' }] },
      'the defaults': {},
    },
  },
  replies: {
    200: {
      description: 'Its settings as they are now',
      schema: ProductReplySchema,
      example: { product: 'rps', ...SETTINGS },
    },
  },
};

/** A page can hold fewer products than the limit, or none, since those that are not permitted are left out. */
async function listProducts(request: HttpRequest, deps: ProductDeps): Promise<HttpReply> {
  const { store, authenticator } = deps;
  const caller = await identify(request, authenticator);
  if (!caller.ok) return caller.reply;
  const limit = integerQuery(request, 'limit', LISTED);
  if (!limit.ok) return limit.reply;
  const after = idQuery(request, 'after');
  if (!after.ok) return after.reply;
  const start = after.value === undefined ? {} : { after: after.value };
  const page = await store.listProducts({ ...start, limit: limit.value });
  const visible = page.filter((product) => maySee(caller.identity, product));
  const configs = visible.length === 0 ? [] : await store.readProducts(visible);
  const products = visible.map((product, i) => describeProduct(product, configs[i]));
  const last = page.length === limit.value ? page.at(-1) : undefined;
  return answer(request, last === undefined ? { products } : { products, next: last });
}

async function readProduct(request: HttpRequest, deps: ProductDeps): Promise<HttpReply> {
  const product = idAt(request, 0, 'a product');
  if (!product.ok) return product.reply;
  const caller = await identify(request, deps.authenticator);
  if (!caller.ok) return caller.reply;
  if (!maySee(caller.identity, product.value)) {
    const permission = decide(caller, { read: playersOf(product.value) });
    if (!permission.ok) return permission.reply;
  }
  const [config] = await deps.store.readProducts([product.value]);
  return answer(request, describeProduct(product.value, config));
}

async function configureProduct(request: HttpRequest, deps: ProductDeps): Promise<HttpReply> {
  const product = idAt(request, 0, 'a product');
  if (!product.ok) return product.reply;
  const permission = await permit(request, deps.authenticator, { publish: `product:${product.value}` });
  if (!permission.ok) return permission.reply;
  const body = await readBody(request, productSettingsChecker);
  if (!body.ok) return body.reply;
  const config = completeConfig(product.value, body.value);
  const fault = explainConfig(config, deps.scoring);
  if (fault !== undefined) return problem('malformed', `the body is refused: ${fault}`);
  // Who publishes results of a product needs no permission for its boards: who names them must have it. The one of its own name is its by default.
  for (const { board } of config.leaderboards) {
    if (board === product.value || permission.identity.mayPublish(`board:${board}`)) continue;
    return problem('forbidden', `the token does not permit publishing to "board:${board}"`);
  }
  await deps.store.configureProduct(product.value, config, deps.clock.now());
  return answer(request, describeProduct(product.value, config));
}

/** Who may watch all players of a game may know how it is scored, and so may who publishes its results. */
function maySee(identity: Identity, product: string): boolean {
  return identity.maySubscribe(playersOf(product)) || identity.mayPublish(`product:${product}`);
}

/** No player has this name, so that only a pattern for all of them matches. */
function playersOf(product: string): string {
  return `player:${product}:`;
}

function describeProduct(product: string, config = defaultProductConfig(product)): object {
  return { product, ...config };
}

function completeConfig(product: string, settings: ProductSettings): ProductConfig {
  const { leaderboards, stats } = defaultProductConfig(product);
  return {
    leaderboards:
      settings.leaderboards?.map(({ board = product, handler, options }) => ({
        board,
        handler,
        ...(options === undefined ? {} : { options }),
      })) ?? leaderboards,
    stats: settings.stats ?? stats,
  };
}

/** Says in one line why this node can not score by these settings, if so. */
function explainConfig({ leaderboards, stats }: ProductConfig, scoring: Scoring): string | undefined {
  const boards = new Set<string>();
  for (const { board, handler, options } of leaderboards) {
    if (boards.has(board)) return `two leaderboards have the board "${board}"`;
    boards.add(board);
    const fault = explainHandler(scoring, handler, options);
    if (fault !== undefined) return fault;
  }
  if (scoring.stats(stats) !== undefined) return undefined;
  return `there is no stats handler "${stats}", there are: ${scoring.statsNames.join(', ')}`;
}
