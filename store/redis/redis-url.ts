import { StartError } from '../../runtime/errors.ts';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly tls: boolean;
  /** The URL without its password, for logs and errors. */
  readonly shown: string;
}

const FORM = 'redis://[user:password@]host[:port][/db], or rediss:// for TLS';

/** Throws `StartError`, which never repeats a password. */
export function parseRedisUrl(url: string, defaultPort = 6379): RedisAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const tls = parsed?.protocol === 'rediss:';
  if (parsed === undefined || !(tls || parsed.protocol === 'redis:') || parsed.hostname === '') {
    throw new StartError(`the URL of Redis is not of the form ${FORM}`);
  }
  const port = parsed.port === '' ? defaultPort : Number(parsed.port);
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  const path = parsed.pathname.slice(1);
  if (!/^\d{0,5}$/.test(path)) throw new StartError(`the URL of Redis is not of the form ${FORM}`);
  const username = decode(parsed.username);
  const password = decode(parsed.password);
  const user = password === '' && username === '' ? '' : `${parsed.username}:***@`;
  return {
    host,
    port,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    db: Number(path),
    tls,
    shown: `${parsed.protocol}//${user}${parsed.hostname}:${port}${path === '' ? '' : `/${path}`}`,
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
