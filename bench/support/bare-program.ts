/**
 * The least that can be done with uWebSockets.js: viewers are subscribed to topics, buffers are published to them at a beat, requests are read and
 * answered. It is what scorewire is compared with. Run by `bare-server.ts`.
 */
import { uws } from '../../server/transport/uws.ts';

/** Over the channel of the parent process. */
export interface BareOrder {
  /** Milliseconds between two publications, on multiples of it; 0: none. */
  readonly everyMs: number;
  /** Of each publication. */
  readonly topics: number;
  readonly bytes: number;
}

const ANSWER = '{"applied":1,"duplicates":0,"rejected":[]}';
const LOCALHOST = '127.0.0.1';

let orders = 0;

const app = uws
  .App()
  .ws<{ topics: number }>('/ws/:topics', {
    idleTimeout: 90,
    upgrade: (response, request, context) => {
      response.upgrade(
        { topics: Number(request.getParameter(0)) },
        request.getHeader('sec-websocket-key'),
        request.getHeader('sec-websocket-protocol'),
        request.getHeader('sec-websocket-extensions'),
        context,
      );
    },
    open: (socket) => {
      const { topics } = socket.getUserData();
      for (let topic = 0; topic < topics; topic++) socket.subscribe(`topic-${topic}`);
      socket.send('{"type":"welcome"}');
    },
  })
  .post('/events', (response) => {
    let body = '';
    response.onAborted(() => undefined);
    response.onData((chunk, isLast) => {
      body += Buffer.from(chunk).toString('utf8');
      if (!isLast) return;
      JSON.parse(body);
      response.cork(() => {
        response.writeHeader('content-type', 'application/json').end(ANSWER);
      });
    });
  });

app.listen(LOCALHOST, 0, (socket) => {
  if (socket === false) throw new Error('no port');
  process.send?.({ port: uws.us_socket_local_port(socket) });
});

process.on('message', ({ everyMs, topics, bytes }: BareOrder) => {
  orders += 1;
  if (everyMs > 0) beat(orders, everyMs, () => publish(everyMs, topics, bytes));
});
process.on('disconnect', () => process.exit(0));

function beat(order: number, everyMs: number, action: () => void): void {
  setTimeout(
    () => {
      if (order !== orders) return;
      action();
      beat(order, everyMs, action);
    },
    everyMs - (Date.now() % everyMs),
  );
}

function publish(everyMs: number, topics: number, bytes: number): void {
  // The beat is a multiple of the period: like an update, it tells the last moment of the period before.
  const at = Math.round(Date.now() / everyMs) * everyMs - 1;
  const start = `{"type":"update","at":${at},"patch":"`;
  const buffer = Buffer.from(`${start}${'x'.repeat(Math.max(0, bytes - start.length - 2))}"}`);
  for (let topic = 0; topic < topics; topic++) app.publish(`topic-${topic}`, buffer, false);
}
