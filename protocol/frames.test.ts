import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientFrameChecker, serverFrameChecker } from './frames.ts';
import { SAMPLE_FRAMES, type SampleFrame } from './sample-frames.ts';

const checkerOf = ({ direction }: SampleFrame) =>
  direction === 'client' ? clientFrameChecker : serverFrameChecker;

describe('every frame', () => {
  it.each(SAMPLE_FRAMES)('$direction $name is refused with a field too many, or without one', (sample) => {
    const checker = checkerOf(sample);
    expect(checker.check(sample.frame)).toBe(true);
    expect(checker.check({ ...sample.frame, extra: 1 })).toBe(false);
    expect(checker.explain({ ...sample.frame, extra: 1 })).toBe('must not have "extra"');
    expect(checker.check({ ...sample.frame, type: 'other' })).toBe(false);
    for (const key of Object.keys(sample.frame)) {
      const { [key as 'type']: _, ...rest } = sample.frame;
      if (!checker.check(rest)) expect(checker.explain(rest)).toMatch(/needs/);
    }
  });

  it.each(SAMPLE_FRAMES)('$direction $name is refused with a wrong type in any field', (sample) => {
    const checker = checkerOf(sample);
    for (const key of Object.keys(sample.frame)) {
      for (const wrong of [null, Number.NaN, new Map()]) {
        if (key === 'events' || key === 'state' || key === 'patch') continue;
        const frame = { ...sample.frame, [key]: wrong };
        expect(checker.check(frame), `${key}: ${wrong}`).toBe(false);
        expect(checker.explain(frame)).toContain(`"${key}"`);
      }
    }
  });
});

describe('a frame of a client', () => {
  const subscribe = { type: 'subscribe', id: 1, channel: 'board:a' };

  it.each<[string, unknown, string]>([
    ['null', null, 'a frame needs a "type" of: auth, subscribe, unsubscribe, publish, ping'],
    ['a list', [], 'a frame needs a "type" of: auth, subscribe, unsubscribe, publish, ping'],
    [
      'an unknown type',
      { type: 'update', id: 1 },
      'a frame needs a "type" of: auth, subscribe, unsubscribe, publish, ping',
    ],
    ['no id', { type: 'ping' }, 'needs "id"'],
    ['an id that is text', { type: 'ping', id: '1' }, '"id" must be integer'],
    ['an id that is no integer', { type: 'ping', id: 1.5 }, '"id" must be integer'],
    ['an id beyond the safe integers', { type: 'ping', id: 2 ** 53 }, '"id" must be <= 9007199254740991'],
    ['an empty token', { type: 'auth', id: 1, token: '' }, '"token" must not have fewer than 1 characters'],
    ['half a position', { ...subscribe, since: { epoch: 'e' } }, '"since" needs "seq"'],
    ['a negative position', { ...subscribe, since: { epoch: 'e', seq: -1 } }, '"since.seq" must be >= 0'],
    ['events that are no list', { type: 'publish', id: 1, events: {} }, '"events" must be array'],
  ])('may not be %s, and the refusal says why', (_, frame, message) => {
    expect(clientFrameChecker.check(frame)).toBe(false);
    expect(clientFrameChecker.explain(frame)).toBe(message);
  });

  it('may ask for what came since no position at all', () => {
    expect(clientFrameChecker.check({ ...subscribe, since: { epoch: '', seq: 0 } })).toBe(true);
  });

  it('may hold events of any kind, which are judged one by one', () => {
    const events = [null, 1, 'x', [], {}, { type: 'unheard of' }];
    expect(clientFrameChecker.check({ type: 'publish', id: 1, events })).toBe(true);
    expect(clientFrameChecker.check({ type: 'publish', id: 1, events: new Array(1_000_000).fill(0) })).toBe(
      true,
    );
  });

  it('is refused with a short message, however large it is', () => {
    const large = 'x'.repeat(1_000_000);
    const list = new Array(1_000_000).fill(0);
    for (const frame of [
      { ...subscribe, channel: list },
      { ...subscribe, id: list },
      { ...subscribe, since: list },
      { ...subscribe, since: { epoch: large, seq: 1 } },
      { ...subscribe, [large]: 1 },
      { type: 'auth', id: 1, token: large },
      { type: large },
      list,
    ]) {
      expect(clientFrameChecker.check(frame)).toBe(false);
      expect(clientFrameChecker.explain(frame).length).toBeLessThan(200);
    }
  });

  it('is checked and explained without an exception, whatever it is', () => {
    const types = fc.constantFrom('auth', 'subscribe', 'unsubscribe', 'publish', 'ping');
    const frame = fc.record(
      { type: types, id: fc.anything(), channel: fc.anything(), since: fc.anything() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(frame, fc.anything()), (candidate) => {
        if (!clientFrameChecker.check(candidate))
          expect(clientFrameChecker.explain(candidate).length).toBeLessThan(300);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a frame of the server', () => {
  const update = { type: 'update', channel: 'board:a', seq: 2, at: 1, patch: [] };

  it.each<[string, unknown]>([
    ['a patch that is neither', { ...update, patch: 1 }],
    ['splices that are no lists', { ...update, patch: [1] }],
    [
      'a state that is neither',
      { type: 'snapshot', channel: 'a', kind: 'rows', epoch: 'e', seq: 1, state: 'x' },
    ],
    [
      'both a state and patches',
      { ...SAMPLE_FRAMES.find(({ name }) => name === 'subscribed')?.frame, recovered: true, patches: [] },
    ],
    ['an error code that there is not', { type: 'error', code: 'oops', message: 'm' }],
    ['another version', { ...SAMPLE_FRAMES.find(({ name }) => name === 'welcome')?.frame, protocol: 2 }],
  ])('may not hold %s', (_, frame) => {
    expect(serverFrameChecker.check(update)).toBe(true);
    expect(serverFrameChecker.check(frame)).toBe(false);
    expect(serverFrameChecker.explain(frame).length).toBeLessThan(200);
  });
});
