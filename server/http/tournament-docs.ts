/** What the routes of tournaments tell of themselves. */
import { integerSchema } from '../../protocol/parameters.ts';
import { RemovedReplySchema } from '../../protocol/replies.ts';
import { IdSchema, TextSchema } from '../../protocol/schema.ts';
import {
  LeaguePageReplySchema,
  TeamPutReplySchema,
  TeamReplySchema,
  TournamentListReplySchema,
  TournamentReplySchema,
  UploadReplySchema,
} from '../../protocol/tournament-replies.ts';
import {
  NothingSchema,
  RosterSchema,
  TeamBodySchema,
  TournamentSettingsSchema,
} from '../../protocol/tournaments.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { RouteDoc } from './route-doc.ts';

export const LISTED = { default: HTTP_LIMITS.listedTournaments, min: 1, max: HTTP_LIMITS.listedTournaments };
export const ROWS = { default: 10, min: 0, max: HTTP_LIMITS.pageRows };
export const OFFSET = { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER };

export const EXAMPLE_TOURNAMENT = 'cup';
const SETTINGS = { title: 'The cup', players: ['Ann', 'Björn', 'Carla', 'Dora'] };
const CARDS = [
  { player: 'Ann', bonus: 2 },
  { player: 'Carla', bonus: 1.5 },
  { player: 'Dora', bonus: 1 },
];
const STATE = { status: 'open', registered: 3 };

const TOURNAMENT_PARAMETER = {
  schema: IdSchema,
  description: 'The tournament',
  example: EXAMPLE_TOURNAMENT,
};
const TEAM_PARAMETER = { schema: TextSchema, description: 'The team', example: 'Wolves' };
const NEEDS_MANAGING = '`publish` on `tournament:<id>`';
const OR_MANAGING = `, or ${NEEDS_MANAGING}`;
const NEEDS_SEEING = `\`subscribe\` on \`league:<id>:all\`${OR_MANAGING}`;
const UNAVAILABLE =
  'What stands where is known to the owner of the tournament alone: while it loads the teams, as at first and after a failure, an answer takes up to 5 s, then it is `unavailable`, and never a wrong rank. Before the start it is a `conflict`.';

export const LIST: RouteDoc = {
  tag: 'Tournaments',
  summary: 'List tournaments',
  description:
    'Those that the caller may see, in byte order of their ids. A page may hold fewer than `limit` though more follow.',
  needs: `${NEEDS_SEEING}, of each tournament that is listed`,
  parameters: {
    limit: { schema: integerSchema(LISTED), description: 'Tournaments that are looked at for one page' },
    after: { schema: IdSchema, description: 'Begins after this id: the `next` of the page before' },
  },
  replies: {
    200: {
      description: 'A page of tournaments',
      schema: TournamentListReplySchema,
      example: { tournaments: [{ id: EXAMPLE_TOURNAMENT, title: SETTINGS.title, ...STATE }] },
    },
  },
};

export const READ: RouteDoc = {
  tag: 'Tournaments',
  summary: 'Read the settings of a tournament, and how far it is',
  description: 'While teams are uploaded `registered` grows.',
  needs: NEEDS_SEEING,
  parameters: { tournament: TOURNAMENT_PARAMETER },
  replies: {
    200: {
      description: 'The tournament',
      schema: TournamentReplySchema,
      example: { id: EXAMPLE_TOURNAMENT, ...SETTINGS, ...STATE },
    },
  },
  errors: ['not_found'],
};

export const CONFIGURE: RouteDoc = {
  tag: 'Tournaments',
  summary: 'Create a tournament, or change its settings',
  description:
    'Replaces all settings. Once there are teams or points, `players` can only get more, or be left out (`conflict`). The same again is no error, so it can be sent again.',
  needs: NEEDS_MANAGING,
  parameters: { tournament: TOURNAMENT_PARAMETER },
  body: {
    schema: TournamentSettingsSchema,
    examples: {
      'points of any players are published': { title: SETTINGS.title },
      'only these players take part': SETTINGS,
    },
  },
  replies: {
    200: {
      description: 'The tournament as it is now',
      schema: TournamentReplySchema,
      example: { id: EXAMPLE_TOURNAMENT, ...SETTINGS, status: 'open', registered: 0 },
    },
  },
  errors: ['conflict'],
};

