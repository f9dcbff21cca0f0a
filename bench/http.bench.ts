import autocannon from 'autocannon';
import { adminToken, OPEN_TO_READERS, startScorewire } from '../test/support/scorewire.ts';
import { BareServer } from './support/bare-server.ts';
import { compare, type Figures, rowOf } from './support/pairs.ts';
import { cpuOf } from './support/process-usage.ts';

/** `POST /v1/events` with one event, beside a bare uWebSockets.js handler that reads the body as JSON and answers. */
const CONNECTIONS = 50;
const ROUND_SECONDS = 3;
const EVENT = JSON.stringify({ type: 'score', board: 'season', member: 'player_00042', delta: 1 });

export async function* tables() {
  const server = await startScorewire({ ...OPEN_TO_READERS, MAX_PUBLISHES_PER_SECOND: '0' });
  const bare = await BareServer.start();
  const token = await adminToken();
  const during = async (url: string, pid: number): Promise<Figures> => {
    const before = await cpuOf(pid);
    const { requests, non2xx, errors } = await autocannon({
      url,
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: EVENT,
      connections: CONNECTIONS,
      duration: ROUND_SECONDS,
    });
    if (non2xx + errors > 0) throw new Error(`${non2xx} refusals and ${errors} errors`);
    return { requests: requests.average, cpu: ((await cpuOf(pid)) - before) / requests.total };
  };
  const compared = await compare({
    ours: () => during(`${server.url}/v1/events`, server.process.pid),
    limit: () => during(`http://127.0.0.1:${bare.port}/events`, bare.pid),
  });
  await Promise.all([server.stop(), bare.stop()]);
  yield [
    'one event by POST',
    {
      'requests per second': rowOf(compared('requests'), 'at least 0.7'),
      'server CPU per request, µs': rowOf(compared('cpu'), 'at most 1.43', 1),
    },
  ] as const;
}
