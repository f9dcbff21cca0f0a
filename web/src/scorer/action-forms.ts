import type { ActionEvent, MatchAction } from '../../../protocol/match-events.ts';
import { lastInnings, openInnings } from '../../../scoring/cricket/innings.ts';
import { isOverOpen } from '../../../scoring/cricket/overs.ts';
import type { CricketState } from '../../../scoring/cricket/state.ts';
import type { GenericState } from '../../../scoring/generic/state.ts';
import { squadOf } from './options.ts';

/** What happens besides the balls, as forms of a few fields. Whether it can happen is for the rules. */

export interface Field {
  readonly name: string;
  readonly label: string;
  /** Without any: a number where `number` says so, else a text. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly number?: boolean;
  readonly optional?: boolean;
  readonly initial?: string;
}

export type Values = Readonly<Record<string, string>>;

export interface ActionForm {
  readonly id: string;
  readonly label: string;
  readonly fields: readonly Field[];
  /** What the event says, of what was filled in. */
  read(values: Values): ActionFields;
}

export type ActionFields = {
  [A in MatchAction]: { readonly action: A } & Omit<ActionEvent<A>, 'type' | 'match' | 'action'>;
}[MatchAction];

const same = (values: readonly string[]): { value: string; label: string }[] =>
  values.map((value) => ({ value, label: value }));
const filled = (text: string | undefined): text is string => text !== undefined && text.trim() !== '';
const numberOf = (text: string | undefined): number | undefined => (filled(text) ? Number(text) : undefined);
/** Without what was left empty. */
const given = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

const NOTE: ActionForm = {
  id: 'note',
  label: 'Commentary',
  fields: [{ name: 'text', label: 'What to tell' }],
  read: ({ text = '' }) => ({ action: 'note', text: text.trim() }),
};

const BREAK: ActionForm = {
  id: 'break',
  label: 'Interrupt play',
  fields: [{ name: 'reason', label: 'Why (rain, tea, …)', optional: true }],
  read: ({ reason }) => ({
    action: 'break',
    ...given({ reason: filled(reason) ? reason.trim() : undefined }),
  }),
};

const RESUME: ActionForm = {
  id: 'resume',
  label: 'Resume play',
  fields: [],
  read: () => ({ action: 'resume' }),
};

/** The forms that make sense in this state. */
export function cricketForms(state: CricketState): readonly ActionForm[] {
  const open = openInnings(state);
  if (state.outcome !== undefined) return [NOTE, endForm(state.teams)];
  const pause = state.paused ? RESUME : BREAK;
  if (lastInnings(state) === undefined) return [tossForm(state.teams), NOTE, pause, endForm(state.teams)];
  if (open === undefined)
    return [NOTE, inningsForm(state), penaltyForm(state.teams), pause, endForm(state.teams)];
  return [
    NOTE,
    retireForm(state),
    penaltyForm(state.teams),
    pause,
    ...(isOverOpen(open) ? [OVER] : []),
    REVISE,
    DECLARE,
    inningsForm(state),
    endForm(state.teams),
  ];
}

function tossForm(teams: readonly string[]): ActionForm {
  return {
    id: 'toss',
    label: 'Toss',
    fields: [
      { name: 'winner', label: 'Who won it', choices: same(teams) },
      { name: 'decision', label: 'And chose to', choices: same(['bat', 'field']) },
    ],
    read: ({ winner = '', decision }) => ({
      action: 'toss',
      winner,
      decision: decision === 'bat' ? 'bat' : 'field',
    }),
  };
}

function retireForm(state: CricketState): ActionForm {
  const innings = openInnings(state);
  const batters = [innings?.striker, innings?.nonStriker].filter((each) => each !== undefined);
  const waiting = (innings && squadOf(state, innings.side)) ?? [];
  const others = waiting.filter((name) => !innings?.batters.has(name) && !batters.includes(name));
  const kinds = ['retired hurt', 'retired not out', 'retired out', 'timed out'] as const;
  return {
    id: 'retire',
    label: 'Batter retires or is timed out',
    fields: [
      {
        name: 'player',
        label: 'Who',
        ...(batters.length + others.length > 0 ? { choices: same([...batters, ...others]) } : {}),
      },
      { name: 'kind', label: 'How', choices: same(kinds) },
    ],
    read: ({ player = '', kind }) => ({
      action: 'retire',
      player: player.trim(),
      kind: kinds.find((each) => each === kind) ?? 'retired hurt',
    }),
  };
}

