import { type Delivery, WICKET_KINDS, type Wicket } from '../../protocol/match-events.ts';
import type { CricsheetDelivery } from './cricsheet-format.ts';

type Replacements = NonNullable<Delivery['replacements']>;

/** A ball of a file, with what we use of it. */
export function deliveryOf(ball: CricsheetDelivery): Delivery {
  const { batter, bowler, non_striker, runs, extras, wickets = [] } = ball;
  const replacements = replacementsOf(ball);
  return {
    batter,
    bowler,
    non_striker,
    runs: {
      batter: runs.batter,
      extras: runs.extras,
      total: runs.total,
      ...(runs.non_boundary ? { non_boundary: true } : {}),
    },
    ...(extras === undefined ? {} : { extras: accountsOf(extras) }),
    ...(wickets.length === 0 ? {} : { wickets: wickets.map(wicketOf) }),
    ...(replacements === undefined ? {} : { replacements }),
  };
}

const ACCOUNTS = ['wides', 'noballs', 'byes', 'legbyes', 'penalty'] as const;

function accountsOf(extras: NonNullable<CricsheetDelivery['extras']>): NonNullable<Delivery['extras']> {
  return Object.fromEntries(
    ACCOUNTS.flatMap((account) => (extras[account] === undefined ? [] : [[account, extras[account]]])),
  );
}

function wicketOf({
  player_out,
  kind: told,
  fielders = [],
}: NonNullable<CricsheetDelivery['wickets']>[number]): Wicket {
  const kind = WICKET_KINDS.find((each) => each === told);
  if (kind === undefined) throw new Error(`not a match of Cricsheet: nobody can be out "${told}"`);
  const named = fielders.map((fielder) => {
    if (typeof fielder === 'string') return { name: fielder };
    const { name, substitute } = fielder;
    return { ...(name === undefined ? {} : { name }), ...(substitute ? { substitute } : {}) };
  });
  return { player_out, kind, ...(named.length === 0 ? {} : { fielders: named }) };
}

function replacementsOf({ replacements = {} }: CricsheetDelivery): Replacements | undefined {
  const match = (replacements.match ?? []).flatMap(({ in: player, team, ...from }) =>
    player === undefined || team === undefined ? [] : [{ in: player, team, ...leaving(from) }],
  );
  const role = (replacements.role ?? []).flatMap(({ role: name, ...from }) =>
    name === undefined ? [] : [{ role: name, ...leaving(from) }],
  );
  if (match.length + role.length === 0) return undefined;
  return { ...(match.length === 0 ? {} : { match }), ...(role.length === 0 ? {} : { role }) };
}

function leaving({ out, reason }: { out?: string; reason?: string }): { out?: string; reason?: string } {
  return { ...(out === undefined ? {} : { out }), ...(reason === undefined ? {} : { reason }) };
}
