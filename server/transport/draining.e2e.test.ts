import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRoute } from './http-types.ts';
import { createTestTransport, recordingLogger } from './support.contract.ts';
import type { Transport } from './transport.ts';

let transport: Transport | undefined;

async function serve(routes: readonly HttpRoute[]): Promise<{ url: string; port: number }> {
  transport = createTestTransport({ routes }, recordingLogger().logger);
  await transport.start();
  return { url: `http://127.0.0.1:${transport.port}`, port: transport.port };
}

afterEach(async () => {
  await transport?.stop();
  transport = undefined;
});

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function text(body: string): { status: number; body: string } {
  return { status: 200, body };
}

describe('draining', () => {
  const waiting = (): { route: HttpRoute; open: () => void; calls: () => number } => {
    let open = (): void => undefined;
    let calls = 0;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const handler = async (): Promise<{ status: number; body: string }> => {
      calls++;
      await gate;
      return text('late');
    };
    return { route: { method: 'POST', pattern: '/slow', handler }, open, calls: () => calls };
  };
  const within = 10_000;

  it('waits for the answers of what was read, and ends each connection with its answer', async () => {
    const { route, open, calls } = waiting();
    const { url } = await serve([route]);
    const agent = new Agent({ keepAlive: true });
    const posts = [1, 2].map(() => httpRequest(`${url}/slow`, { method: 'POST', agent }));
    const answers = posts.map((post) => once(post, 'response') as Promise<[IncomingMessage]>);
    for (const post of posts) post.end('x');
    await expect.poll(calls).toBe(2);
    transport?.stopListening();
    let isDrained = false;
    const drained = transport?.drained(within).then(() => {
      isDrained = true;
    });
    await later();
    expect(isDrained).toBe(false);
    open();
    await drained;
    await transport?.stop();
    for (const [answer] of await Promise.all(answers)) {
      expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
      expect((await answer.toArray()).join('')).toBe('late');
    }
    agent.destroy();
  });

  it('refuses what would change something, on connections that were open before', async () => {
    const { route, calls } = waiting();
    const { port } = await serve([route, { method: 'GET', pattern: '/x', handler: () => text('x') }]);
    const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')] as const;
    for (const socket of sockets) await once(socket, 'connect');
    await later();
    transport?.stopListening();
    const [writer, reader] = sockets;
    writer.write('POST /slow HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx');
    const refusal = (await writer.toArray()).join('');
    expect(refusal).toMatch(/^HTTP\/1.1 503 /);
    expect(refusal).toMatch(/\r\nretry-after: 1\r\n/);
    expect(refusal).toContain('"code":"unavailable"');
    reader.write('GET /x HTTP/1.1\r\nhost: a\r\n\r\n');
    expect((await reader.toArray()).join('')).toMatch(/^HTTP\/1.1 200 OK/);
    expect(calls()).toBe(0);
    await transport?.drained(within);
  });

  it('waits no longer than its deadline, and not for clients that have left', async () => {
    const { route, calls } = waiting();
    const { port } = await serve([route]);
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /slow HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n');
    await expect.poll(calls).toBe(1);
    transport?.stopListening();
    await transport?.drained(1);
    socket.destroy();
    await transport?.drained(1_000_000);
  });
});