function penaltyForm(teams: readonly string[]): ActionForm {
  return {
    id: 'penalty',
    label: 'Penalty runs',
    fields: [
      { name: 'team', label: 'For', choices: same(teams) },
      { name: 'runs', label: 'Runs', number: true, initial: '5' },
    ],
    read: ({ team = '', runs }) => ({ action: 'penalty', team, runs: numberOf(runs) ?? 0 }),
  };
}

const OVER: ActionForm = {
  id: 'over',
  label: 'Umpire calls over',
  fields: [],
  read: () => ({ action: 'over' }),
};

const REVISE: ActionForm = {
  id: 'revise',
  label: 'Revised target or overs',
  fields: [
    { name: 'runs', label: 'Runs to win', number: true, optional: true },
    { name: 'overs', label: 'Overs of this innings', number: true, optional: true },
  ],
  read: ({ runs, overs }) => ({
    action: 'revise',
    ...given({ runs: numberOf(runs), overs: numberOf(overs) }),
  }),
};

const DECLARE: ActionForm = {
  id: 'declare',
  label: 'Declare or forfeit the innings',
  fields: [{ name: 'how', label: 'The innings is', choices: same(['declared', 'forfeited']) }],
  read: ({ how }) => ({ action: 'declare', ...(how === 'forfeited' ? { forfeited: true } : {}) }),
};

function inningsForm(state: CricketState): ActionForm {
  const last = lastInnings(state);
  const teams = last?.side === 0 ? [...state.teams].reverse() : state.teams;
  return {
    id: 'innings',
    label: 'New innings with a set target',
    fields: [
      { name: 'team', label: 'Who bats', choices: same(teams) },
      { name: 'runs', label: 'Runs to win', number: true, optional: true },
      { name: 'overs', label: 'In overs', number: true, optional: true },
    ],
    read: ({ team = '', runs, overs }) => {
      const target = numberOf(runs);
      return {
        action: 'innings',
        team,
        ...(target === undefined ? {} : { target: { runs: target, ...given({ overs: numberOf(overs) }) } }),
      };
    },
  };
}

const AS_SCORED = 'as the scores tell';
const NOBODY = ['tie', 'draw', 'no result', 'abandoned'] as const;

function endForm(teams: readonly string[]): ActionForm {
  return {
    id: 'end',
    label: 'End the match',
    fields: [
      {
        name: 'result',
        label: 'Result',
        choices: [
          { value: AS_SCORED, label: 'As the scores tell' },
          ...teams.map((team) => ({ value: `won:${team}`, label: `${team} won` })),
          ...NOBODY.map((kind) => ({ value: kind, label: kind[0]?.toUpperCase() + kind.slice(1) })),
        ],
      },
      { name: 'method', label: 'Decided by (D/L, awarded, …)', optional: true },
    ],
    read: ({ result = AS_SCORED, method }) => {
      const winner = result.startsWith('won:') ? result.slice('won:'.length) : undefined;
      const kind = NOBODY.find((each) => each === result);
      const told = given({ winner, kind, method: filled(method) ? method.trim() : undefined });
      return { action: 'end', ...(Object.keys(told).length > 0 ? { result: told } : {}) };
    },
  };
}

/** Of a sport of which only the points are known. */
export function genericForms(state: GenericState): readonly ActionForm[] {
  if (state.result !== undefined) return [NOTE];
  return [NOTE, PERIOD, CLOCK, state.paused ? RESUME : BREAK, endForm(state.teams)];
}

const PERIOD: ActionForm = {
  id: 'period',
  label: 'New period',
  fields: [{ name: 'name', label: 'Such as 2nd half' }],
  read: ({ name = '' }) => ({ action: 'period', name: name.trim() }),
};

const CLOCK: ActionForm = {
  id: 'clock',
  label: 'Set the clock',
  fields: [
    { name: 'minutes', label: 'Minutes', number: true, initial: '0' },
    { name: 'seconds', label: 'Seconds', number: true, initial: '0' },
    { name: 'running', label: 'And it', choices: same(['runs', 'stands']) },
  ],
  read: ({ minutes, seconds, running }) => ({
    action: 'clock',
    seconds: 60 * (numberOf(minutes) ?? 0) + (numberOf(seconds) ?? 0),
    running: running !== 'stands',
  }),
};

/** A required field is empty, or a number is none. */
export function isFilledIn({ fields }: ActionForm, values: Values): boolean {
  return fields.every(({ name, optional, number }) => {
    const text = values[name];
    if (!filled(text)) return optional === true;
    return !number || Number.isFinite(Number(text));
  });
}

export function initialValues({ fields }: ActionForm): Record<string, string> {
  return Object.fromEntries(
    fields.map(({ name, initial, choices }) => [name, initial ?? choices?.[0]?.value ?? '']),
  );
}
