import type { Delivery } from '../../protocol/match-events.ts';
import { howOut } from './commentary-wicket.ts';
import { isWithoutBall } from './crease.ts';
import { count } from './words.ts';

/** A ball in words: `FOUR`, `no-ball, 1 run`, `1 run, OUT! Run out by Root`. */
export function ballInWords(delivery: Delivery): string {
  const outs = (delivery.wickets ?? []).filter(({ kind }) => !isWithoutBall(kind));
  const scored = runsInWords(delivery);
  const out = outs.map((wicket) => `OUT! ${howOut(wicket)}`).join('. ');
  if (out === '') return scored.length === 0 ? 'no run' : scored.join(', ');
  return [...scored, out].join(', ');
}

function runsInWords({ runs, extras = {} }: Delivery): string[] {
  const { wides = 0, noballs = 0, byes = 0, legbyes = 0, penalty = 0 } = extras;
  const counted = (number: number, what: string): string[] => (number > 0 ? [count(number, what)] : []);
  return [
    ...(wides === 1 ? ['wide'] : counted(wides, 'wide')),
    ...(noballs === 1 ? ['no-ball'] : counted(noballs, 'no-ball')),
    ...offTheBat(runs),
    ...counted(byes, 'bye'),
    ...counted(legbyes, 'leg bye'),
    ...counted(penalty, 'penalty run'),
  ];
}

function offTheBat({ batter, non_boundary }: Delivery['runs']): string[] {
  if (batter === 0) return [];
  const isBoundary = batter === 4 || batter === 6;
  if (!isBoundary) return [count(batter, 'run')];
  if (non_boundary) return [`${count(batter, 'run')}, all run`];
  return [batter === 4 ? 'FOUR' : 'SIX'];
}

/** Who has come for whom before the ball. */
export function replacementsInWords({ bowler, batter, replacements = {} }: Delivery): string[] {
  const { match = [], role = [] } = replacements;
  return [
    ...match.map(({ in: player, out, team, reason }) =>
      out === undefined
        ? `${player} joins ${team}${because(reason)}`
        : `${player} replaces ${out}${because(reason)}`,
    ),
    ...role.flatMap(({ role: name, out, reason }) => {
      if (out === undefined || (name !== 'bowler' && name !== 'batter')) return [];
      return name === 'bowler'
        ? [`${bowler} takes over from ${out}${because(reason)}`]
        : [`${batter} comes in for ${out}${because(reason)}`];
    }),
  ];
}

function because(reason = ''): string {
  return reason === '' || reason === 'unknown' ? '' : ` (${reason.replaceAll('_', ' ')})`;
}
