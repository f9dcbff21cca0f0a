import fc from 'fast-check';
import { WICKET_KINDS } from '../../protocol/match-events.ts';
import type { File, FileDelivery, FileInnings } from './cricsheet-of.ts';

/** What may be odd in a file, done to one: it is still of the form, whatever the laws say to it. */
export type Mutation = (file: File) => void;

interface Place {
  readonly innings: number;
  readonly over: number;
  readonly ball: number;
}

const anyPlace: fc.Arbitrary<Place> = fc.record({
  innings: fc.nat(9999),
  over: fc.nat(9999),
  ball: fc.nat(9999),
});

function at<T>(list: readonly T[] | undefined, index: number): T | undefined {
  return list === undefined || list.length === 0 ? undefined : list[index % list.length];
}

function within(file: File, place: Place) {
  const innings = at(file.innings, place.innings);
  const over = at(innings?.overs, place.over);
  const ball = at(over?.deliveries, place.ball);
  return innings === undefined || over === undefined || ball === undefined
    ? undefined
    : { innings, overs: innings.overs ?? [], over, ball };
}

type Spot = NonNullable<ReturnType<typeof within>>;

const change = (how: (spot: Spot, file: File) => void): fc.Arbitrary<Mutation> =>
  anyPlace.map((place) => (file) => {
    const spot = within(file, place);
    if (spot !== undefined) how(spot, file);
  });

const inInnings = (how: (innings: FileInnings, file: File) => void): fc.Arbitrary<Mutation> =>
  fc.nat(99).map((place) => (file) => {
    const innings = at(file.innings, place);
    if (innings !== undefined) how(innings, file);
  });

function setRuns(ball: FileDelivery, batter: number, extras: NonNullable<FileDelivery['extras']>): void {
  const sum = Object.values(extras).reduce((total, runs) => total + (runs ?? 0), 0);
  ball.runs = { batter, extras: sum, total: batter + sum };
  ball.extras = extras;
}

const anyExtras = fc.record(
  {
    wides: fc.nat(5),
    noballs: fc.nat(5),
    byes: fc.nat(4),
    legbyes: fc.nat(4),
    penalty: fc.constantFrom(0, 5),
  },
  { requiredKeys: [] },
);

export const anyMutation: fc.Arbitrary<Mutation> = fc.oneof(
  change(({ over, ball }) => over.deliveries.splice(over.deliveries.indexOf(ball), 1)),
  change(({ over, ball }) => over.deliveries.splice(over.deliveries.indexOf(ball), 0, structuredClone(ball))),
  change(({ ball }) => {
    const { batter, non_striker } = ball;
    Object.assign(ball, { batter: non_striker, non_striker: batter });
  }),
  change(({ ball }) => Object.assign(ball, { non_striker: ball.batter })),
  change(({ ball }) => Object.assign(ball, { batter: 'A Stranger' })),
  change(({ ball }) => Object.assign(ball, { bowler: 'A Stranger' })),
  change(({ ball }) => Object.assign(ball, { bowler: ball.batter })),
  change(({ ball }) => Object.assign(ball, { extras: {} })),
  change(({ ball }) => Object.assign(ball.runs, { total: ball.runs.total + 3 })),
  change(({ overs, over }) => {
    const from = overs.indexOf(over);
    overs.splice(from, 0, structuredClone(over));
    for (const later of overs.slice(from + 1)) later.over += 1;
  }),
  change(({ overs, over }) => overs.splice(overs.indexOf(over), 1)),
  change(({ overs, over }) => {
    for (const later of overs.slice(overs.indexOf(over))) later.over += 2;
  }),
  fc
    .tuple(
      fc.nat(7),
      anyExtras,
      change(() => undefined),
      anyPlace,
    )
    .map(
      ([batter, extras, , place]): Mutation =>
        (file) => {
          const ball = within(file, place)?.ball;
          if (ball !== undefined) setRuns(ball, batter, extras);
        },
    ),
  fc.tuple(anyPlace, fc.constantFrom(...WICKET_KINDS), fc.constantFrom('striker', 'other', 'nobody')).map(
    ([place, kind, who]): Mutation =>
      (file) => {
        const ball = within(file, place)?.ball;
        if (ball === undefined) return;
        const player_out = { striker: ball.batter, other: ball.non_striker, nobody: 'A Stranger' }[who];
        ball.wickets = [
          ...(ball.wickets ?? []),
          { player_out: player_out ?? '', kind, fielders: [{ substitute: true }] },
        ];
      },
  ),
  change(({ ball, innings }) => {
    ball.replacements = {
      match: [{ in: 'A Substitute', out: ball.batter, team: innings.team, reason: 'concussion_substitute' }],
      role: [{ in: ball.bowler, role: 'bowler', reason: 'injury' }],
    };
  }),
  inInnings((innings) => Object.assign(innings, { declared: true })),
  inInnings((innings) => Object.assign(innings, { forfeited: true, overs: [] })),
  inInnings((innings) => Object.assign(innings, { overs: undefined })),
  inInnings((innings) => Object.assign(innings, { super_over: true })),
  inInnings((innings) => Object.assign(innings, { penalty_runs: { pre: 5, post: 10 } })),
  inInnings((innings) => Object.assign(innings, { target: { runs: 30 } })),
  inInnings((innings) => Object.assign(innings, { target: { runs: 90, overs: 7.3 } })),
  inInnings((innings) =>
    Object.assign(innings, { absent_hurt: [innings.overs?.[0]?.deliveries[0]?.batter ?? 'x'] }),
  ),
  inInnings((innings) => {
    const last = innings.overs?.at(-1);
    if (last === undefined) return;
    innings.miscounted_overs = { [String(last.over)]: { balls: String(last.deliveries.length) } };
  }),
  inInnings((innings, file) => {
    file.innings = file.innings?.filter((each) => each !== innings) ?? [];
  }),
  inInnings((innings, file) => file.innings?.push(structuredClone(innings))),
  fc.constant<Mutation>((file) => file.innings?.reverse()),
  fc.constantFrom('players', 'match_type', 'overs', 'balls_per_over', 'toss', 'outcome', 'event').map(
    (field): Mutation =>
      (file) =>
        Object.assign(file.info, { [field]: undefined }),
  ),
  fc.constantFrom(4, 5, 8).map(
    (balls_per_over): Mutation =>
      (file) =>
        Object.assign(file.info, { balls_per_over }),
  ),
  fc.constant<Mutation>((file) =>
    Object.assign(file.info, { players: { [file.info.teams[0] ?? '']: ['A'] } }),
  ),
  fc
    .constantFrom(
      {},
      { result: 'no result' },
      { result: 'draw' },
      { result: 'tie', method: 'D/L' },
      { result: 'what' },
      { winner: 'Nobody we know' },
    )
    .map(
      (outcome): Mutation =>
        (file) =>
          Object.assign(file.info, { outcome }),
    ),
  fc.constantFrom('winner', 'eliminator', 'bowl_out').map(
    (how): Mutation =>
      (file) =>
        Object.assign(file.info, { outcome: { [how]: file.info.teams[1] } }),
  ),
  fc.constant<Mutation>((file) =>
    Object.assign(file.info, { outcome: { winner: file.info.teams[0], method: 'Awarded' } }),
  ),
);
