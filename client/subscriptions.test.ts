import { describe, expect, test } from 'vitest';
import { createFakeClient, type FakeClientSetup } from '../test/support/fake-client.ts';
import type { Change, SubscribeError } from './index.ts';

const CHANNEL = 'board:arena';

/** An open client with one subscription that holds `[['ann', 3], ['bob', 1]]` at (a, 5). */
async function subscribed(setup: FakeClientSetup = createFakeClient()) {
  const changes: Change<unknown>[] = [];
  const statuses: string[] = [];
  const refusals: SubscribeError[] = [];
  const subscription = setup.client.board('arena', (change) => void changes.push(change));
  subscription.on('status', (status) => void statuses.push(status));
  subscription.on('error', (error) => void refusals.push(error));
  await setup.welcome();
  const answer = (
    seq = 5,
    state = [['ann', 3] as const, ['bob', 1] as const] as readonly (readonly [string, number])[],
  ) =>
    setup.server.latest.reply({
      type: 'subscribed',
      id: setup.server.latest.last('subscribe').id,
      channel: CHANNEL,
      kind: 'rows',
      epoch: 'a',
      seq,
      state,
    });
  answer();
  const update = (seq: number, score: number, extra: { from?: number; epoch?: string } = {}) =>
    setup.server.latest.reply({
      type: 'update',
      channel: CHANNEL,
      seq,
      at: 1000 + seq,
      patch: [[0, 1, ['ann', score]]],
      ...extra,
    });
  return { ...setup, subscription, changes, statuses, refusals, answer, update };
}

describe('a subscription', () => {
  test('starts with the whole state and follows the updates', async () => {
    const { client, subscription, changes, update, statuses } = await subscribed();
    update(6, 4);
    expect(subscription.rows).toEqual([
      ['ann', 4],
      ['bob', 1],
    ]);
    expect(subscription.document).toBeUndefined();
    expect(subscription.position).toEqual({ epoch: 'a', seq: 6 });
    expect(subscription.status).toBe('live');
    expect(statuses).toEqual(['live']);
    expect(changes).toEqual([
      {
        state: [
          ['ann', 3],
          ['bob', 1],
        ],
      },
      {
        state: [
          ['ann', 4],
          ['bob', 1],
        ],
        previous: [
          ['ann', 3],
          ['bob', 1],
        ],
        patch: [[0, 1, ['ann', 4]]],
        at: 1006,
      },
    ]);
    client.close();
  });

  test('shares unchanged rows with the state before', async () => {
    const { client, changes, update } = await subscribed();
    update(6, 4);
    const [before, after] = changes.map(({ state }) => state as unknown[]);
    expect(after?.[1]).toBe(before?.[1]);
    client.close();
  });

  test('holds a document where the channel has one', async () => {
    const { client, server, welcome } = createFakeClient();
    const rank = client.rank('arena', 'ann');
    await welcome();
    const { id, channel } = server.latest.last('subscribe');
    expect(channel).toBe('rank:arena:ann');
    const state = { member: 'ann', total: 9, rank: 3, score: 7 };
    server.latest.reply({ type: 'subscribed', id, channel, kind: 'document', epoch: 'a', seq: 1, state });
    server.latest.reply({ type: 'update', channel, seq: 2, at: 1, patch: { rank: null, score: null } });
    expect(rank.document).toEqual({ member: 'ann', total: 9 });
    expect(rank.rows).toBeUndefined();
    client.close();
  });

  test('is asked for once, however many listen, and who comes later gets the present state', async () => {
    const { client, server, clock, update } = await subscribed();
    const later: Change<unknown>[] = [];
    const second = client.subscribe(CHANNEL, (change) => void later.push(change));
    expect(second.rows).toHaveLength(2);
    await clock.settle();
    expect(later).toEqual([
      {
        state: [
          ['ann', 3],
          ['bob', 1],
        ],
      },
    ]);
    update(6, 4);
    expect(later).toHaveLength(2);
    expect(server.latest.all('subscribe')).toHaveLength(1);
    client.close();
  });

  test('is given up at the server when the last listener leaves', async () => {
    const { client, server, subscription, changes, update } = await subscribed();
    const second = client.subscribe(CHANNEL);
    subscription.unsubscribe();
    subscription.unsubscribe();
    update(6, 4);
    expect(changes).toHaveLength(1);
    expect(subscription.status).toBe('ended');
    expect(server.latest.all('unsubscribe')).toEqual([]);
    second.unsubscribe();
    expect(server.latest.last('unsubscribe').channel).toBe(CHANNEL);
    client.close();
  });

  test('begun again before the old answer came takes only the new answer', async () => {
    const { client, server, welcome } = createFakeClient();
    await welcome();
    client.board('arena').unsubscribe();
    const again = client.board('arena');
    const [first, second] = server.latest.all('subscribe');
    const answer = (id: number | undefined, seq: number) =>
      server.latest.reply({
        type: 'subscribed',
        id: id ?? 0,
        channel: CHANNEL,
        kind: 'rows',
        epoch: 'a',
        seq,
        state: [],
      });
    answer(first?.id, 1);
    expect(again.status).toBe('pending');
    answer(second?.id, 2);
    expect(again.position).toEqual({ epoch: 'a', seq: 2 });
    client.close();
  });
});

