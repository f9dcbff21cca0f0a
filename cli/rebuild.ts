import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectApi, failureOf } from './import/server-api.ts';
import { rebuildAll } from './rebuild/rebuild-all.ts';

const USAGE = `Recomputes every board of a running server from the event log, and every tournament that has started from cards and points, and repairs what differs.

  npm run rebuild

  --url URL      the server (default: http://127.0.0.1:8080)
  --token TOKEN  an admin token (default: SCOREWIRE_TOKEN)

Exits with 0 when all is right, with 1 when something could not be recomputed. What differs in one board: npm run recompute -- board:x`;

try {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:8080' },
      token: { type: 'string', default: process.env.SCOREWIRE_TOKEN ?? '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(USAGE);
  else {
    const isRight = await rebuildAll({
      api: connectApi(values.url, values.token),
      say: (line) => console.log(line),
      complain: (line) => console.error(`rebuild: ${line}`),
      wait: (ms) => delay(ms),
    });
    if (!isRight) process.exitCode = 1;
  }
} catch (error) {
  console.error(`rebuild: ${failureOf(error)}`);
  process.exitCode = 1;
}
