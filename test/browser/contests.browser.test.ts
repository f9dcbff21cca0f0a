/// <reference lib="dom" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { CricketScorer, fixtureOf } from '../support/cricket-scorer.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';

const WAIT = { timeout: 20_000, interval: 50 };
const byId = (testid: string): string => `[data-testid=${testid}]`;

describe('the page of contests', () => {
  let browser: Browser;
  let server: RunningScorewire;
  let token: string;

  beforeAll(async () => {
    [browser, server, token] = await Promise.all([
      startBrowser(),
      startScorewire({ ...OPEN_TO_READERS, TICK_MS: '100' }),
      adminToken(),
    ]);
    await vi.waitFor(async () => expect((await request(`${server.url}/readyz`)).status).toBe(200), WAIT);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const call = async (path: string, body: unknown, method = 'PUT') => {
    const answer = await request(`${server.url}/v1/${path}`, { method, token, body });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };
  /** Teams `t1` ... `tN`: team n has player n alone, with a bonus of 2, and a star that all have. */
  const begin = async (id: string, teams: number, settings: object = {}): Promise<void> => {
    await call(`tournaments/${id}`, { title: `Cup of ${id}`, ...settings });
    const all = Array.from({ length: teams }, (_, n) => ({
      team: `t${n + 1}`,
      leagues: n < 3 ? ['office'] : [],
      cards: [
        { player: 'star', bonus: 1 },
        { player: `p${n + 1}`, bonus: 2 },
      ],
    }));
    await call(`tournaments/${id}/teams`, all, 'POST');
  };
  const score = (tournament: string, points: Record<string, number>) =>
    call(
      'events',
      Object.entries(points).map(([player, value]) => ({
        type: 'points',
        tournament,
        player,
        points: value,
      })),
      'POST',
    );
  const open = async (path: string, complaints: string[] = []): Promise<Page> => {
    const page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
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
  const order = (page: Page): Promise<string[]> =>
    page.locator(byId('row')).evaluateAll((rows) => rows.map((row) => row.getAttribute('data-member') ?? ''));

  it('shows a table that moves, a team with its cards, and how far the next one is', async () => {
    const complaints: string[] = [];
    await begin('live', 40);
    await call('tournaments/live/start', {}, 'POST');
    await score('live', { star: 10, p1: 20, p2: 30, p3: 1.25, p4: 40 });
    const page = await open('/contests/?id=live', complaints);
    await waitForText(page, byId('contest-title'), 'Cup of live');
    await vi.waitFor(
      async () => expect((await order(page)).slice(0, 4)).toEqual(['t4', 't2', 't1', 't3']),
      WAIT,
    );

    await page.locator(byId('team-input')).fill('t1');
    await page.locator(byId('team-submit')).click();
    await waitForText(page, byId('team-rank'), '3');
    await waitForText(page, byId('team-score'), '50');
    await waitForText(page, byId('team-gap'), '20 behind t2, #2');
    await waitForText(page, '[data-testid=card][data-player=p1]', '×2');
    await waitForText(page, '[data-testid=card][data-player=p1] [data-testid=worth]', '40');
    expect(page.url()).toContain('team=t1');

    await score('live', { p1: 45.5 });
    await vi.waitFor(async () => expect((await order(page)).slice(0, 2)).toEqual(['t1', 't4']), WAIT);
    await waitForText(page, byId('team-rank'), '1');
    await waitForText(page, byId('team-score'), '101');
    await waitForText(page, '[data-testid=card][data-player=p1] [data-testid=worth]', '91');
    await waitForText(page, byId('team-gap'), 'Nobody is ahead');

    await page.getByTestId('tab').filter({ hasText: 'office' }).click();
    await vi.waitFor(async () => expect(await order(page)).toEqual(['t1', 't2', 't3']), WAIT);
    await waitForText(page, byId('team-league-rank'), '#1 in office');
    await page.locator(`${byId('row')}[data-member=t3] ${byId('name')}`).click();
    await waitForText(page, byId('team-gap'), '57.5 behind t2, #2 in office');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows the match that drives it, and the points of its balls', async () => {
    const scorer = new CricketScorer();
    await call('matches/driver', fixtureOf());
    await begin('driven', 3, { matches: [{ match: 'driver', system: 'dream11-t20-2020' }] });
    const striker = 'a1';
    const team = { cards: [{ player: striker, bonus: 2 }] };
    await call('tournaments/driven/teams/mine', team);
    await call('tournaments/driven/start', {}, 'POST');
    const page = await open('/contests/?id=driven&team=mine');
    scorer.begin('Asia').ball({ runs: 6 });
    await call(
      'events',
      scorer.events.map((event) => ({ ...event, match: 'driver' })),
      'POST',
    );
    await waitForText(page, '[data-testid=side][data-team=Asia]', '6/0');
    await waitForText(page, byId('said'), 'SIX');
    // A starter has 4, a six is worth 6 and 2 more: 12 for the player, twice that for the card.
    await waitForText(page, byId('team-score'), '24');
    await waitForText(page, `[data-testid=card][data-player=${striker}] ${byId('worth')}`, '24');
    await page.close();
  });

  it('lists contests, and shows how teams come before one starts', async () => {
    await begin('coming', 5);
    const page = await open('/contests/');
    await waitForText(page, '[data-contest=coming]', '5 teams');
    await page.locator('[data-contest=coming]').click();
    await waitForText(page, byId('open-contest'), '5 teams are registered');
    await call('tournaments/coming/teams/sixth', { cards: [{ player: 'star', bonus: 1 }] });
    await waitForText(page, byId('open-contest'), '6 teams are registered');
    await call('tournaments/coming/start', {}, 'POST');
    await page.locator(byId('row')).first().waitFor();
    await page.goBack();
    await page.locator('[data-contest=coming]').waitFor();
    await page.close();
  });

  it('says so where there is no such contest, team or league', async () => {
    await begin('small', 3);
    await call('tournaments/small/start', {}, 'POST');
    const page = await open('/contests/?id=nowhere');
    await waitForText(page, byId('refusal'), 'There is no contest nowhere.');
    await page.goto(`${server.url}/contests/?id=small&team=nobody&league=strangers`);
    await waitForText(page, byId('team-missing'), 'There is no such team among 3.');
    await waitForText(page, byId('empty-league'), 'Nobody is in strangers.');
    await page.close();
  });

  it('fits a phone: nothing is wider than the screen', async () => {
    const long = 'A team with a very long name '.repeat(4).trim();
    await begin('phone', 30);
    await call(`tournaments/phone/teams/${encodeURIComponent(long)}`, {
      cards: [{ player: `${'Somebody '.repeat(12)}`.trim(), bonus: 999.999 }],
    });
    await call('tournaments/phone/start', {}, 'POST');
    for (const path of [`/contests/?id=phone&team=${encodeURIComponent(long)}`, '/contests/']) {
      const page = await open(path);
      await page.setViewportSize({ width: 360, height: 740 });
      await page
        .locator(`${byId('row')}, ${byId('contest')}`)
        .first()
        .waitFor();
      const cards = page.locator(byId('show-cards'));
      if (path.includes('team')) await cards.click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await page.close();
    }
  });
});
