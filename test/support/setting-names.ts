import { readSettings } from '../../settings.ts';

/** The names of all settings: every one that is looked for at start. */
export function settingNames(): ReadonlySet<string> {
  const names = new Set<string>();
  // Some are looked for only where others say so.
  for (const told of [
    {},
    {
      DEMO: '1',
      METRICS_PORT: '0',
      REDIS_URL: 'redis://localhost',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost',
    },
  ]) {
    const environment = new Proxy<Record<string, string | undefined>>(told, {
      get: (target, name) => {
        if (typeof name === 'string') names.add(name);
        return target[name as string];
      },
    });
    readSettings(environment);
  }
  return names;
}
