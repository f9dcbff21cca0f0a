/** A gateway dies with all its clients, and one that knows nothing takes them in its place. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BoardRow, Subscription } from '../../client/index.ts';
import { type Installation, portOf, publishUntilAccepted, startInstallation } from '../support/cluster.ts';
import { waitUntil } from '../support/processes.ts';
import { request } from '../support/scorewire.ts';

const CLIENTS = 200;
const BOARDS = ['a', 'b', 'c', 'd'];

let house: Installation;
beforeEach(async () => {
  house = await startInstallation();
}, 60_000);
afterEach(() => house.stop(), 60_000);

it('a gateway that is started cold serves all clients of one that was killed, though scores change meanwhile', async () => {
  await house.broadcaster();
  const other = await house.server();
  const first = await house.server();
  const port = portOf(first);
  const score = (round: number) =>
    BOARDS.map((board) => ({ type: 'score', board, member: `m${round % 5}`, set: round }));
  await publishUntilAccepted(house, other, score(1));
  const clients = Array.from({ length: CLIENTS }, () => house.client(first));
  const boards: Subscription<readonly BoardRow[]>[] = clients.map((client, i) =>
    client.subscribe(`board:${BOARDS[i % BOARDS.length] ?? ''}` as 'board:a'),
  );
  const allHold = (round: number, what: string) =>
    waitUntil(
      () =>
        boards.every(
          ({ state, status }) =>
            status === 'live' &&
            state?.some(([member, held]) => member === `m${round % 5}` && held === round),
        ),
      what,
      30_000,
    );
  await allHold(1, 'all clients to hold the boards');

  first.process.signal('SIGKILL');
  await first.process.exited;
  await publishUntilAccepted(house, other, score(2));
  const starting = house.server(port);
  for (let round = 3; round < 8; round++) await publishUntilAccepted(house, other, score(round));
  const cold = await starting;
  await publishUntilAccepted(house, other, score(8));
  await allHold(8, 'all clients to hold what was published last');

  const { body } = await request(`${other.url}/v1/boards/a`);
  const rows = body.rows.map(({ member, score: held }: { member: string; score: number }) => [member, held]);
  for (const { state } of boards) expect(state).toEqual(rows);
  // One view of each board serves all who share it.
  const metrics = (await request(`${cold.url}/metrics`)).body as string;
  expect(metrics).toMatch(new RegExp(`^scorewire_connections ${CLIENTS}$`, 'm'));
  expect(metrics).toMatch(new RegExp(`^scorewire_channels ${BOARDS.length}$`, 'm'));
}, 90_000);
