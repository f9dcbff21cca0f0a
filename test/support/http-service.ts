/** The routes over a store in memory, with tokens of every kind. */
import { refuse } from '../../contest/refusal.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { createAuthenticator } from '../../server/auth/authenticator.ts';
import { signToken } from '../../server/auth/tokens.ts';
import { createRoutes, type RouteDeps } from '../../server/http/routes.ts';
import { createIngest } from '../../server/ingest/ingest.ts';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '../../server/limits.ts';
import { createMemoryStore } from '../../store/memory/memory-store.ts';
import { createCaller } from './http-caller.ts';

const SECRET = 'a secret of the tests, long enough for HS256';

interface Options {
  limits?: Partial<ServerLimits>;
  anonymousSubscribe?: readonly string[];
  clock?: Clock;
  deps?: Partial<RouteDeps>;
}

export async function startHttpRoutes(options: Options = {}) {
  const { clock = systemClock } = options;
  const store = createMemoryStore({ partitions: 4 }, { clock });
  await store.start();
  const limits = { ...DEFAULT_SERVER_LIMITS, ...options.limits };
  const ingest = createIngest({ store, clock, logger: silentLogger, scoring: BUILT_IN_SCORING }, limits);
  const authenticator = createAuthenticator(
    { secret: SECRET, anonymousSubscribe: options.anonymousSubscribe ?? ['*'], open: false },
    { clock: systemClock },
  );
  const health = { ready: () => ({ ready: true, problems: [], probeAgeMs: 0 }) };
  const routes = createRoutes(
    {
      store,
      ingest,
      scoring: BUILT_IN_SCORING,
      contests: { ask: async () => refuse('unavailable', 'none here') },
      authenticator,
      clock,
      logger: silentLogger,
      health,
      metrics: createMetrics(),
      streams: { open: async () => ({ ok: false, refusal: { code: 'unavailable', message: 'none here' } }) },
      staticDir: '/nowhere',
      ...options.deps,
    },
    { limits },
  );
  return {
    store,
    routes,
    admin: await signToken(SECRET, { sub: 'admin', admin: true }, 3600),
    tokenFor: (claims: { publish?: readonly string[]; subscribe?: readonly string[] }) =>
      signToken(SECRET, { sub: 'somebody', ...claims }, 3600),
  };
}

/** The same, to be called without a network. */
export async function startHttpService(options: Options = {}) {
  const service = await startHttpRoutes(options);
  return { ...service, call: createCaller(service.routes) };
}

export type HttpService = Awaited<ReturnType<typeof startHttpService>>;
