import Type, { type Static } from 'typebox';
import { checker, described, Strict, TimeZoneSchema } from './schema.ts';
import { WINDOW_KINDS } from './windows.ts';

export const BOARD_TOP_MAX = 1000;

/** How a board ranks and how many rows its channel holds. `desc`: the highest score is best. */
export const BoardConfigSchema = Strict({
  order: Type.Union([Type.Literal('desc'), Type.Literal('asc')]),
  ties: Type.Union([Type.Literal('member'), Type.Literal('first')], {
    description:
      'Among equal scores: `member` is byte order of the member, `first` puts who reached the score first above',
  }),
  top: Type.Integer({ minimum: 1, maximum: BOARD_TOP_MAX, description: 'Rows that the channel holds' }),
  windows: Type.Optional(
    Type.Array(Type.Enum(WINDOW_KINDS), {
      uniqueItems: true,
      maxItems: WINDOW_KINDS.length,
      description:
        'Periods that are scored beside the board itself; absent: none. One that is taken out and added again before it is over goes on from where it was, without what happened between',
    }),
  ),
  timezone: Type.Optional(
    described(TimeZoneSchema, 'The IANA time zone in which periods begin; absent: UTC'),
  ),
});

export type BoardConfig = Static<typeof BoardConfigSchema>;

export const DEFAULT_BOARD_CONFIG: BoardConfig = { order: 'desc', ties: 'member', top: 100 };

/** The body of `PUT /v1/boards/{id}`: what is left out keeps its value (or the default on a new board). */
export const BoardSettingsSchema = Type.Partial(BoardConfigSchema, { additionalProperties: false });
export type BoardSettings = Static<typeof BoardSettingsSchema>;
export const boardSettingsChecker = checker(BoardSettingsSchema);
