import { beforeEach, describe, expect, it } from 'vitest';
import type { PlayEvent } from '../../protocol/match-events.ts';
import { cricket } from '../../scoring/cricket/cricket.ts';
import { simulateMatch } from '../../scoring/cricket/simulator.ts';
import { foldMatch } from '../../scoring/match-fold.ts';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';
import { MatchImport } from './match-import.ts';
import { parseSpeed, pauseBefore } from './pace.ts';
import type { ApiReply, ServerApi } from './server-api.ts';

const { fixture, events: simulated } = simulateMatch('m', { seed: 7 });
const events: readonly PlayEvent[] = [...simulated];
const folded = foldMatch(cricket, 'm', fixture, events).document();

let service: HttpService;
let printed: string[];
let pauses: number[];
/** What happens to the next requests, in order; `undefined`: nothing. */
let faults: ((call: () => Promise<ApiReply>) => Promise<ApiReply>)[];
let requests: string[];

const api: ServerApi = {
  call: async (method, path, body) => {
    requests.push(`${method} ${path}`);
    const call = async (): Promise<ApiReply> =>
      service.call(method, path, { token: service.admin, ...(body === undefined ? {} : { body }) });
    const fault = method === 'POST' ? faults.shift() : undefined;
    return fault === undefined ? call() : fault(call);
  },
};

beforeEach(async () => {
  service = await startHttpService();
  printed = [];
  pauses = [];
  faults = [];
  requests = [];
});

function run(options: { speed?: number; replace?: boolean } = {}, list = events) {
  const deps = {
    api,
    sleep: async (ms: number) => void pauses.push(ms),
    print: (line: string) => void printed.push(line),
  };
  return new MatchImport(deps, { id: 'm', fixture, events: list }, { replace: false, ...options }).run();
}

async function document() {
  return (await service.call('GET', '/v1/matches/m', { token: service.admin })).body;
}

describe('an import', () => {
  it('gives the document that the events fold to, and tells the result', async () => {
    await run();
    expect(await document()).toEqual(JSON.parse(JSON.stringify(folded)));
    expect(printed.at(-1)).toBe(`m: ${events.length} events, ${folded.result?.text}`);
    expect(pauses).toEqual([]);
  });

  it('goes on where an earlier one ended, and has nothing to do after a complete one', async () => {
    await run({}, events.slice(0, 123));
    requests.length = 0;
    await run();
    expect(printed).toContain('m: goes on after event 123');
    expect(await document()).toEqual(JSON.parse(JSON.stringify(folded)));
    requests.length = 0;
    await run();
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual([]);
    expect((await document()).events).toBe(events.length);
  });

  it('takes nothing twice where answers are lost, requests fail or the server is busy', async () => {
    const lost = async (call: () => Promise<ApiReply>): Promise<ApiReply> => {
      await call();
      throw new TypeError('fetch failed', { cause: new Error('socket hang up') });
    };
    const unsent = async (): Promise<ApiReply> => {
      throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
    };
    const busy = async (): Promise<ApiReply> => ({ status: 429, body: { code: 'rate_limited' } });
    faults = [unsent, lost, busy];
    await run();
    expect(await document()).toEqual(JSON.parse(JSON.stringify(folded)));
    expect(printed).toContain('m: fetch failed: ECONNREFUSED; tries again');
  });

  it('gives up on a server that does not come back', async () => {
    faults = Array.from({ length: 12 }, () => async () => ({
      ...{ status: 503, body: { code: 'unavailable', detail: "the score store can't be reached" } },
    }));
    await expect(run()).rejects.toThrow("refused (unavailable): the score store can't be reached");
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5000);
  });

  it('leaves a match alone that is another one, unless it is to replace it', async () => {
    await run({}, events.slice(0, 5));
    const note = { action: 'note', text: 'Rain' };
    await service.call('POST', '/v1/matches/m/actions', { token: service.admin, body: note });
    await expect(run()).rejects.toThrow('event 6 of the match is not of this file; --replace begins anew');
    await run({ replace: true });
    expect(await document()).toEqual(JSON.parse(JSON.stringify(folded)));
  });

  it('stops where an event is refused, and says which', async () => {
    const [start, ...others] = events;
    await expect(run({}, [start, start, ...others] as PlayEvent[])).rejects.toThrow(
      'event 2 is refused (conflict): The match has started already',
    );
  });

  it('is refused without permission, at once', async () => {
    const { call } = service;
    const reader = await service.tokenFor({});
    service = {
      ...service,
      call: (method, path, options) => call(method, path, { ...options, token: reader }),
    };
    await expect(run()).rejects.toThrow('refused (forbidden)');
    expect(requests).toHaveLength(1);
  });

  it('at a chosen speed publishes one by one, in words, with the pauses of a match', async () => {
    await run({}, events.slice(0, 4));
    printed.length = 0;
    requests.length = 0;
    await run({ speed: 20 }, events.slice(0, 60));
    const posts = requests.filter((request) => request.startsWith('POST'));
    expect(posts).toHaveLength(56);
    expect(pauses).toHaveLength(56);
    expect(printed).toHaveLength(58);
    const balls = events.slice(4, 60).filter(({ type }) => type === 'delivery').length;
    expect(pauses.filter((ms) => ms > 0)).toHaveLength(balls);
    expect(Math.min(...pauses.filter((ms) => ms > 0))).toBe(33_000 / 20);
    expect((await document()).events).toBe(60);
  });
});

describe('the pace of a match', () => {
  it('has a pause between overs, and a longer one between innings', () => {
    const ball = (over: number): PlayEvent =>
      ({ type: 'delivery', match: 'm', innings: 1, over }) as PlayEvent;
    const act = (action: string): PlayEvent => ({ type: 'match', match: 'm', action }) as PlayEvent;
    const [one, next, innings, end] = [
      pauseBefore(ball(0), ball(0)),
      pauseBefore(ball(1), ball(0)),
      pauseBefore(act('innings'), ball(1)),
      pauseBefore(act('end'), ball(1)),
    ];
    expect([0 < one, one < next, next < innings, end]).toEqual([true, true, true, 0]);
    expect(pauseBefore(act('start'), undefined)).toBe(0);
  });

  it.each([
    ['20x', 20],
    ['0.5x', 0.5],
    ['3', 3],
  ])('%s is %d times as fast', (text, speed) => {
    expect(parseSpeed(text)).toBe(speed);
  });

  it.each(['0x', '-1x', 'fast', '', '1e3x', 'x'])('"%s" is no speed', (text) => {
    expect(() => parseSpeed(text)).toThrow(`--live ${text}: must be`);
  });
});
