import { expect, test } from 'vitest';
import { CHANNEL, subscribed } from '../test/support/fake-subscription.ts';

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
