import { OperatingError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';

/** How long callers are asked to wait while the store is away. */
export const STORE_RETRY_MS = 1000;

/** An outage is a warning, anything else a defect; either way callers may try again after the returned milliseconds. */
export function logStoreFailure(logger: Logger, error: unknown, what: string, fields: object = {}): number {
  const expected = error instanceof OperatingError;
  if (expected) logger.warn({ ...fields, err: error }, what);
  else logger.error({ ...fields, err: error }, `${what}, in an unexpected way`);
  return expected ? error.retryAfterMs : STORE_RETRY_MS;
}