export const UPLOAD: RouteDoc = {
  tag: 'Tournaments',
  summary: 'Register teams before the start',
  description: `As NDJSON any number of them, a team in each line, also with \`Content-Encoding: gzip\`: the lines are taken while they come, so there is no limit of bytes. A line that is refused is told by its number and costs no other; of those beyond ${'`rejected`'} only the number is told (\`omitted\`). Of a team that comes again the latest line counts, so an upload that broke off can be sent again from anywhere; where a refusal of the whole tells \`lines\`, these are done with. As JSON or MessagePack: one team or a list.`,
  needs: NEEDS_MANAGING,
  parameters: { tournament: TOURNAMENT_PARAMETER },
  body: {
    schema: TeamBodySchema,
    ndjson: 'A team in each line',
    examples: {
      'a team': { team: 'Wolves', cards: CARDS },
      'two teams, one in a league of friends': [
        { team: 'Eagles', leagues: ['office'], cards: CARDS.slice(0, 2) },
        { team: 'Bears', cards: CARDS.slice(1) },
      ],
    },
  },
  replies: {
    200: {
      description: 'What became of the lines, also where some are refused',
      schema: UploadReplySchema,
      example: {
        lines: 3,
        accepted: 2,
        rejected: [{ line: 2, code: 'malformed', message: '"Ann" is on two cards' }],
        omitted: 0,
      },
    },
  },
  errors: ['not_found', 'conflict', 'rate_limited'],
};

export const START: RouteDoc = {
  tag: 'Tournaments',
  summary: 'Start a tournament',
  description:
    'From now on the registered teams score, and a team comes or changes only by `PUT .../teams/{team}`. Again it changes nothing.',
  needs: NEEDS_MANAGING,
  parameters: { tournament: TOURNAMENT_PARAMETER },
  body: { schema: NothingSchema, examples: { 'it begins': {} } },
  replies: {
    200: {
      description: 'It has started, now or before',
      schema: TournamentReplySchema,
      example: { id: EXAMPLE_TOURNAMENT, ...SETTINGS, status: 'started', registered: 3 },
    },
  },
  errors: ['not_found'],
};

export const REMOVE: RouteDoc = {
  tag: 'Tournaments',
  summary: 'Remove a tournament with its teams and points',
  description:
    'Started or not. Who watches it keeps the last state, which is told to be stale within seconds. Removing what is not there is no error, so it can be sent again.',
  needs: NEEDS_MANAGING,
  parameters: { tournament: TOURNAMENT_PARAMETER },
  replies: {
    200: { description: 'It is gone', schema: RemovedReplySchema, example: { removed: true } },
  },
};

export const PUT_TEAM: RouteDoc = {
  tag: 'Tournaments',
  summary: 'Register a team, or change its cards and leagues',
  description:
    'After the start it counts for points that change from now on: what the team has scored so far stays, and a new team begins at 0. The same again changes nothing.',
  needs: NEEDS_MANAGING,
  parameters: { tournament: TOURNAMENT_PARAMETER, team: TEAM_PARAMETER },
  body: {
    schema: RosterSchema,
    examples: { 'three cards, and a league': { cards: CARDS, leagues: ['office'] } },
  },
  replies: {
    200: {
      description: 'The team is as it was told',
      schema: TeamPutReplySchema,
      example: { team: 'Wolves', outcome: 'replaced' },
    },
  },
  errors: ['not_found', 'conflict'],
};

export const READ_TEAM: RouteDoc = {
  tag: 'Tournaments',
  summary: 'Read how a team stands',
  description: UNAVAILABLE,
  needs: `\`subscribe\` on \`team:<id>:<team>\`${OR_MANAGING}`,
  parameters: { tournament: TOURNAMENT_PARAMETER, team: TEAM_PARAMETER },
  replies: {
    200: {
      description: 'Its score, its ranks, and what each card brings',
      schema: TeamReplySchema,
      example: {
        team: 'Wolves',
        rank: 1,
        score: 92.5,
        total: 3,
        cards: CARDS.map((card, index) => ({ ...card, points: [30, 15, 10][index] ?? 0 })),
        leagues: { office: 1 },
      },
    },
  },
  errors: ['not_found', 'conflict'],
};

export const READ_LEAGUE: RouteDoc = {
  tag: 'Tournaments',
  summary: 'Read a page of a league',
  description: `The league \`all\` holds every team. ${UNAVAILABLE}`,
  needs: `\`subscribe\` on \`league:<id>:<league>\`${OR_MANAGING}`,
  parameters: {
    tournament: TOURNAMENT_PARAMETER,
    league: { schema: IdSchema, description: 'The league', example: 'all' },
    limit: { schema: integerSchema(ROWS), description: 'Rows of the page', example: 2 },
    offset: { schema: integerSchema(OFFSET), description: 'Rows before the page' },
  },
  replies: {
    200: {
      description: 'The rows',
      schema: LeaguePageReplySchema,
      example: {
        league: 'all',
        total: 3,
        rows: [
          { rank: 1, team: 'Wolves', score: 92.5 },
          { rank: 2, team: 'Eagles', score: 82.5 },
        ],
      },
    },
  },
  errors: ['not_found', 'conflict'],
};
