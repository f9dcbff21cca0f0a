import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { startNats } from '../support/nats-server.ts';
import { waitUntil } from '../support/processes.ts';
import { connectRaw } from '../support/raw-client.ts';
import { startRedis } from '../support/redis-server.ts';
import { adminToken, OPEN_TO_READERS, request, startScorewire } from '../support/scorewire.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  /** Of the process. */
  readonly instance: string;
}

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

/** Takes what OTLP over HTTP brings, as a collector does. */
async function startReceiver() {
  const spans: Span[] = [];
  const paths: string[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    paths.push(`${incoming.method} ${incoming.url} ${incoming.headers['content-type']}`);
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString());
    for (const { resource, scopeSpans } of resourceSpans) {
      const id = resource.attributes.find((each: { key: string }) => each.key === 'service.instance.id');
      for (const { spans: found } of scopeSpans) {
        for (const span of found) spans.push({ ...span, instance: id.value.stringValue });
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const stop = (): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));
  running.push({ stop });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, paths };
}

const attribute = (span: Span | undefined, key: string): unknown =>
  Object.values(span?.attributes.find((each) => each.key === key)?.value ?? {})[0];

it('the way of a change is one trace over all the processes that it goes through', async () => {
  const receiver = await startReceiver();
  const [redis, nats] = await Promise.all([startRedis(), startNats()]);
  running.push(redis, nats);
  const env = {
    ...{ ...OPEN_TO_READERS, REDIS_URL: redis.url, NATS_URL: nats.url, TICK_MS: '100' },
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER_ARG: '1' },
  };
  const broadcaster = await startScorewire({ ...env, ROLE: 'broadcaster' });
  running.push(broadcaster);
  const server = await startScorewire({ ...env, ROLE: 'server' });
  running.push(server);
  const viewer = await connectRaw(server.socketUrl);
  await viewer.ask({ type: 'subscribe', channel: 'board:traced@daily' });
  await viewer.ask({ type: 'subscribe', channel: 'rank:traced:zoltan' });
  const body = { type: 'score', board: 'traced', member: 'zoltan', delta: 1 };
  await request(`${server.url}/v1/events`, { token: await adminToken(), body });
  await viewer.waitForState('rank:traced:zoltan', (state) => 'rank' in state);
  await waitUntil(() => receiver.spans.some(({ name }) => name === 'sent'), 'the spans of the server');
  await waitUntil(() => receiver.spans.some(({ name }) => name === 'published'), 'those of the broadcaster');
  expect(new Set(receiver.paths)).toEqual(new Set(['POST /v1/traces application/json']));

  const { traceId } = receiver.spans.find(({ name }) => name === 'sent') as Span;
  const spans = receiver.spans.filter((span) => span.traceId === traceId);
  const ways = ['accepted', 'applied', 'ticked', 'published', 'sent'].map((name) =>
    spans.find((span) => span.name === name),
  );
  expect(ways).not.toContain(undefined);
  const [accepted, applied, ticked, published, sent] = ways as Span[];
  for (const span of spans) expect(attribute(span, 'scorewire.subject')).toBe('board:traced');
  expect(accepted?.parentSpanId ?? '').toBe('');
  for (const span of [applied, ticked, published, sent]) expect(span?.parentSpanId).toBe(accepted?.spanId);
  expect(accepted?.endTimeUnixNano).toBe(applied?.startTimeUnixNano);
  // When it ends the server has read the answer, which may be after a tick.
  const times = [applied, published, sent].map((span) => Number(span?.startTimeUnixNano));
  expect(times.toSorted((a, b) => a - b)).toEqual(times);
  expect(accepted?.instance).toBe(sent?.instance);
  expect(ticked?.instance).toBe(published?.instance);
  expect(ticked?.instance).not.toBe(sent?.instance);
  expect(Number(attribute(sent, 'scorewire.deliveries'))).toBe(1);
  // Names of members are nobody's business there.
  expect(JSON.stringify(receiver.spans)).not.toContain('zoltan');
  viewer.close();
});
