import { describe, expect, test } from 'vitest';
import { createFakeClient } from '../test/support/fake-client.ts';
import { CHANNEL, subscribed } from '../test/support/fake-subscription.ts';
import type { Change, SubscribeError } from './index.ts';

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
