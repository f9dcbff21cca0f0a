import { WINDOW_BOUNDARY_MS } from '../../store/score-store.ts';

/** The time between two boundaries of windows: what was accepted in the same one belongs to the same windows in every time zone. */
export function windowPeriodOf(acceptedAt: number): number {
  return Math.floor(acceptedAt / WINDOW_BOUNDARY_MS);
}
