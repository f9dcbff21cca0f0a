import type { CricsheetMatch } from './cricsheet-format.ts';

/** Whether a file has the form that we read, so that one of another kind is told in words, and not by a crash somewhere within. */

type Explain = (value: unknown, at: string) => string | undefined;

/** Says in one line where the file is not of Cricsheet's form, if so. What we do not read may be anything. */
export function explainCricsheet(file: unknown): string | undefined {
  return explainFile(file, '');
}

export function isCricsheet(file: unknown): file is CricsheetMatch {
  return explainCricsheet(file) === undefined;
}

const text: Explain = (value, at) =>
  typeof value === 'string' && value !== '' ? undefined : `"${at}" must be a text`;
const count: Explain = (value, at) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? undefined
    : `"${at}" must be a number from 0`;
const overs: Explain = (value, at) =>
  typeof value === 'number' && value >= 0 ? undefined : `"${at}" must be a number of overs`;
const yesOrNo: Explain = (value, at) =>
  typeof value === 'boolean' ? undefined : `"${at}" must be true or false`;

function optional(explain: Explain): Explain {
  return (value, at) => (value === undefined ? undefined : explain(value, at));
}

function list(explain: Explain): Explain {
  return (value, at) =>
    Array.isArray(value)
      ? first(value.map((each, index) => () => explain(each, `${at}[${index}]`)))
      : `"${at}" must be a list`;
}

function object(fields: Readonly<Record<string, Explain>>): Explain {
  return (value, at) => {
    if (!isObject(value)) return at === '' ? 'it must be an object' : `"${at}" must be an object`;
    const prefix = at === '' ? '' : `${at}.`;
    return first(
      Object.entries(fields).map(
        ([name, explain]) =>
          () =>
            explain(value[name], `${prefix}${name}`),
      ),
    );
  };
}

function record(explain: Explain): Explain {
  return (value, at) =>
    isObject(value)
      ? first(
          Object.entries(value).map(
            ([name, each]) =>
              () =>
                explain(each, `${at}.${name}`),
          ),
        )
      : `"${at}" must be an object`;
}

function either(one: Explain, other: Explain): Explain {
  return (value, at) => (one(value, at) === undefined ? undefined : other(value, at));
}

/** The first fault; what comes after it is not looked at. */
function first(explanations: readonly (() => string | undefined)[]): string | undefined {
  for (const explain of explanations) {
    const problem = explain();
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const twoTeams: Explain = (value, at) => {
  const problem = list(text)(value, at);
  if (problem !== undefined) return problem;
  const teams = value as string[];
  return teams.length === 2 && teams[0] !== teams[1] ? undefined : `"${at}" must be two teams`;
};

const replacement = {
  in: optional(text),
  out: optional(text),
  team: optional(text),
  role: optional(text),
  reason: optional(text),
};

const explainDelivery = object({
  batter: text,
  bowler: text,
  non_striker: text,
  runs: object({ batter: count, extras: count, total: count, non_boundary: optional(yesOrNo) }),
  extras: optional(
    object({
      wides: optional(count),
      noballs: optional(count),
      byes: optional(count),
      legbyes: optional(count),
      penalty: optional(count),
    }),
  ),
  wickets: optional(
    list(
      object({
        player_out: text,
        kind: text,
        fielders: optional(
          list(either(text, object({ name: optional(text), substitute: optional(yesOrNo) }))),
        ),
      }),
    ),
  ),
  replacements: optional(
    object({ match: optional(list(object(replacement))), role: optional(list(object(replacement))) }),
  ),
});

const explainInnings = object({
  team: text,
  overs: optional(list(object({ over: count, deliveries: list(explainDelivery) }))),
  super_over: optional(yesOrNo),
  declared: optional(yesOrNo),
  forfeited: optional(yesOrNo),
  absent_hurt: optional(list(text)),
  target: optional(object({ runs: optional(count), overs: optional(overs) })),
  penalty_runs: optional(object({ pre: optional(count), post: optional(count) })),
  miscounted_overs: optional(record(object({ balls: optional(either(count, text)) }))),
});

const explainFile = object({
  info: object({
    teams: twoTeams,
    players: optional(record(list(text))),
    supersubs: optional(record(text)),
    match_type: optional(text),
    overs: optional(count),
    balls_per_over: optional(count),
    event: optional(object({ name: optional(text) })),
    toss: optional(object({ winner: optional(text), decision: optional(text) })),
    outcome: optional(
      object({
        winner: optional(text),
        by: optional(object({ runs: optional(count), wickets: optional(count), innings: optional(count) })),
        result: optional(text),
        method: optional(text),
        eliminator: optional(text),
        bowl_out: optional(text),
      }),
    ),
  }),
  innings: optional(list(explainInnings)),
});
