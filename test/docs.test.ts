import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '../server/limits.ts';
import { LARGEST_LIMITS, LIMIT_NAMES } from '../settings.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

describe('the documents', () => {
  it.each(Object.entries(LIMIT_NAMES) as [keyof ServerLimits, string][])(
    'name the limit %s, its default and the most it can be',
    (limit, name) => {
      expect(read('docs/limits.md')).toContain(
        `| \`${name}\` | ${DEFAULT_SERVER_LIMITS[limit]} | ${LARGEST_LIMITS[limit]} |`,
      );
    },
  );

  it.each(['README.md', 'docs/operations.md'])('make tokens without lines of npm among them: %s', (path) => {
    expect(read(path)).toContain('npm run -s token');
    expect(read(path)).not.toContain('npm run token');
  });

  it.each([
    'HOST',
    'PORT',
    'ROLE',
    'REDIS_URL',
    'NATS_URL',
    'HANDLERS',
    'AUTH_SECRET',
    'AUTH_JWKS',
    'ANONYMOUS_SUBSCRIBE',
    'ALLOWED_ORIGINS',
    'CHECKPOINT_INTERVAL_MS',
  ])('explain the setting %s', (name) => expect(read('docs/operations.md')).toContain(`\`${name}\``));
});
