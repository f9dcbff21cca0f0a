import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ScorewireEvent } from '../../protocol/events.ts';
import { Latencies } from '../latencies.ts';
import { httpPublisher } from './http-publisher.ts';
import { newTotals, PUBLISHED, type PublishTotals } from './publisher.ts';
import { ScoreSource } from './score-source.ts';

const PER_SECOND = 20;

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

interface Outcome {
  readonly totals: PublishTotals;
  readonly latencies: Latencies;
  readonly applied: readonly ScorewireEvent[];
  readonly unknown: readonly ScorewireEvent[];
}

/** One second of load, by one connection, on a server that answers as it likes. */
async function publish(answer: (events: string, response: ServerResponse) => void): Promise<Outcome> {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(Buffer.concat(chunks).toString('utf8'), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [totals, latencies] = [newTotals(), new Latencies()];
  const applied: ScorewireEvent[] = [];
  const unknown: ScorewireEvent[] = [];
  const book = {
    applied: (events: readonly ScorewireEvent[]) => void applied.push(...events),
    unknown: (events: readonly ScorewireEvent[]) => void unknown.push(...events),
  };
  const sources = [new ScoreSource({ seed: 1, boards: ['b'], members: 9 })];
  const plan = { over: 'http', rate: PER_SECOND, eventsPerPublish: 1, sources, book } as const;
  await httpPublisher(plan, { url, token: 't', seconds: 1, latencies, totals }).run();
  return { totals, latencies, applied, unknown };
}

const ACK = JSON.stringify({ applied: 1, duplicates: 0, rejected: [] });
const measured = ({ latencies }: Outcome) =>
  latencies.summaries().find(({ name }) => name === PUBLISHED.acknowledged.http);

describe('publishing over HTTP', () => {
  it('sends different events, and books what is acknowledged', async () => {
    const seen: string[] = [];
    const outcome = await publish((events, response) => {
      seen.push(events);
      response.end(ACK);
    });
    expect(outcome.applied.map((event) => JSON.stringify(event))).toEqual(seen);
    expect(new Set(seen).size).toBeGreaterThan(1);
    expect(outcome.totals).toMatchObject({ sent: seen.length, acknowledged: seen.length, unanswered: 0 });
    expect(outcome.totals.missed).toBe(PER_SECOND - seen.length);
  });

  it('measures what is due while the server keeps it waiting, too', async () => {
    const outcome = await publish((_, response) => void setTimeout(() => response.end(ACK), 400));
    expect(outcome.totals.sent).toBeLessThanOrEqual(3);
    expect(measured(outcome)?.count).toBe(PER_SECOND);
    // The server took 400 ms for each, but the later ones had to wait for all before them.
    expect(measured(outcome)?.max).toBeGreaterThan(700);
  });

  it('does not know what became of an event whose answer was lost, and goes on', async () => {
    let requests = 0;
    const outcome = await publish((_, response) => {
      requests += 1;
      if (requests === 2) response.destroy();
      else response.end(ACK);
    });
    expect(outcome.unknown).toHaveLength(1);
    expect(outcome.totals.unanswered).toBe(1);
    expect(outcome.applied).toHaveLength(requests - 1);
    expect(requests).toBeGreaterThan(2);
  });

  it('tells of answers that should not be', async () => {
    const outcome = await publish((_, response) => response.writeHead(403).end('no'));
    expect([...outcome.totals.failures.keys()]).toEqual(['POST /v1/events was answered 403: no']);
    expect(outcome.applied).toEqual([]);
  });
});
