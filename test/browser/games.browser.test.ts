/// <reference lib="dom" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';

describe('the pages of games and areas', () => {
  let browser: Browser;
  let server: RunningScorewire;
  let token: string;

  beforeAll(async () => {
    [browser, server, token] = await Promise.all([
      startBrowser(),
      startScorewire({
        ...OPEN_TO_READERS,
        ANONYMOUS_SUBSCRIBE: 'board:*,rank:*,player:*,area:*',
      }),
      adminToken(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const put = async (path: string, body: unknown): Promise<void> => {
    expect((await request(`${server.url}${path}`, { method: 'PUT', token, body })).status).toBe(200);
  };
  const publish = async (...events: readonly Record<string, unknown>[]): Promise<void> => {
    const { body } = await request(`${server.url}/v1/events`, { token, body: events });
    expect(body).toMatchObject({ applied: events.length, rejected: [] });
  };
  const win = (product: string, winner: string, loser: string) => ({
    type: 'result',
    product,
    winner,
    loser,
  });
  const open = async (path: string, complaints: string[]): Promise<Page> => {
    const page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${server.url}${path}`);
    return page;
  };
  const waitForText = (page: Page, selector: string, text: string): Promise<unknown> =>
    page.waitForFunction(
      ([where, wanted]) =>
        document
          .querySelector(where as string)
          ?.textContent?.replaceAll(/\s+/g, ' ')
          .includes(wanted as string),
      [selector, text],
    );

  it('show the leaderboards of a game, and a player of it with ranks and counters, as they change', async () => {
    const complaints: string[] = [];
    await put('/v1/products/rps', {
      leaderboards: [{ handler: 'wins' }, { board: 'rps-elo', handler: 'elo', options: { k: 32 } }],
      stats: 'exrps',
    });
    await publish(win('rps', 'ann', 'bob'), win('rps', 'ann', 'cat'), win('rps', 'bob', 'cat'));
    const page = await open('/products/?product=rps', complaints);
    await waitForText(page, '[data-testid=row][data-member=ann] [data-testid=score]', '2');

    await page.getByTestId('row').getByRole('button', { name: 'bob' }).click();
    await waitForText(page, '[data-testid=games]', '1 won 1 lost');
    await waitForText(page, '[data-testid=player-rank][data-board=rps]', '#2');
    await publish(
      { type: 'track', product: 'rps', player: 'bob', event: 'select_weapon', data: '0' },
      win('rps', 'bob', 'ann'),
      win('rps', 'bob', 'ann'),
    );
    await waitForText(page, '[data-testid=games]', '3 won 1 lost');
    await waitForText(page, '[data-testid=counter][data-counter=rock_selection_count]', 'Rock selection 1');
    await waitForText(page, '[data-testid=player-rank][data-board=rps]', '#1');
    await waitForText(page, '[data-testid=player-rank][data-board=rps-elo]', '#1');

    await page.getByTestId('tab').filter({ hasText: 'Elo' }).click();
    await waitForText(page, '[data-testid=row][data-member=cat]', '1,4');
    expect(page.url()).toContain('board=rps-elo');
    await page.goBack();
    await waitForText(page, '[data-testid=row][data-member=bob] [data-testid=score]', '3');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('say that a game has no leaderboard, and still show its players', async () => {
    const complaints: string[] = [];
    await put('/v1/products/none', { leaderboards: [] });
    await publish({ type: 'track', product: 'none', player: 'ann', event: 'jump' });
    const page = await open('/products/?product=none', complaints);
    await waitForText(page, '[data-testid=no-leaderboard]', 'none has no leaderboard');
    await page.getByTestId('player-input').fill('ann');
    await page.getByTestId('player-input').press('Enter');
    await waitForText(page, '[data-testid=counter][data-counter=jump_count]', 'Jump 1');
    await waitForText(page, 'body', 'Live');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('ask for a token where the settings of a game may not be seen, and show it with one', async () => {
    const closed = await startScorewire({ ...OPEN_TO_READERS, ANONYMOUS_SUBSCRIBE: 'board:*' });
    const body = { leaderboards: [{ board: 'gg-elo', handler: 'elo' }] };
    await request(`${closed.url}/v1/products/gg`, { method: 'PUT', token, body });
    await request(`${closed.url}/v1/events`, { token, body: win('gg', 'ann', 'bob') });
    const page = await browser.newPage();
    await page.goto(`${closed.url}/products/?product=gg`);
    await waitForText(page, '[data-testid=token-form]', 'This game needs a token');
    expect(await page.locator('[data-testid=empty]').count()).toBe(0);
    await page.getByTestId('token-input').fill(token);
    await page.getByTestId('token-input').press('Enter');
    await waitForText(page, '[data-testid=row][data-member=ann] [data-testid=score]', '1,510');
    await page.close();
    await closed.stop();
  });

  it('tell what is no id of a game, and show no other game in its place', async () => {
    await put('/v1/products/first', {});
    const page = await open('/products/?product=a%20b', []);
    await waitForText(page, '[data-testid=no-id]', '“a b” is not the id of a game');
    await waitForText(page, '[data-testid=product-title]', 'Games');
    await page.close();
  });

  it('mark a player who is looked at as that, and show a long name where there is room for it', async () => {
    const leader = 'a leader with a name of two lines';
    await publish(win('long', leader, 'bob'));
    const page = await open('/products/?product=long&player=bob', []);
    await page.setViewportSize({ width: 1280, height: 800 });
    await publish(win('long', 'bob', 'ann'));
    await waitForText(page, '[data-testid=row][data-member=bob] [data-testid=chosen-as]', 'shown');
    const isCut = await page
      .locator(`[data-member="${leader}"] [data-testid=name]`)
      .evaluate((name) => name.scrollWidth > name.clientWidth || name.scrollHeight > name.clientHeight + 2);
    expect(isCut).toBe(false);
    await page.close();
  });

  it('offer the periods of a board that has any', async () => {
    const complaints: string[] = [];
    await publish({ type: 'score', board: 'periodic', member: 'old', set: 50 });
    await put('/v1/boards/periodic', { windows: ['daily', 'monthly'] });
    await publish({ type: 'score', board: 'periodic', member: 'new', set: 5 });
    const page = await open('/?board=periodic', complaints);
    await waitForText(page, '[data-testid=row][data-member=old]', '50');
    await page.getByTestId('tab').filter({ hasText: 'Today' }).click();
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll('[data-testid=row]')]
          .map((row) => row.getAttribute('data-member'))
          .join() === 'new',
    );
    expect(page.url()).toContain('periodic%40daily');
    await page.getByTestId('tab').filter({ hasText: 'All time' }).click();
    await waitForText(page, '[data-testid=row][data-member=old]', '50');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('show what is played in the areas as users come, move and go', async () => {
    const complaints: string[] = [];
    const session = (user: string, mode: string, action: 'LOGIN' | 'LOGOUT') => ({
      ...{ type: 'session', area: '111', user, mode, action },
    });
    await publish(
      session('a', 'duel', 'LOGIN'),
      session('b', 'duel', 'LOGIN'),
      session('c', 'race', 'LOGIN'),
    );
    const page = await open('/areas/?area=111', complaints);
    const modes = (expected: string): Promise<unknown> =>
      page.waitForFunction(
        (wanted) =>
          [...document.querySelectorAll('[data-area="111"] [data-testid=mode]')]
            .map(
              (row) =>
                `${row.getAttribute('data-mode')} ${row.querySelector('[data-testid=count]')?.textContent}`,
            )
            .join() === wanted,
        expected,
      );
    await modes('duel 2,race 1');
    await publish(session('a', 'race', 'LOGIN'));
    await modes('race 2,duel 1');
    await publish(session('b', 'duel', 'LOGOUT'));
    await modes('race 2');
    await page.getByTestId('area-input').fill('222');
    await page.getByTestId('area-input').press('Enter');
    await page.locator('[data-area="222"]').getByTestId('area-empty').waitFor();
    expect(page.url()).toContain('area=222');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('fit a phone: nothing is wider than the screen', async () => {
    const player = 'a very long name '.repeat(7).slice(0, 120);
    await publish(
      win('phone', player, 'b'),
      { type: 'track', product: 'phone', player, event: 'x'.repeat(100) },
      { type: 'session', area: 'A'.repeat(64), user: 'a', mode: 'm'.repeat(128), action: 'LOGIN' },
    );
    for (const path of [
      `/products/?product=phone&player=${encodeURIComponent(player)}`,
      `/areas/?area=${'A'.repeat(64)}`,
    ]) {
      const page = await open(path, []);
      await page.setViewportSize({ width: 360, height: 740 });
      await page.locator('[data-testid=counter], [data-testid=mode]').first().waitFor();
      const [content, screen] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        window.innerWidth,
      ]);
      expect(content).toBeLessThanOrEqual(screen ?? 0);
      await page.close();
    }
  });
});
