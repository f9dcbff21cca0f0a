import { createConnection } from 'node:net';
import type { NatsAddress } from './nats-address.ts';

/**
 * Waits for the first words of a server; rejects where it says nothing for `timeoutMs`. Of a server that accepts connections but is
 * silent, such as a frozen one, the client library would forget the socket without closing it, one with every attempt.
 */
export async function greeting(
  { host, port }: NatsAddress,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const socket = createConnection({ host, port });
  const abort = (): void => void socket.destroy(new Error('it was stopped'));
  signal.addEventListener('abort', abort);
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no answer in time')));
  await new Promise<void>((resolve, reject) => {
    socket.once('data', () => {
      resolve();
      socket.destroy();
    });
    socket.on('error', reject);
    socket.once('close', () => {
      signal.removeEventListener('abort', abort);
      reject(new Error('the server closed the connection'));
    });
  });
}
