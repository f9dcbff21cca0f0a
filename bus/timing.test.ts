import { expect, test } from 'vitest';
import { DEFAULT_TIMING } from './timing.ts';

test('the default periods leave room for a lost message or a late timer each', () => {
  const {
    leaseTermMs,
    leaseRenewMs,
    leaseRetryMs,
    tickMs,
    heartbeatMs,
    heartbeatTimeoutMs,
    watchMs,
    watchRetryMs,
    interestMs,
    reReadMs,
  } = DEFAULT_TIMING;
  // An owner that has not renewed for half a term publishes nothing, so it has to get two tries before.
  expect(leaseRenewMs * 2).toBeLessThanOrEqual(leaseTermMs / 2);
  // A broadcaster that is killed is replaced, and the next change told, within 3 s.
  expect(leaseTermMs + leaseRetryMs + tickMs).toBeLessThan(3000);
  expect(heartbeatMs * 3).toBeLessThanOrEqual(heartbeatTimeoutMs);
  expect(watchMs * 3).toBeLessThanOrEqual(interestMs);
  expect(watchRetryMs).toBeLessThan(watchMs);
  expect(watchMs).toBeLessThan(reReadMs);
});
