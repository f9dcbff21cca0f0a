import type { DeliveryEvent, PlayEvent } from '../../protocol/match-events.ts';
import type { CricketDocument, Fixture } from '../../protocol/matches.ts';
import type { CricsheetMatch } from '../../scoring/cricket/cricsheet-format.ts';

/** A file that may be changed. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object | undefined ? Mutable<T[K]> : T[K] };
export type File = Mutable<CricsheetMatch>;
export type FileInnings = NonNullable<File['innings']>[number];
export type FileDelivery = NonNullable<FileInnings['overs']>[number]['deliveries'][number];

/** The file that Cricsheet would have of a match; without what it has no place for: penalties and retirements between balls. */
export function cricsheetOf(fixture: Fixture, events: readonly PlayEvent[], document: CricketDocument): File {
  const { teams, squads, format = {} } = fixture;
  const innings: FileInnings[] = [];
  for (const event of events) {
    if (event.type === 'delivery') addDelivery(innings, event);
    else if (event.action === 'innings') {
      innings.push({ team: event.team, overs: [], ...(event.superOver ? { super_over: true } : {}) });
    } else if (event.action === 'declare') {
      const last = innings.at(-1);
      if (last !== undefined) last.declared = true;
    }
  }
  return structuredClone({
    info: {
      teams: [...teams],
      ...(squads === undefined ? {} : { players: { [teams[0]]: squads[0], [teams[1]]: squads[1] } }),
      ...(format.overs === undefined ? { match_type: 'Test' } : { match_type: 'T20', overs: format.overs }),
      balls_per_over: format.ballsPerOver ?? 6,
      toss: { winner: teams[0], decision: 'bat' },
      outcome: outcomeOf(document),
    },
    innings,
  }) as File;
}

function addDelivery(innings: FileInnings[], { over, delivery }: DeliveryEvent): void {
  const last = innings.at(-1);
  if (last === undefined) throw new Error('a ball before the first innings');
  last.overs ??= [];
  if (last.overs.at(-1)?.over !== over) last.overs.push({ over, deliveries: [] });
  last.overs.at(-1)?.deliveries.push(delivery as FileDelivery);
}

function outcomeOf({ result }: CricketDocument): CricsheetMatch['info']['outcome'] {
  const { winner, by } = result ?? {};
  if (winner === undefined) return { result: 'draw' };
  return by === undefined ? { result: 'tie', eliminator: winner } : { winner, by };
}
