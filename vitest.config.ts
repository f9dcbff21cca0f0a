import { defineConfig } from 'vitest/config';

const servers = ['**/*.redis.test.ts', '**/*.nats.test.ts', '**/*.postgres.test.ts', '**/*.e2e.test.ts'];
const browser = ['**/*.browser.test.ts'];
const excluded = ['node_modules/**', 'dist/**'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...excluded, ...servers, ...browser],
          // Against a test that never ends: a busy machine makes those of thousands of cases take many times as long.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'servers',
          include: servers,
          exclude: excluded,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: browser,
          exclude: excluded,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
