/// <reference lib="dom" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MatchEvent } from '../../protocol/match-events.ts';
import { startBrowser } from '../support/browser.ts';
import { CricketScorer, fixtureOf } from '../support/cricket-scorer.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';

describe('the pages of matches', () => {
  let browser: Browser;
  let server: RunningScorewire;
  let token: string;

  beforeAll(async () => {
    [browser, server, token] = await Promise.all([
      startBrowser(),
      startScorewire({ ...OPEN_TO_READERS, ANONYMOUS_SUBSCRIBE: 'match:*' }),
      adminToken(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const put = async (id: string, body: unknown): Promise<void> => {
    expect((await request(`${server.url}/v1/matches/${id}`, { method: 'PUT', token, body })).status).toBe(
      200,
    );
  };
  const publish = async (match: string, events: readonly MatchEvent[]): Promise<void> => {
    const body = events.map((event) => ({ ...event, match }));
    const answer = await request(`${server.url}/v1/events`, { token, body });
    expect(answer.body).toMatchObject({ applied: events.length, rejected: [] });
  };
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
  const byId = (testid: string): string => `[data-testid=${testid}]`;

  it('follow a match ball by ball: score, crease, over, card, commentary and charts', async () => {
    const complaints: string[] = [];
    const scorer = new CricketScorer();
    await put('live', fixtureOf());
    let sent = 0;
    const send = async (): Promise<void> => {
      const events = scorer.events.slice(sent);
      sent = scorer.events.length;
      await publish('live', events);
    };
    const page = await open('/matches/?id=live', complaints);
    await waitForText(page, byId('match-title'), 'Asia v Europe');
    await waitForText(page, byId('say'), 'To come');

    scorer.begin('Asia').ball({ runs: 1 });
    await send();
    await waitForText(page, '[data-testid=side][data-team=Asia]', '1/0');
    await waitForText(page, '[data-testid=batter][data-name=a2]', 'on strike');
    scorer.ball({ runs: 4 });
    scorer.ball({ extras: { wides: 2 } });
    await send();
    await waitForText(page, '[data-testid=side][data-team=Asia]', '7/0');
    await waitForText(page, byId('this-over'), '4');
    await waitForText(page, byId('this-over'), '2wd');
    await waitForText(page, byId('partnership'), '7 (2)');
    await waitForText(page, byId('extras'), '2');
    await waitForText(page, byId('comment'), '2 wides');

    const { striker = '' } = scorer.state.innings[0] ?? {};
    scorer.ball({ wickets: [{ player_out: striker, kind: 'bowled' }] });
    scorer.balls(3);
    await send();
    await waitForText(page, byId('last-wicket'), `${striker} `);
    await waitForText(page, byId('fall'), `7-1 (${striker}, 0.3)`);
    await waitForText(page, byId('bowling'), 'e11');
    await waitForText(page, byId('overs'), '1717');
    expect(await page.locator(`${byId('charts')} canvas`).count()).toBe(2);

    await publish('live', [{ type: 'match', match: 'live', action: 'undo' }]);
    await waitForText(page, `${byId('scoreboard')} .overs`, '0.5 of 20');

    expect(complaints).toEqual([]);
    await page.close();
  });

  it('tell what a side needs, and who has won', async () => {
    const complaints: string[] = [];
    const scorer = new CricketScorer(fixtureOf({ overs: 1 }));
    await put('chase', fixtureOf({ overs: 1 }));
    scorer.begin('Asia').balls(6, { runs: 1 });
    scorer.begin('Europe').balls(2, { runs: 2 });
    await publish('chase', scorer.events);
    const page = await open('/matches/?id=chase', complaints);
    await waitForText(page, byId('say'), 'Europe need 3 runs from 4 balls');
    await waitForText(page, byId('target'), '7');
    await waitForText(page, byId('required-rate'), '4.50');
    // The card of an innings that is over is looked at while the other goes on.
    await page.getByTestId('scorecard').getByTestId('tab').filter({ hasText: 'Asia' }).click();
    await waitForText(page, byId('total'), '6/0');
    const before = scorer.events.length;
    scorer.ball({ runs: 6 });
    await publish('chase', scorer.events.slice(before));
    await waitForText(page, byId('say'), 'Europe won by 10 wickets');
    await waitForText(page, byId('total'), '6/0');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('list what is played, what comes and what is over, and go on with the play', async () => {
    const complaints: string[] = [];
    await put('tocome', { sport: 'generic', teams: ['Rovers', 'United'] });
    const page = await open('/matches/', complaints);
    const card = page.locator('[data-group=coming] [data-match=tocome]');
    await card.waitFor();
    await publish('tocome', [
      { type: 'match', match: 'tocome', action: 'start' },
      { type: 'match', match: 'tocome', action: 'score', team: 'Rovers', points: 3, player: 'Best' },
    ]);
    await page.locator('[data-group=live] [data-match=tocome]').waitFor();
    await waitForText(page, '[data-match=tocome]', 'Rovers 3');
    await page.locator('[data-match=tocome]').click();
    await waitForText(page, '[data-testid=side][data-team=Rovers]', '3');
    await waitForText(page, '[data-testid=side][data-team=Rovers]', 'Best');
    expect(page.url()).toContain('id=tocome');
    await publish('tocome', [
      { type: 'match', match: 'tocome', action: 'period', name: '2nd half' },
      { type: 'match', match: 'tocome', action: 'clock', seconds: 2700, running: false },
      { type: 'match', match: 'tocome', action: 'end' },
    ]);
    await waitForText(page, byId('period'), '2nd half');
    await waitForText(page, byId('clock'), '45:00');
    await waitForText(page, byId('say'), 'Rovers won 3–0');
    await page.goBack();
    await page.locator('[data-group=finished] [data-match=tocome]').waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('say so where there is no such match', async () => {
    const page = await open('/matches/?id=nowhere', []);
    await waitForText(page, byId('refusal'), 'There is no match nowhere.');
    await page.close();
  });

  it('fit a phone: nothing is wider than the screen', async () => {
    const long = 'A side with a very long name '.repeat(4).trim();
    const scorer = new CricketScorer();
    scorer.begin('Asia').balls(12, { runs: 3 });
    const renamed = JSON.parse(JSON.stringify(scorer.events).replaceAll('"Asia"', JSON.stringify(long)));
    await put('phone', { ...fixtureOf(), teams: [long, 'Europe'] });
    await publish('phone', renamed);
    for (const path of ['/matches/?id=phone', '/matches/']) {
      const page = await open(path, []);
      await page.setViewportSize({ width: 360, height: 740 });
      await page
        .locator(`${byId('balls')}, ${byId('match')}`)
        .first()
        .waitFor();
      for (const panel of await page.locator('.panels button').all()) {
        await panel.click();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await page.close();
    }
  });
});
