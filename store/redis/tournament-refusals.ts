import {
  HAS_STARTED,
  NO_TOURNAMENT,
  NOT_A_PLAYER,
  NOT_STARTED,
  TOO_GREAT,
  TOO_MANY_PLAYERS,
  TOO_MANY_TEAMS,
} from '../tournament-rules.ts';

/** What the scripts of tournaments say where they change nothing (see lua/include-tournaments.lua). */
const REFUSALS = {
  'no-tournament': ['not_found', NO_TOURNAMENT],
  'not-a-player': ['not_found', NOT_A_PLAYER],
  started: ['conflict', HAS_STARTED],
  'not-started': ['conflict', NOT_STARTED],
  'too-great': ['too_large', TOO_GREAT],
  'too-many-players': ['too_large', TOO_MANY_PLAYERS],
  'too-many-teams': ['too_large', TOO_MANY_TEAMS],
} as const;

interface RefusedChange {
  readonly ok: false;
  readonly code: 'not_found' | 'conflict' | 'too_large';
  readonly message: string;
}

export function refusalOf(said: string): RefusedChange {
  const known = Object.entries(REFUSALS).find(([word]) => word === said);
  if (known === undefined) throw new Error(`defect: a script said ${JSON.stringify(said)} of a tournament`);
  const [code, message] = known[1];
  return { ok: false, code, message };
}

export function isOutcome(said: string): said is 'added' | 'replaced' | 'unchanged' {
  return said === 'added' || said === 'replaced' || said === 'unchanged';
}
