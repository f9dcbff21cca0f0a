import { parseArgs } from 'node:util';
import { EnvReader } from '../runtime/env-reader.ts';
import { signToken } from '../server/auth/tokens.ts';

const USAGE = `Makes a token for a server that runs with the same AUTH_SECRET (HS256).

  AUTH_SECRET=... npm run -s token -- --publish 'board:*' --subscribe '*' --expires 1h

  --subject NAME       who the token is for (default: cli)
  --publish PATTERN    may be repeated: board:, product:, area:, match:, tournament:, profile:
  --subscribe PATTERN  may be repeated: channel names in which * matches any run of characters
  --admin              may do everything
  --expires TIME       such as 90s, 15m, 1h, 30d (default: 1h)`;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

try {
  const { values } = parseArgs({
    options: {
      subject: { type: 'string', default: 'cli' },
      publish: { type: 'string', multiple: true, default: [] },
      subscribe: { type: 'string', multiple: true, default: [] },
      admin: { type: 'boolean', default: false },
      expires: { type: 'string', default: '1h' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
  } else {
    const secret = new EnvReader(process.env).secret('AUTH_SECRET');
    if (secret === undefined)
      throw new Error('AUTH_SECRET is not set; use the value that the server runs with');
    const { subject: sub, publish, subscribe, admin } = values;
    const claims = { sub, publish, subscribe, ...(admin ? { admin: true as const } : {}) };
    console.log(await signToken(secret, claims, parseDuration(values.expires)));
  }
} catch (error) {
  console.error(`token: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 1;
}

function parseDuration(text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  if (match === null)
    throw new Error(`--expires ${text}: must be a number and one of s, m, h, d, such as 1h`);
  const seconds = Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS];
  if (seconds === 0) throw new Error(`--expires ${text}: the token would be expired from the beginning`);
  return seconds;
}
