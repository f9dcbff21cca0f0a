import { expect, it } from 'vitest';
import { createCaller } from '../../test/support/http-caller.ts';
import { scorerLink } from './scorer-link.ts';

it('a short address leads to the page on which a match is scored', async () => {
  const call = createCaller([scorerLink]);
  expect(await call('GET', '/score/final-1')).toMatchObject({
    status: 302,
    headers: { location: '/scorer/?id=final-1' },
  });
  expect((await call('GET', '/score/no%20id')).status).toBe(404);
});
