/** Broadcasters that come, go, die and stand still under load: what viewers see of it, with real processes. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_TIMING } from '../../bus/timing.ts';
import { type Installation, startInstallation } from '../support/cluster.ts';
import { waitUntil } from '../support/processes.ts';
import { type RunningScorewire, request } from '../support/scorewire.ts';
import { writeHandoverTable } from './fault-table.ts';
import { watchFences } from './fences.ts';
import { BOARDS, type Handover, Viewers } from './viewers.ts';

const TEST_MS = 90_000;
/** What is promised for a broadcaster that is killed. */
const TAKEOVER_MS = 3000;
const rows: (readonly [name: string, handover: Handover])[] = [];
afterAll(() => writeHandoverTable(rows));

describe('broadcasters that share the partitions', () => {
  let house: Installation;
  let servers: RunningScorewire[];
  let viewers: Viewers;
  let fences: Awaited<ReturnType<typeof watchFences>>;

  /** Starts one more, and waits until it has its share. */
  const join = async (): Promise<RunningScorewire> => {
    const since = Date.now();
    const joined = await house.broadcaster();
    await viewers.seeNewOwners(since);
    return joined;
  };
  const note = (name: string, since: number): Handover => {
    const handover = viewers.handover(since);
    rows.push([name, handover]);
    expect(handover.moved).toBeGreaterThan(0);
    // Nobody is sent from one owner to another and on to a third.
    expect(handover.changesEach).toBe(1);
    return handover;
  };

  beforeEach(async () => {
    house = await startInstallation();
    servers = await Promise.all([house.server(), house.server()]);
    await house.broadcaster();
    await waitUntil(
      async () => (await request(`${servers[1]?.url}/readyz`)).status === 200,
      'the servers to hear an owner',
    );
    fences = await watchFences(
      house.nats.url,
      BOARDS.map((board) => `board:${board}`),
    );
    viewers = await Viewers.open(servers);
    await viewers.seeAll();
  }, TEST_MS);
  afterEach(async () => {
    await viewers.finish();
    expect(viewers.clients.flatMap(({ violations }) => violations)).toEqual([]);
    // Nobody was ever left behind: a view that was missed would have been a snapshot.
    for (const { frames } of viewers.clients) {
      expect(frames.filter(({ type }) => type === 'snapshot' || type === 'error')).toEqual([]);
    }
    expect(fences.violations).toEqual([]);
    await fences.stop();
    await house.stop();
  }, TEST_MS);

  it(
    'a second and a third join under load: each is handed its share, and no viewer misses anything',
    async () => {
      for (const name of ['a second broadcaster joins', 'a third broadcaster joins']) {
        const since = Date.now();
        await join();
        const { moved, silenceMs } = note(name, since);
        expect(moved).toBeLessThan(BOARDS.length);
        // It was handed over: nobody waited for a lease to end.
        expect(silenceMs).toBeLessThan(DEFAULT_TIMING.leaseTermMs);
      }
    },
    TEST_MS,
  );

  it(
    'one that is stopped hands over: no viewer misses anything, and nobody waits for its leases',
    async () => {
      const leaver = await join();
      const since = Date.now();
      leaver.process.signal('SIGTERM');
      await viewers.seeNewOwners(since);
      await leaver.process.exited;
      expect(leaver.process.exitCode()).toBe(0);
      const { silenceMs } = note('a broadcaster is stopped (SIGTERM)', since);
      expect(silenceMs).toBeLessThan(DEFAULT_TIMING.leaseTermMs);
      for (const { frames } of viewers.clients) {
        expect(frames.filter(({ type }) => type === 'status')).toEqual([]);
      }
    },
    TEST_MS,
  );

  it(
    `one that is killed is replaced within ${TAKEOVER_MS} ms, by all others together`,
    async () => {
      const victims = [await join(), await join()];
      for (const [i, { process }] of victims.entries()) {
        const since = Date.now();
        process.signal('SIGKILL');
        await viewers.seeNewOwners(since);
        const { takeoverMs } = note(`a broadcaster is killed (-9), ${2 - i} left`, since);
        expect(takeoverMs).toBeLessThan(TAKEOVER_MS);
      }
    },
    TEST_MS,
  );

  it(
    'one that stands still past its leases publishes nothing when it goes on, and gets its share back',
    async () => {
      const sleeper = await join();
      const since = Date.now();
      sleeper.process.signal('SIGSTOP');
      await viewers.seeNewOwners(since);
      note('a broadcaster stands still (SIGSTOP)', since);
      const awakeAt = Date.now();
      sleeper.process.signal('SIGCONT');
      await viewers.seeNewOwners(awakeAt);
      note('it goes on (SIGCONT)', awakeAt);
    },
    TEST_MS,
  );
});
