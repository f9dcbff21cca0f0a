/**
 * A game server that publishes without a break until it is killed, and keeps its events in a file. It says after each ack how many
 * of its own events are settled. `drain`: publishes nothing, and ends when nothing is left of earlier runs.
 */
import { WebSocket } from 'ws';
import { connect } from '../../client/index.ts';
import { createFileQueue } from '../../client/node/index.ts';

const [url = '', token = '', path = '', run = ''] = process.argv.slice(2);
const PENDING_EVENTS = 300;

const client = connect({ url, token, WebSocket, queue: createFileQueue(path), backoff: { capMs: 500 } });
client.on('error', ({ message }) => void process.stdout.write(`error ${message}\n`));

if (run === 'drain') {
  // What is in the file counts as pending only when it has been read.
  await client.publish({ type: 'score', board: 'crashes', member: 'drain-1', delta: 1 });
  const isFlushed = await client.flush();
  await client.close();
  process.stdout.write(isFlushed ? 'flushed\n' : 'not flushed\n');
} else {
  let published = 0;
  let settled = 0;
  for (;;) {
    while (client.pendingEvents < PENDING_EVENTS) {
      const count = 1 + (published % 7);
      const events = Array.from({ length: count }, () => ({
        type: 'score' as const,
        board: 'crashes',
        member: `${run}-${++published}`,
        delta: 1,
      }));
      void client.publish(events).then(() => {
        settled += count;
        process.stdout.write(`settled ${settled}\n`);
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
