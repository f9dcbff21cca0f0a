import { ID_FORM, isId } from './protocol/names.ts';
import type { EnvReader } from './runtime/env-reader.ts';

export interface DemoSettings {
  /** A match of cricket alone, or with a fantasy contest; or boards, games and areas beside it. */
  readonly plays: 'everything' | 'match' | 'fantasy';
  /** From one ball of the match to the next. */
  readonly ballMs: number;
  readonly board: string;
  readonly players: number;
  /** Score changes at once. */
  readonly batch: number;
  readonly pauseMs: number;
  /** Of the fantasy contest. */
  readonly teams: number;
  /** A file of Cricsheet with the match that drives it, in place of one that nobody has played. */
  readonly file: string | undefined;
}

/** Twenty times as fast as balls are bowled. */
const FANTASY_BALL_MS = 1650;

export function readDemo(env: EnvReader): DemoSettings | undefined {
  const told = env.choice('DEMO', '0', ['0', '1', 'false', 'true', 'match', 'fantasy']);
  if (told === '0' || told === 'false') return undefined;
  return {
    plays: told === 'match' || told === 'fantasy' ? told : 'everything',
    ballMs: env.integer('DEMO_BALL_MS', told === 'fantasy' ? FANTASY_BALL_MS : 2000, {
      min: 10,
      max: 600_000,
    }),
    board: env.formed('DEMO_BOARD', 'demo', isId, `an id: ${ID_FORM}`),
    players: env.integer('DEMO_PLAYERS', 60, { min: 2, max: 10_000 }),
    batch: env.integer('DEMO_BATCH', 6, { min: 1, max: 10_000 }),
    pauseMs: env.integer('DEMO_PAUSE_MS', 400, { min: 10, max: 600_000 }),
    teams: env.integer('DEMO_TEAMS', 100_000, { min: 1, max: 10_000_000 }),
    file: env.text('DEMO_FILE'),
  };
}
