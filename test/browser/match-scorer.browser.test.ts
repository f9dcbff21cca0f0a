/// <reference lib="dom" />
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { side } from '../support/cricket-scorer.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const PHONE = { width: 390, height: 844 };
/** As small as a finger can hit. */
const TARGET_PX = 44;

describe('the page of the scorer', () => {
  let browser: Browser;
  let server: RunningScorewire;
  /** The network between the ground and the server. */
  let network: TcpProxy;
  let token: string;

  beforeAll(async () => {
    [browser, server, token] = await Promise.all([
      startBrowser(),
      startScorewire({ ...OPEN_TO_READERS, ANONYMOUS_SUBSCRIBE: 'match:*' }),
      adminToken(),
    ]);
    network = await startTcpProxy(Number(new URL(server.url).port));
  });
  afterAll(async () => {
    await browser.close();
    await network.stop();
    await server.stop();
  });

  const configure = async (id: string, fixture: Record<string, unknown> = {}): Promise<void> => {
    const body = {
      ...{ sport: 'cricket', teams: ['Asia', 'Europe'], squads: [side('a'), side('e')] },
      ...{ format: { overs: 20 }, ...fixture },
    };
    expect((await request(`${server.url}/v1/matches/${id}`, { method: 'PUT', token, body })).status).toBe(
      200,
    );
  };
  const readMatch = async (id: string) => (await request(`${server.url}/v1/matches/${id}`, { token })).body;
  const readEvents = async (id: string) => {
    const { body } = await request(`${server.url}/v1/matches/${id}/events`, { token });
    return body.records.map(({ event }: { event: object }) => event);
  };
  /** A phone with a token, in a network of its own choice. */
  const openPhone = async (
    path: string,
    {
      complaints = [],
      base = `http://127.0.0.1:${network.port}`,
      prepare = async () => {},
    }: { complaints?: string[]; base?: string; prepare?: (page: Page) => Promise<void> } = {},
  ): Promise<{ page: Page; context: BrowserContext }> => {
    const context = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true });
    await context.addInitScript((value) => sessionStorage.setItem('scorewire.token', value), token);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // What a network that is away makes a browser say is no defect of the page.
      if (message.type() === 'error' && !/ERR_|WebSocket/.test(message.text()))
        complaints.push(message.text());
    });
    await prepare(page);
    await page.goto(`${base}${path}`);
    return { page, context };
  };
  const tap = (page: Page, testid: string): Promise<void> => page.getByTestId(testid).tap();
  const choose = (page: Page, name: string): Promise<void> =>
    page.locator(`[data-testid=option][data-name="${name}"]`).tap();
  const waitForText = (page: Page, testid: string, text: string): Promise<unknown> =>
    page.waitForFunction(
      ([where, wanted]) =>
        document
          .querySelector(`[data-testid="${where}"]`)
          ?.textContent?.replaceAll(/\s+/g, ' ')
          .includes(wanted as string),
      [testid, text],
    );
  const waitForUnsent = (page: Page, count: number): Promise<unknown> =>
    page.locator(`[data-testid=unsent][data-unsent="${count}"]`).waitFor();
  /** Begins an innings of Asia, with the first two of both sides. */
  const begin = async (page: Page): Promise<void> => {
    await page.locator('[data-testid=start-innings][data-team=Asia]').tap();
    await choose(page, 'a1');
    await choose(page, 'a2');
    await choose(page, 'e1');
    await page.getByTestId('runs-0').waitFor();
  };
  const goOffline = async (context: BrowserContext): Promise<void> => {
    await context.setOffline(true);
    network.cut();
  };

  it('sets a match up, scores an over with a wide, a wicket and an undo, and viewers follow', async () => {
    const complaints: string[] = [];
    const { page, context } = await openPhone('/scorer/', { complaints });
    await page.getByTestId('home').fill('Asia');
    await page.getByTestId('away').fill('Europe');
    await page.getByTestId('home-squad').fill(
      side('a')
        .map((name, at) => `${at + 1}. ${name}`)
        .join('\n'),
    );
    await page.getByTestId('away-squad').fill(side('e').join(', '));
    await page.getByTestId('match-id').fill('over');
    await tap(page, 'save-fixture');
    await begin(page);
    const viewer = await browser.newPage();
    await viewer.goto(`${server.url}/matches/?id=over`);

    await tap(page, 'runs-1');
    await waitForText(page, 'striker', 'a2');
    await tap(page, 'runs-4');
    await tap(page, 'kind-wide');
    await tap(page, 'runs-0');
    await waitForText(page, 'score', '6/0');
    await tap(page, 'runs-6');
    await tap(page, 'undo');
    await waitForText(page, 'score', '6/0');
    await tap(page, 'wicket');
    await page.locator('[data-testid=way][data-kind=caught]').tap();
    await choose(page, 'e5');
    await waitForText(page, 'pad', 'Who comes in');
    await choose(page, 'a3');
    for (const runs of ['runs-0', 'runs-2', 'runs-1']) await tap(page, runs);
    await waitForText(page, 'pad', 'Who bowls over 2?');
    await waitForUnsent(page, 0);

    expect((await readMatch('over')).innings['1']).toMatchObject({
      ...{ runs: 9, wickets: 1, overs: '1', extras: { wides: 1 } },
      batting: {
        a1: { runs: 1 },
        a2: { runs: 4, balls: 2, out: { kind: 'caught', bowler: 'e1', fielders: ['e5'] } },
        a3: { runs: 3, balls: 3 },
      },
      bowling: { e1: { runs: 9, wickets: 1, wides: 1, overs: '1' } },
    });
    await waitForText(viewer, 'scoreboard', '9/1');
    await waitForText(viewer, 'last-wicket', 'a2 4 (2) c e5 b e1');
    const last = page.getByTestId('option').last();
    expect(await last.getAttribute('data-name')).toBe('e1');
    expect(complaints).toEqual([]);
    await viewer.close();
    await context.close();
  });

  it('goes on without the network, and sends all of it once, in order, when it is back', async () => {
    const complaints: string[] = [];
    await configure('offline');
    const { page, context } = await openPhone('/scorer/?id=offline', { complaints });
    await begin(page);
    await tap(page, 'runs-1');
    await waitForUnsent(page, 0);
    await goOffline(context);
    for (const runs of ['runs-2', 'runs-0', 'runs-4', 'runs-6']) await tap(page, runs);
    await tap(page, 'undo');
    await waitForText(page, 'score', '7/0');
    await waitForUnsent(page, 5);
    expect((await readMatch('offline')).innings['1'].runs).toBe(1);
    await context.setOffline(false);
    await waitForUnsent(page, 0);
    const events = await readEvents('offline');
    expect(
      events.map(
        (event: { action?: string; delivery?: { runs: { total: number } } }) =>
          event.action ?? event.delivery?.runs.total,
      ),
    ).toEqual(['innings', 1, 2, 0, 4, 6, 'undo']);
    expect((await readMatch('offline')).innings['1'].runs).toBe(7);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('keeps what is unsent when the page is opened again', async () => {
    await configure('reopened');
    const { page, context } = await openPhone('/scorer/?id=reopened');
    await begin(page);
    await waitForUnsent(page, 0);
    await goOffline(context);
    await tap(page, 'runs-3');
    await waitForUnsent(page, 1);
    await page.close();
    expect((await readMatch('reopened')).innings['1'].runs).toBe(0);
    await context.setOffline(false);
    const again = await context.newPage();
    await again.goto(`http://127.0.0.1:${network.port}/scorer/?id=reopened`);
    await waitForText(again, 'score', '3/0');
    await waitForUnsent(again, 0);
    expect((await readMatch('reopened')).innings['1'].runs).toBe(3);
    await context.close();
  });

  it('tells the second of two scorers what the first has entered, and lets him decide', async () => {
    await configure('two');
    const one = await openPhone('/scorer/?id=two');
    await begin(one.page);
    await waitForUnsent(one.page, 0);
    const two = await openPhone('/scorer/?id=two', { base: server.url });
    await choose(two.page, 'a1');
    await choose(two.page, 'a2');
    await choose(two.page, 'e1');

    await goOffline(one.context);
    await tap(one.page, 'runs-4');
    await tap(one.page, 'runs-1');
    await tap(two.page, 'runs-2');
    await waitForUnsent(two.page, 0);
    await one.context.setOffline(false);
    await waitForText(one.page, 'conflict', 'Somebody else has scored before you');
    await waitForText(one.page, 'conflict-theirs', 'e1 to a1: 2 runs');
    expect(await one.page.getByTestId('conflict-own').locator('li').count()).toBe(2);
    expect((await readMatch('two')).innings['1'].runs).toBe(2);
    await tap(one.page, 'conflict-drop');
    await waitForText(one.page, 'score', '2/0');

    await goOffline(one.context);
    await tap(one.page, 'runs-6');
    await tap(two.page, 'runs-0');
    await waitForUnsent(two.page, 0);
    await one.context.setOffline(false);
    await one.page.getByTestId('conflict').waitFor();
    await tap(one.page, 'conflict-insist');
    await waitForUnsent(one.page, 0);
    await waitForText(two.page, 'score', '8/0');
    expect((await readEvents('two')).length).toBe(4);
    await Promise.all([one.context.close(), two.context.close()]);
  });

  it('lets only one of two through who score at the same moment', async () => {
    await configure('moment');
    let isHeld = false;
    const held: (() => void)[] = [];
    const one = await openPhone('/scorer/?id=moment', {
      prepare: (page) =>
        page.routeWebSocket(/\/v1\/ws/, (socket) => {
          const upstream = socket.connectToServer();
          socket.onMessage((frame) => {
            const isPublish = String(frame).includes('"publish"');
            if (isHeld && isPublish) held.push(() => upstream.send(frame));
            else upstream.send(frame);
          });
        }),
    });
    await begin(one.page);
    await tap(one.page, 'runs-1');
    await waitForUnsent(one.page, 0);
    isHeld = true;
    await tap(one.page, 'runs-4');
    await expect.poll(() => held.length).toBe(1);

    const two = await openPhone('/scorer/?id=moment', { base: server.url });
    await waitForText(two.page, 'score', '1/0');
    await tap(two.page, 'runs-4');
    await waitForUnsent(two.page, 0);
    isHeld = false;
    for (const release of held) release();
    await waitForText(one.page, 'conflict', 'Somebody else has entered the same before you');
    expect((await readEvents('moment')).length).toBe(3);
    expect((await readMatch('moment')).innings['1'].runs).toBe(5);
    await tap(one.page, 'conflict-drop');
    await waitForText(one.page, 'score', '5/0');
    await tap(one.page, 'runs-2');
    await waitForUnsent(one.page, 0);
    await waitForText(two.page, 'score', '7/0');
    await Promise.all([one.context.close(), two.context.close()]);
  });

  it('explains what cannot be, and records it where the scorer insists', async () => {
    await configure('insist');
    const { page, context } = await openPhone('/scorer/?id=insist');
    await begin(page);
    for (let ball = 0; ball < 6; ball += 1) await tap(page, 'runs-0');
    await waitForText(page, 'pad', 'Who bowls over 2?');
    await choose(page, 'e1');
    await tap(page, 'runs-1');
    await waitForText(page, 'refusal-message', 'e1 bowled the last over and cannot bowl this one');
    await tap(page, 'refusal-change');
    await waitForText(page, 'pad', 'Who bowls over 2?');
    await choose(page, 'e1');
    await tap(page, 'runs-1');
    await tap(page, 'refusal-insist');
    await waitForText(page, 'score', '1/0');
    await waitForUnsent(page, 0);
    expect((await readMatch('insist')).innings['1'].bowling).toMatchObject({ e1: { overs: '1.1' } });
    await context.close();
  });

  it('corrects an earlier ball, and takes in what is no ball', async () => {
    await configure('correct');
    const { page, context } = await openPhone('/scorer/?id=correct');
    await begin(page);
    await tap(page, 'runs-2');
    await tap(page, 'runs-0');
    await tap(page, 'more');
    await tap(page, 'open-amend');
    await page.getByTestId('amend-ball').last().tap();
    await page.getByTestId('amend-runs').fill('4');
    await page.getByTestId('amend-commentary').fill('Through the covers');
    await tap(page, 'amend-submit');
    await waitForText(page, 'score', '4/0');
    await tap(page, 'more');
    await page.locator('[data-testid=action][data-action=penalty]').tap();
    await tap(page, 'act');
    await waitForText(page, 'score', '9/0');
    await waitForUnsent(page, 0);
    expect((await readMatch('correct')).innings['1']).toMatchObject({
      batting: { a1: { runs: 4, fours: 1 } },
      extras: { penalty: 5 },
    });
    await context.close();
  });

  it('keeps the score of any sport', async () => {
    await configure('points', { sport: 'generic', format: undefined });
    const { page, context } = await openPhone('/scorer/?id=points');
    await tap(page, 'start');
    const asia = page.locator('[data-testid=pad-side][data-team=Asia]');
    await asia.getByTestId('points-3').tap();
    await page.getByTestId('of-player').check();
    await asia.getByTestId('points-2').tap();
    await choose(page, 'a7');
    await waitForUnsent(page, 0);
    expect(await readMatch('points')).toMatchObject({
      scores: { Asia: 5, Europe: 0 },
      players: { Asia: { a7: 2 } },
    });
    await context.close();
  });

  it('asks for a token that may score', async () => {
    await configure('closed');
    const page = await browser.newPage();
    await page.goto(`${server.url}/scorer/?id=closed`);
    await page.getByTestId('token-input').fill(token);
    await page.getByTestId('token-input').press('Enter');
    await page.locator('[data-testid=start-innings]').first().click();
    await waitForUnsent(page, 0);
    expect((await readMatch('closed')).status).toBe('live');
    await page.close();
  });

  it('has room for fingers, and fits a small phone', async () => {
    const long = 'A name that is far longer than a phone is wide, for a player '.repeat(2).trim();
    await configure('fingers', {
      teams: [`${long} a`, `${long} b`],
      squads: [
        [`${long} c`, 'x'],
        [`${long} d`, 'y'],
      ],
    });
    const { page, context } = await openPhone('/scorer/?id=fingers');
    await page.setViewportSize({ width: 320, height: 640 });
    const expectRoom = async (): Promise<void> => {
      const [small, content] = await page.evaluate((target) => {
        const controls = [...document.querySelectorAll('button, a, input, select')];
        const shown = controls.map((each) => ({ each, box: each.getBoundingClientRect() }));
        return [
          shown
            .filter(({ box }) => box.width > 0 && (box.width < target || box.height < target))
            .map(({ each }) => each.outerHTML),
          document.documentElement.scrollWidth,
        ] as const;
      }, TARGET_PX);
      expect(small).toEqual([]);
      expect(content).toBeLessThanOrEqual(320);
    };
    await expectRoom();
    await page.getByTestId('start-innings').first().tap();
    await expectRoom();
    await page.getByTestId('option').first().tap();
    await page.getByTestId('option').first().tap();
    await page.getByTestId('option').first().tap();
    await page.getByTestId('runs-0').waitFor();
    await expectRoom();
    await tap(page, 'wicket');
    await expectRoom();
    await context.close();
  });
});
