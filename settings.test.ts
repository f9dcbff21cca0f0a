import { describe, expect, it } from 'vitest';
import { archives, servesClients } from './roles.ts';
import { LARGEST_LIMITS, LIMIT_NAMES, readSettings, settingWarnings } from './settings.ts';

const SECRET = 's'.repeat(32);
const SPLIT = { REDIS_URL: 'redis://127.0.0.1:1', NATS_URL: 'nats://127.0.0.1:2' };

describe('settings', () => {
  it('are the documented defaults where nothing is set, and frozen', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      role: 'all',
      redisUrls: [],
      natsUrls: [],
      logLevel: 'info',
      demo: undefined,
    });
    expect(settings.timing.tickMs).toBe(500);
    expect(settings.store.partitions).toBe(16);
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('count an empty value as absent', () => {
    expect(readSettings({ PORT: '', REDIS_URL: ' ' })).toMatchObject({ port: 8080, redisUrls: [] });
  });

  it.each([
    [{ METRICS_PORT: '-1' }, 'METRICS_PORT=-1: must be a whole number from 0 to 65535'],
    [{ PORT: 'abc' }, 'PORT=abc: must be a whole number from 0 to 65535'],
    [{ PORT: '70000' }, 'PORT=70000: must be a whole number from 0 to 65535'],
    [{ TICK_MS: '0' }, 'TICK_MS=0: must be a whole number from 10 to 60000'],
    [{ ROLE: 'king' }, 'ROLE=king: must be one of all, server, broadcaster, archiver'],
    [{ ROLE: 'archiver', REDIS_URL: 'redis://a' }, 'ROLE=archiver: needs REDIS_URL'],
    [{ ROLE: 'archiver', DATABASE_URL: 'postgres://u:hunter2@a' }, 'ROLE=archiver: needs REDIS_URL'],
    [{ DATABASE_URL: 'postgres://u:hunter2@a/b' }, 'DATABASE_URL: needs REDIS_URL'],
    [{ DATABASE_URL: 'mysql://u:hunter2@a/b' }, 'DATABASE_URL: must be a URL that begins with postgres://'],
    [{ DATABASE_URL: 'postgres://u:hunter2@a:x/b' }, 'DATABASE_URL: must be a URL'],
    [
      { ...SPLIT, WORKERS: '2', AUTH_SECRET: SECRET, ROLE: 'archiver', DATABASE_URL: 'postgres://a' },
      'WORKERS=2: a process of ROLE=archiver has no port',
    ],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL=loud: must be one of silent, error, warn, info, debug'],
    [
      { REDIS_URL: 'http://user:hunter2@x' },
      'REDIS_URL: must be a URL that begins with redis:// or rediss://',
    ],
    [{ REDIS_SENTINELS: 'redis://a,redis://b' }, 'REDIS_SENTINELS: needs one REDIS_URL'],
    [
      { REDIS_SENTINELS: 'redis://a', REDIS_URL: 'redis://a,redis://b' },
      'REDIS_SENTINELS: needs one REDIS_URL',
    ],
    [{ WORKERS: '2', AUTH_SECRET: SECRET }, 'WORKERS=2: needs REDIS_URL and NATS_URL'],
    [{ ...SPLIT, WORKERS: '2' }, 'WORKERS=2: needs AUTH_SECRET or AUTH_JWKS'],
    [
      { ...SPLIT, WORKERS: '2', AUTH_SECRET: SECRET, ROLE: 'broadcaster' },
      'WORKERS=2: a process of ROLE=broadcaster has no port',
    ],
    [
      { ...SPLIT, WORKERS: '3', AUTH_SECRET: SECRET, METRICS_PORT: '65534' },
      'METRICS_PORT=65534: 3 workers need as many ports',
    ],
    [{ ROLE: 'server' }, 'ROLE=server: needs REDIS_URL and NATS_URL'],
    [{ HOST: '0.0.0.0' }, 'HOST=0.0.0.0: is not a loopback address'],
    [{ AUTH_SECRET: SECRET, AUTH_JWKS: '{}' }, 'AUTH_SECRET and AUTH_JWKS are both set'],
    [{ ALLOWED_ORIGINS: 'https://a.example,example.com' }, 'ALLOWED_ORIGINS=example.com: must be an origin'],
    [{ ALLOWED_ORIGINS: '*' }, 'ALLOWED_ORIGINS=*: must be an origin'],
    [{ ANONYMOUS_SUBSCRIBE: 'board:*,leaderboards' }, 'ANONYMOUS_SUBSCRIBE=leaderboards: must be a pattern'],
    [{ DEMO: '1', DEMO_BOARD: 'a b' }, 'DEMO_BOARD=a b: must be an id'],
    [{ DEMO: 'maybe' }, 'DEMO=maybe: must be one of 0, 1, false, true, match'],
  ])('refuse %j with one clear line', (env, message) => {
    expect(() => readSettings(env)).toThrow(message);
    expect(() => readSettings(env)).toThrow(/^[^\n]+$/);
    expect(() => readSettings(env)).not.toThrow(/hunter2/);
  });

  it('allow a public address and split roles once they are safe', () => {
    expect(readSettings({ HOST: '0.0.0.0', AUTH_SECRET: SECRET }).host).toBe('0.0.0.0');
    expect(readSettings({ ...SPLIT, ROLE: 'broadcaster' }).role).toBe('broadcaster');
    expect(readSettings({ ...SPLIT, REDIS_URL: 'redis://a:1,redis://b:2' }).redisUrls).toHaveLength(2);
  });

  it('have history archived by an archiver, and by a process of all that is told where to', () => {
    const [REDIS_URL, DATABASE_URL] = ['redis://a', 'postgres://u:a,b@host/history'];
    const archiver = readSettings({ ROLE: 'archiver', HOST: '0.0.0.0', REDIS_URL, DATABASE_URL });
    expect([archiver.databaseUrl, archives(archiver), servesClients('archiver')]).toEqual([
      ...[DATABASE_URL, true, false],
    ]);
    expect(archives(readSettings({ REDIS_URL, DATABASE_URL }))).toBe(true);
    expect(archives(readSettings({ REDIS_URL }))).toBe(false);
    expect(archives(readSettings({ ...SPLIT, ROLE: 'server', DATABASE_URL }))).toBe(false);
  });

  it('take a secret as it is, spaces around it too', () => {
    expect(readSettings({ AUTH_SECRET: ` ${SECRET}\n` }).authSecret).toBe(` ${SECRET}\n`);
    expect(readSettings({ AUTH_SECRET: ' ' }).authSecret).toBeUndefined();
  });

  it('warn of a secret that can be guessed', () => {
    expect(settingWarnings(readSettings({ AUTH_SECRET: 'short' }))).toHaveLength(1);
    expect(settingWarnings(readSettings({ AUTH_SECRET: SECRET }))).toHaveLength(0);
  });

  it.each(Object.entries(LIMIT_NAMES))('let the limit %s be set by %s', (limit, name) => {
    const { limits } = readSettings({ [name]: '7' });
    expect(limits).toMatchObject({ [limit]: 7 });
    expect(() => readSettings({ [name]: '-1' })).toThrow(name);
  });

  it.each(Object.entries(LIMIT_NAMES) as [keyof typeof LIMIT_NAMES, string][])(
    'let the limit %s be so large as works, and no larger',
    (limit, name) => {
      const largest = LARGEST_LIMITS[limit];
      expect(readSettings({ [name]: String(largest) }).limits).toMatchObject({ [limit]: largest });
      expect(() => readSettings({ [name]: String(largest + 1) })).toThrow(`to ${largest}`);
      expect(largest).toBeGreaterThanOrEqual(readSettings({}).limits[limit]);
    },
  );

  it('keep the bytes that the socket library is told within its 32 bits', () => {
    const { frameBytes, backpressureBytes } = LARGEST_LIMITS;
    // The transport lets frames of several times the limit come in, to be able to say that they are too large.
    for (const bytes of [frameBytes * 16, backpressureBytes]) expect(bytes).toBeLessThan(2 ** 32);
  });

  it('keep a shorter log where it costs the memory of this process', () => {
    expect(readSettings({}).store.logOperations).toBe(25_000);
    expect(readSettings(SPLIT).store.logOperations).toBe(250_000);
    expect(readSettings({ LOG_OPERATIONS: '7' }).store.logOperations).toBe(7);
  });

  it('take checkpoints where scores live on, or where they are asked for', () => {
    expect(readSettings({}).checkpointIntervalMs).toBe(0);
    expect(readSettings(SPLIT).checkpointIntervalMs).toBe(5000);
    expect(readSettings({ ...SPLIT, CHECKPOINT_INTERVAL_MS: '0' }).checkpointIntervalMs).toBe(0);
    expect(readSettings({ CHECKPOINT_INTERVAL_MS: '70' }).checkpointIntervalMs).toBe(70);
    expect(() => readSettings({ CHECKPOINT_INTERVAL_MS: 'x' })).toThrow('CHECKPOINT_INTERVAL_MS=x: must be');
  });

  it('say over which time connections are sent away, at most half of what a stop may take', () => {
    expect(readSettings({}).drainMs).toBe(5000);
    expect(readSettings({ STOP_DEADLINE_MS: '1001' }).drainMs).toBe(500);
    expect(readSettings({ DRAIN_MS: '30000', STOP_DEADLINE_MS: '60000' }).drainMs).toBe(30_000);
    expect(readSettings({ DRAIN_MS: '0' }).drainMs).toBe(0);
    expect(() => readSettings({ DRAIN_MS: '5001' })).toThrow(
      'DRAIN_MS=5001: is more than half of STOP_DEADLINE_MS',
    );
  });

  it('say how long a silent user is active, and how long a window stays after its end', () => {
    const { sessionTimeoutMs, windowRetentionMs } = readSettings({}).store;
    expect([sessionTimeoutMs, windowRetentionMs]).toEqual([12 * 3_600_000, 35 * 24 * 3_600_000]);
    const changed = readSettings({ SESSION_TIMEOUT_MS: '1000', WINDOW_RETENTION_MS: '0' }).store;
    expect([changed.sessionTimeoutMs, changed.windowRetentionMs]).toEqual([1000, 0]);
    expect(() => readSettings({ SESSION_TIMEOUT_MS: '999' })).toThrow('SESSION_TIMEOUT_MS=999: must be');
  });

  it('turn the demonstration on with its adjustable feed', () => {
    expect(readSettings({ DEMO: '1', DEMO_PLAYERS: '10' }).demo).toEqual({
      plays: 'everything',
      ballMs: 2000,
      board: 'demo',
      players: 10,
      batch: 6,
      pauseMs: 400,
      teams: 100_000,
      file: undefined,
    });
    expect(readSettings({ DEMO: 'fantasy', DEMO_TEAMS: '500', DEMO_FILE: 'a.json' }).demo).toMatchObject({
      ...{ plays: 'fantasy', ballMs: 1650, teams: 500, file: 'a.json' },
    });
    expect(readSettings({ DEMO: 'match', DEMO_BALL_MS: '50' }).demo).toMatchObject({
      ...{ plays: 'match', ballMs: 50 },
    });
    expect(readSettings({ DEMO: 'false' }).demo).toBeUndefined();
  });
});
