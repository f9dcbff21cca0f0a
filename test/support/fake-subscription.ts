import type { Change, SubscribeError } from '../../client/index.ts';
import { createFakeClient, type FakeClientSetup } from './fake-client.ts';

export const CHANNEL = 'board:arena';

/** An open client with one subscription that holds `[['ann', 3], ['bob', 1]]` at (a, 5). */
export async function subscribed(setup: FakeClientSetup = createFakeClient()) {
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
