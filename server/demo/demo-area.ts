import type { SessionEvent } from '../../protocol/events.ts';
import { demoMember } from './demo-scores.ts';

/** Users of an area who come, go and move between its modes, whose popularity drifts. Pure: the same random function gives the same. */
export interface DemoArea {
  next(count: number): readonly SessionEvent[];
}

const MODES = ['battle royale', 'team deathmatch', 'capture the flag', 'king of the hill', 'free for all'];
const LOGOUT_CHANCE = 0.25;
/** How far the popularity of one mode moves with every event. */
const DRIFT = 0.3;

export function createDemoArea(
  area: string,
  { users, modes }: { readonly users: number; readonly modes: number },
  random: () => number,
): DemoArea {
  const popularity = Array.from({ length: modes }, () => 0.2 + random());
  const below = (count: number): number => Math.floor(random() * count);
  const drift = (): void => {
    const mode = below(modes);
    popularity[mode] = Math.min(2, Math.max(0.1, (popularity[mode] ?? 0) + (random() - 0.5) * DRIFT));
  };
  const pick = (): number => {
    let left = random() * popularity.reduce((sum, one) => sum + one, 0);
    return Math.max(
      0,
      popularity.findIndex((one) => {
        left -= one;
        return left < 0;
      }),
    );
  };
  const next = (): SessionEvent => {
    drift();
    const action = random() < LOGOUT_CHANCE ? 'LOGOUT' : 'LOGIN';
    return { type: 'session', area, mode: modeName(pick()), user: demoMember(below(users)), action };
  };
  return { next: (count) => Array.from({ length: count }, next) };
}

function modeName(mode: number): string {
  return MODES[mode] ?? `mode ${mode + 1}`;
}