describe('healing', () => {
  test('after a gap the client asks from its position and ignores updates until the answer', async () => {
    const { client, server, subscription, update } = await subscribed();
    update(8, 9);
    expect(server.latest.last('subscribe')).toMatchObject({
      channel: CHANNEL,
      since: { epoch: 'a', seq: 5 },
    });
    expect(subscription.stale).toBe(true);
    update(9, 10);
    expect(server.latest.all('subscribe')).toHaveLength(2);
    server.latest.reply({
      type: 'subscribed',
      id: server.latest.last('subscribe').id,
      channel: CHANNEL,
      kind: 'rows',
      epoch: 'a',
      seq: 9,
      recovered: true,
      patches: [
        { seq: 7, from: 5, at: 1, patch: [[0, 1, ['ann', 8]]] },
        { seq: 8, at: 1, patch: [[0, 1, ['ann', 9]]] },
        { seq: 9, at: 1, patch: [[0, 1, ['ann', 10]]] },
      ],
    });
    expect(subscription.rows?.[0]).toEqual(['ann', 10]);
    expect(subscription.position).toEqual({ epoch: 'a', seq: 9 });
    expect(subscription.status).toBe('live');
    update(10, 11);
    expect(subscription.rows?.[0]).toEqual(['ann', 11]);
    client.close();
  });

  test('a patch that does not fit makes the client ask for the whole state', async () => {
    const { client, server, subscription, answer } = await subscribed();
    server.latest.reply({ type: 'update', channel: CHANNEL, seq: 6, at: 1, patch: [[40, 1]] });
    expect(server.latest.last('subscribe')).not.toHaveProperty('since');
    answer(5, [['zoe', 1]]);
    expect(subscription.rows).toEqual([['zoe', 1]]);
    client.close();
  });

  test('recovered patches that do not continue our position lead to the whole state, not at once again and again', async () => {
    const { client, server, clock, update, answer, subscription } = await subscribed();
    update(8, 9);
    for (let round = 0; round < 3; round++) {
      server.latest.reply({
        type: 'subscribed',
        id: server.latest.last('subscribe').id,
        channel: CHANNEL,
        kind: 'rows',
        epoch: 'a',
        seq: 9,
        recovered: true,
        patches: [{ seq: 9, at: 1, patch: [] }],
      });
      expect(server.latest.all('subscribe')).toHaveLength(2 + round);
      await clock.advance(20_000);
      expect(server.latest.all('subscribe')).toHaveLength(3 + round);
      server.latest.reply({ type: 'pong', id: 0 });
    }
    expect(server.latest.last('subscribe')).not.toHaveProperty('since');
    answer(9, [['zoe', 1]]);
    expect(subscription.rows).toEqual([['zoe', 1]]);
    expect(subscription.status).toBe('live');
    client.close();
  });

  test('a repeated update changes nothing', async () => {
    const { client, server, changes, update } = await subscribed();
    update(6, 4);
    update(6, 4);
    update(5, 2);
    expect(changes).toHaveLength(2);
    expect(server.latest.all('subscribe')).toHaveLength(1);
    client.close();
  });

  test('a new epoch that continues our position is followed', async () => {
    const { client, subscription, update } = await subscribed();
    update(2, 7, { epoch: 'b', from: 5 });
    expect(subscription.position).toEqual({ epoch: 'b', seq: 2 });
    update(3, 8);
    expect(subscription.rows?.[0]).toEqual(['ann', 8]);
    client.close();
  });

  test('a new epoch that does not continue our position is a gap', async () => {
    const { client, server, update } = await subscribed();
    update(2, 7, { epoch: 'b', from: 4 });
    expect(server.latest.last('subscribe')).toMatchObject({ since: { epoch: 'a', seq: 5 } });
    client.close();
  });

  test('a snapshot replaces the state, also where it was conflated', async () => {
    const { client, server, subscription, changes, update } = await subscribed();
    server.latest.reply({
      type: 'snapshot',
      channel: CHANNEL,
      kind: 'rows',
      epoch: 'a',
      seq: 40,
      state: [['bob', 9]],
      conflated: true,
    });
    expect(subscription.rows).toEqual([['bob', 9]]);
    expect(changes.at(-1)).toEqual({
      state: [['bob', 9]],
      previous: [
        ['ann', 3],
        ['bob', 1],
      ],
    });
    update(41, 3);
    expect(subscription.rows).toEqual([['ann', 3]]);
    client.close();
  });
});

