import { expect, it } from 'vitest';
import { ownerLimits } from './app.ts';
import { DEFAULT_SERVER_LIMITS } from './server/limits.ts';

it('lets an owner watch more channels than one gateway, which it must never be the first to refuse', () => {
  const limits = { ...DEFAULT_SERVER_LIMITS, channels: 10 };
  expect(ownerLimits({ limits }).watchedChannels).toBe(20);
});
