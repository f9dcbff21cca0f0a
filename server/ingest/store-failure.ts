import { OperatingError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type ScoreStore, StoreUnavailableError } from '../../store/score-store.ts';
import type { Loss } from './settlement.ts';

/** How long callers are asked to wait while the store is away. */
export const STORE_RETRY_MS = 1000;

/** An outage is a warning, anything else a defect; either way callers may try again after the returned milliseconds. */
export function logStoreFailure(logger: Logger, error: unknown, what: string, fields: object = {}): number {
  const expected = error instanceof OperatingError;
  if (expected) logger.warn({ ...fields, err: error }, what);
  else logger.error({ ...fields, err: error }, `${what}, in an unexpected way`);
  return expected ? error.retryAfterMs : STORE_RETRY_MS;
}

/** Of what is not even sent, since the store is known to be down. */
export function lossOfDown({ writeRefusal }: Pick<ScoreStore, 'writeRefusal'>): Loss {
  const trouble = writeRefusal === undefined ? 'away' : 'refused';
  return { attempted: false, trouble, retryAfterMs: STORE_RETRY_MS };
}

/** What is known of the operations of a batch that the store has rejected. */
export function lossOf(error: unknown, retryAfterMs: number): Loss {
  if (!(error instanceof OperatingError)) return { attempted: true, trouble: 'failed', retryAfterMs };
  const change = error instanceof StoreUnavailableError ? error.change : 'unknown';
  return {
    attempted: change === 'unknown',
    trouble: change === 'refused' ? 'refused' : 'away',
    retryAfterMs,
  };
}
