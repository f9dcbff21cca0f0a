import { AmendSchema, MATCH_ACTION_SCHEMAS, type MatchAction, UndoSchema } from '../protocol/match-events.ts';
import type { SchemaNode } from './protocol-fields.ts';

/** What each action means; which fields it has is read from its schema. */
const MEANINGS: Readonly<Record<MatchAction | 'undo' | 'amend', string>> = {
  start: 'The match begins',
  toss: 'Who won the toss, and chose to `bat` or to `field`',
  innings:
    'The side `team` begins to bat; `superOver` for one that decides a tie, `target` (`runs`, `overs`) where the umpires have set it, `absent` for who cannot bat',
  revise: 'The umpires set another target (`runs`), or shorten the innings to so many `overs`',
  over: 'The umpire has called the over after more or fewer balls than it should have',
  declare: 'The innings is declared, or `forfeited` before its first ball',
  penalty: '`runs` for the side `team` that belong to no ball',
  retire:
    'A batter leaves, or does not come in time, without a ball; `kind` is one of `retired hurt`, `retired not out`, `retired out`, `timed out`',
  break: 'Play stops for a time',
  resume: 'Play goes on',
  end: 'The match is over. Without `result` the scores tell it; `result` has `winner`, `by` (`{runs}`, `{wickets}` or `{innings, runs}`), `kind` (`tie`, `draw`, `no result`, `abandoned`), `method` and `text`',
  score:
    'In sports whose rules are not known here: `points` for the side `team` (less than 0 to take some away), made by `player`',
  period: 'In the same: a part of the match begins, such as `2nd half`',
  clock: 'In the same: what the clock shows, and whether it runs',
  note: 'Something worth telling in the feed; it changes nothing else',
  undo: 'Takes back the last event that stands, an amendment too',
  amend: 'Replaces event `n` by `event`, at its place',
};

const SCHEMAS = { ...MATCH_ACTION_SCHEMAS, undo: UndoSchema, amend: AmendSchema };
const COMMON: readonly string[] = ['type', 'match', 'action', 'override', 'expected'];

/** One row per action. */
export function matchActions(): string {
  const rows = Object.entries(SCHEMAS).map(([name, schema]) => {
    const { properties = {}, required = [] } = schema as SchemaNode;
    const own = Object.keys(properties).filter((field) => !COMMON.includes(field));
    const fields = own.map((field) => `\`${field}${required.includes(field) ? '' : '?'}\``);
    return `| \`${name}\` | ${fields.join(', ') || 'none'} | ${MEANINGS[name as keyof typeof MEANINGS]} |`;
  });
  return ['| action | fields of its own | meaning |', '|---|---|---|', ...rows].join('\n');
}
