import Type, { type Static } from 'typebox';
import { checker, described, IdSchema, Strict } from './schema.ts';

export const MAX_LEADERBOARDS_PER_PRODUCT = 8;
/** Of the options of one handler as JSON, in UTF-8: every result that a handler rates carries them into the log. */
export const MAX_HANDLER_OPTIONS_BYTES = 1024;

/** What a handler is told beside the event, such as `{k: 20, start: 1500}`; each handler says what it takes. */
export const HandlerOptionsSchema = Type.Record(Type.String(), Type.Unknown(), { maxProperties: 16 });
export type HandlerOptions = Readonly<Static<typeof HandlerOptionsSchema>>;

/** The body of `PUT /v1/products/{product}`: how the results and the tracked events of a game are scored. */
export const ProductSettingsSchema = Strict({
  leaderboards: Type.Optional(
    Type.Array(
      Strict({
        board: Type.Optional(described(IdSchema, 'The board; default: the id of the product')),
        handler: described(
          IdSchema,
          'The name of a leaderboard handler: `wins`, `elo`, `points`, or one of your own',
        ),
        options: Type.Optional(HandlerOptionsSchema),
      }),
      {
        maxItems: MAX_LEADERBOARDS_PER_PRODUCT,
        description: 'Each scores every result; default: `wins` on one board',
      },
    ),
  ),
  stats: Type.Optional(
    described(
      IdSchema,
      'The name of a stats handler; default: `default`, which counts wins, losses, draws and events',
    ),
  ),
});
export type ProductSettings = Static<typeof ProductSettingsSchema>;
export const productSettingsChecker = checker(ProductSettingsSchema);

export interface LeaderboardConfig {
  readonly board: string;
  readonly handler: string;
  readonly options?: HandlerOptions;
}

/** Complete settings of a product: nothing left to a default. */
export interface ProductConfig {
  readonly leaderboards: readonly LeaderboardConfig[];
  readonly stats: string;
}

export function defaultProductConfig(product: string): ProductConfig {
  return { leaderboards: [{ board: product, handler: 'wins' }], stats: 'default' };
}
