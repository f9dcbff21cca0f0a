import { expect, test } from 'vitest';
import { DEFAULT_TIMING, timingOf } from './timing.ts';

test('the default periods leave room for a lost message or a late timer each', () => {
  const {
    leaseTermMs,
    leaseRenewMs,
    leaseRetryMs,
    tickMs,
    heartbeatMs,
    heartbeatTimeoutMs,
    probeMs,
    probeTimeoutMs,
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
  // A takeover takes no longer than a probe may stay away, nor do two that are lost on the way.
  expect(leaseTermMs + leaseRetryMs + probeMs + tickMs).toBeLessThan(probeTimeoutMs);
  expect(probeMs * 3 + tickMs).toBeLessThan(probeTimeoutMs);
  expect(watchMs * 3).toBeLessThanOrEqual(interestMs);
  expect(watchRetryMs).toBeLessThan(watchMs);
  expect(watchMs).toBeLessThan(reReadMs);
});

test.each([10, 500, 5000, 60_000])('no probe is late merely because of ticks of %i ms', (tickMs) => {
  const { probeMs, probeTimeoutMs, leaseTermMs, leaseRetryMs } = timingOf(tickMs);
  expect(probeMs * 3 + tickMs).toBeLessThan(probeTimeoutMs);
  expect(leaseTermMs + leaseRetryMs + probeMs + tickMs).toBeLessThan(probeTimeoutMs);
  expect(timingOf(tickMs).tickMs).toBe(tickMs);
});

test('the usual ticks have the usual periods', () => {
  expect(timingOf(DEFAULT_TIMING.tickMs)).toEqual(DEFAULT_TIMING);
});
