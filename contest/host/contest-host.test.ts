import { afterEach, describe, expect, test } from 'vitest';
import { isRefused, type Refused } from '../refusal.ts';
import { ContestHost } from './contest-host.ts';

/** The thread runs from the sources, as the tests do. */
const execArgv = ['--import', './scripts/typescript-threads.mjs'];
const hosts: ContestHost[] = [];

async function startHost(onLost?: (cause: unknown) => void): Promise<ContestHost> {
  const host = new ContestHost({ execArgv, ...(onLost === undefined ? {} : { onLost }) });
  hosts.push(host);
  await host.start();
  return host;
}

afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

function good<T>(answer: T | Refused): T {
  if (isRefused(answer)) throw new Error(answer.refused.message);
  return answer;
}

const line = (team: string, bonus: number): string =>
  `${JSON.stringify({ team, leagues: ['office', '__proto__'], cards: [{ player: 'kohli', bonus }] })}\n`;

async function begin(host: ContestHost, contest: string): Promise<void> {
  await host.ask(contest, 'open', {});
  const lines = Buffer.from(line('ann', 2) + line('bob', 1.5));
  good(await host.ask(contest, 'register', { lines, firstLine: 1 }));
  good(await host.ask(contest, 'start', undefined));
  good(await host.ask(contest, 'points', { points: [['kohli', 10]] }));
}

describe('a host', () => {
  test('registers, starts, ticks and reads in its thread', async () => {
    const host = await startHost();
    await begin(host, 'ipl');
    const watched = { leagues: [{ league: 'all', limit: 1 }], teams: ['bob', 'nobody'] };
    expect(await host.ask('ipl', 'tick', { watched })).toEqual({
      ...{ version: expect.any(Number), total: 2, leagues: [{ league: 'all', rows: [['ann', 20]] }] },
      ...{ ranks: Uint32Array.of(2, 0), scores: Float64Array.of(15, 0) },
    });
    await host.ask('ipl', 'points', { points: [['kohli', 12]] });
    // What was watched is watched on.
    expect(await host.ask('ipl', 'tick', {})).toMatchObject({ leagues: [{ rows: [['ann', 24]] }] });
    const page = await host.ask('ipl', 'page', { league: 'office', offset: 1, limit: 5 });
    expect(page).toEqual({ league: 'office', total: 2, rows: [{ rank: 2, team: 'bob', score: 18 }] });
    const team = good(await host.ask('ipl', 'team', { team: 'bob' }));
    expect(team).toMatchObject({ rank: 2, score: 18, cards: [{ player: 'kohli', bonus: 1.5, points: 12 }] });
    expect(Object.entries(team.leagues)).toEqual([
      ['office', 2],
      ['__proto__', 2],
    ]);
    expect(await host.ask('ipl', 'recompute', undefined)).toEqual({
      checked: 2,
      corrected: 0,
      differences: [],
    });
  });

  test('keeps contests apart', async () => {
    const host = await startHost();
    await begin(host, 'one');
    await begin(host, 'two');
    await host.ask('two', 'points', { points: [['kohli', 1]] });
    const scores = await Promise.all(
      ['one', 'two'].map(async (contest) => good(await host.ask(contest, 'team', { team: 'ann' })).score),
    );
    expect(scores).toEqual([20, 2]);
    await host.ask('one', 'close', undefined);
    expect(await host.ask('one', 'figures', undefined)).toMatchObject({ refused: { code: 'not_found' } });
    expect(host.progress('one')).toBeUndefined();
    expect(good(await host.ask('two', 'figures', undefined)).teams).toBe(2);
  });

  test('says what is refused, and counts the rest', async () => {
    const host = await startHost();
    const refused = (code: string) => ({ refused: { code, message: expect.any(String) } });
    expect(await host.ask('ipl', 'tick', {})).toEqual(refused('not_found'));
    await begin(host, 'ipl');
    expect(await host.ask('ipl', 'open', {})).toEqual(refused('conflict'));
    const lines = Buffer.from(line('cem', 1));
    expect(await host.ask('ipl', 'register', { lines, firstLine: 1 })).toEqual(refused('conflict'));
    expect(await host.ask('ipl', 'load', { chunk: Uint8Array.of(9) })).toEqual(refused('conflict'));
    expect(await host.ask('ipl', 'put', { team: { team: 'cem', cards: [] } })).toEqual(refused('malformed'));
    expect(await host.ask('ipl', 'team', { team: 'cem' })).toEqual(refused('not_found'));
    const points = [['kohli', 0.00001], ['kohli', 11]] as const; // biome-ignore format: two changes
    expect(await host.ask('ipl', 'points', { points })).toMatchObject({
      rejected: [{ index: 0, code: 'malformed' }],
    });
    expect(good(await host.ask('ipl', 'team', { team: 'ann' })).score).toBe(22);
  });

  test('goes on in another one from what was stored', async () => {
    const first = await startHost();
    const stored: Uint8Array[] = [];
    await first.ask('ipl', 'open', {});
    for (const lines of [line('ann', 2), line('bob', 1.5)]) {
      const { chunk } = good(await first.ask('ipl', 'register', { lines: Buffer.from(lines), firstLine: 1 }));
      stored.push(chunk as Uint8Array);
    }
    await first.ask('ipl', 'start', undefined);
    await first.ask('ipl', 'points', { points: [['kohli', 10]] });
    const late = { team: 'cem', cards: [{ player: 'kohli', bonus: 3 }] };
    stored.push(good(await first.ask('ipl', 'put', { team: late })).chunk as Uint8Array);
    await first.ask('ipl', 'points', { points: [['kohli', 11]] });
    const pageOf = (host: ContestHost) => host.ask('ipl', 'page', { league: 'all', offset: 0, limit: 9 });
    const { chunk, chunks } = good(await first.ask('ipl', 'chunk', { index: 0 }));
    expect(chunks).toBe(1);
    const points = good(await first.ask('ipl', 'allPoints', undefined));

    for (const pieces of [stored, [chunk]]) {
      const second = await startHost();
      await second.ask('ipl', 'open', {});
      for (const piece of pieces) expect(await second.ask('ipl', 'load', { chunk: piece })).toBeUndefined();
      await second.ask('ipl', 'points', { points });
      expect(second.progress('ipl')).toEqual({ phase: 'open', teams: 3 });
      await second.ask('ipl', 'start', undefined);
      expect(second.progress('ipl')).toEqual({ phase: 'started', teams: 3 });
      expect(await pageOf(second)).toEqual(await pageOf(first));
    }
    expect(good(await pageOf(first)).rows).toEqual([
      { rank: 1, team: 'ann', score: 22 },
      { rank: 2, team: 'bob', score: 16.5 },
      { rank: 3, team: 'cem', score: 3 },
    ]);
  });

  test('leaves the bytes that it is given to their owner', async () => {
    const host = await startHost();
    await host.ask('ipl', 'open', {});
    const pool = Buffer.from(`#${line('ann', 2)}#`);
    const lines = pool.subarray(1, -1);
    expect(await host.ask('ipl', 'register', { lines, firstLine: 1 })).toMatchObject({ added: 1 });
    expect(pool.toString()).toBe(`#${line('ann', 2)}#`);
  });
});