describe('across connections', () => {
  test('a lost connection makes the state stale, and the next one continues from the position', async () => {
    const { client, server, clock, subscription, statuses, changes, welcome, update } = await subscribed();
    update(6, 4);
    const lostAt = clock.now();
    server.latest.hangUp();
    expect(subscription.status).toBe('stale');
    expect(subscription.staleSince).toBe(lostAt);
    expect(subscription.rows?.[0]).toEqual(['ann', 4]);
    await clock.advance(1000);
    await welcome();
    const request = server.latest.last('subscribe');
    expect(request.since).toEqual({ epoch: 'a', seq: 6 });
    expect(subscription.staleSince).toBe(lostAt);
    server.latest.reply({
      type: 'subscribed',
      id: request.id,
      channel: CHANNEL,
      kind: 'rows',
      epoch: 'a',
      seq: 6,
      recovered: true,
      patches: [],
    });
    expect(statuses).toEqual(['live', 'stale', 'live']);
    expect(changes).toHaveLength(2);
    client.close();
  });

  test('the same state sent whole again is no change', async () => {
    const { client, server, clock, changes, welcome, answer } = await subscribed();
    server.latest.hangUp();
    await clock.advance(1000);
    await welcome();
    answer(5);
    expect(changes).toHaveLength(1);
    client.close();
  });

  test('the server tells when a source is away and when it is back', async () => {
    const { client, server, subscription, statuses } = await subscribed();
    server.latest.reply({ type: 'status', channel: CHANNEL, stale: true });
    expect(subscription.stale).toBe(true);
    server.latest.reply({ type: 'status', channel: CHANNEL, stale: false });
    expect(subscription.stale).toBe(false);
    expect(statuses).toEqual(['live', 'stale', 'live']);
    client.close();
  });

  test('closing the client ends its subscriptions, and one begun afterwards ends at once', async () => {
    const { client, clock, subscription, statuses } = await subscribed();
    client.close();
    expect(subscription.status).toBe('ended');
    expect(statuses).toEqual(['live', 'ended']);
    const late = client.board('arena');
    await clock.settle();
    expect(late.status).toBe('ended');
    expect(clock.pending).toBe(0);
  });
});

describe('refusals', () => {
  test.each(['forbidden', 'not_found', 'unknown_channel', 'too_many_subscriptions'] as const)(
    '%s is final and told to the listener',
    async (code) => {
      const { client, server, clock, welcome } = createFakeClient();
      const subscription = client.subscribe('match:gone');
      const errors: SubscribeError[] = [];
      subscription.on('error', (error) => void errors.push(error));
      await welcome();
      const { id } = server.latest.last('subscribe');
      server.latest.reply({ type: 'error', id, code, message: 'no' });
      expect(errors).toMatchObject([{ code, channel: 'match:gone', message: 'no' }]);
      expect(subscription.status).toBe('ended');
      await clock.advance(20_000);
      expect(server.latest.all('subscribe')).toHaveLength(1);
      client.subscribe('match:gone');
      expect(server.latest.all('subscribe')).toHaveLength(2);
      client.close();
    },
  );

  test('unavailable is tried again, not before the named wait, and with growing waits', async () => {
    const { client, server, clock, welcome } = createFakeClient({ backoff: { baseMs: 1000 } });
    const errors: unknown[] = [];
    client.board('arena').on('error', (error) => void errors.push(error));
    await welcome();
    for (const waitMs of [500, 1000, 2000]) {
      const asked = server.latest.all('subscribe').length;
      const { id } = server.latest.last('subscribe');
      server.latest.reply({ type: 'error', id, code: 'unavailable', message: 'later', retryAfterMs: 300 });
      await clock.advance(300 + waitMs - 1);
      expect(server.latest.all('subscribe')).toHaveLength(asked);
      await clock.advance(1);
      expect(server.latest.all('subscribe')).toHaveLength(asked + 1);
    }
    expect(errors).toEqual([]);
    client.close();
    expect(clock.pending).toBe(0);
  });

  test('a name that no channel can have is refused without asking', async () => {
    const { client, server, clock, welcome } = createFakeClient();
    await welcome();
    const errors: SubscribeError[] = [];
    client.subscribe(`board:${'x'.repeat(300)}`).on('error', (error) => void errors.push(error));
    await clock.settle();
    expect(errors).toMatchObject([{ code: 'unknown_channel' }]);
    expect(server.latest.received).toEqual([]);
    client.close();
  });
});