describe('a thread that is gone', () => {
  test('is told as unavailable, to who waits and to who comes', async () => {
    const host = await startHost();
    await begin(host, 'ipl');
    const waiting = host.ask('ipl', 'figures', undefined);
    await Promise.resolve();
    await host.stop();
    for (const answer of [await waiting, await host.ask('ipl', 'figures', undefined)]) {
      expect(answer).toMatchObject({ refused: { code: 'unavailable' } });
    }
  });

  test('is told once by a defect in it, with what it was', async () => {
    const causes: unknown[] = [];
    const host = await startHost((cause) => causes.push(cause));
    await host.ask('ipl', 'open', {});
    // No caller in this language can ask this.
    const defect = host.ask('ipl', 'load', undefined as never);
    expect(await defect).toMatchObject({ refused: { code: 'unavailable' } });
    expect(causes).toEqual([expect.any(Error)]);
    expect(await host.ask('ipl', 'figures', undefined)).toMatchObject({ refused: { code: 'unavailable' } });
  });

  test('before there was one, nothing is available', async () => {
    const host = new ContestHost({ execArgv });
    expect(await host.ask('ipl', 'open', {})).toMatchObject({ refused: { code: 'unavailable' } });
    await host.stop();
  });

  test('that cannot start is an error of the start', async () => {
    const host = new ContestHost({ execArgv: ['--import', './is-not-there.js'] });
    await expect(host.start()).rejects.toThrow();
    await host.stop();
  });
});
