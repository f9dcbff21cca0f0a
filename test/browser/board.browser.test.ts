/// <reference lib="dom" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { freePort } from '../support/processes.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';

describe('the page', () => {
  let browser: Browser;
  let server: RunningScorewire;
  let port: string;
  let token: string;

  beforeAll(async () => {
    port = String(await freePort());
    [browser, server, token] = await Promise.all([
      startBrowser(),
      startScorewire({ ...OPEN_TO_READERS, PORT: port }),
      adminToken(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const publish = async (board: string, scores: Record<string, number>): Promise<void> => {
    const body = Object.entries(scores).map(([member, set]) => ({ type: 'score', board, member, set }));
    expect((await request(`${server.url}/v1/events`, { token, body })).body).toMatchObject({
      applied: body.length,
    });
  };
  /** A page that fails the test at whatever the browser complains of. */
  const open = async (path: string, complaints: string[] = []): Promise<Page> => {
    const page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${server.url}${path}`);
    return page;
  };
  const names = (page: Page): Promise<string[]> =>
    page.getByTestId('row').getByTestId('name').allTextContents();
  const waitForNames = (page: Page, expected: readonly string[]): Promise<unknown> =>
    page.waitForFunction(
      (wanted) =>
        JSON.stringify(
          [...document.querySelectorAll('[data-testid=row] [data-testid=name]')].map((e) =>
            e.textContent?.trim(),
          ),
        ) === wanted,
      JSON.stringify(expected),
    );

  it('shows a board as it changes, without a reload and without a complaint of the browser', async () => {
    const complaints: string[] = [];
    await publish('cup', { ann: 30, bob: 20, cat: 10 });
    const page = await open('/?board=cup', complaints);
    await waitForNames(page, ['ann', 'bob', 'cat']);
    await publish('cup', { cat: 40 });
    await waitForNames(page, ['cat', 'ann', 'bob']);
    const scores = await page.getByTestId('row').getByTestId('score').allTextContents();
    expect(scores.map((score) => Number.parseInt(score, 10))).toEqual([40, 30, 20]);
    await publish('cup', { bob: 30 });
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll('[data-testid=row]')]
          .map((row) => row.getAttribute('data-rank'))
          .join() === '1,2,2',
    );
    await request(`${server.url}/v1/events`, {
      token,
      body: { type: 'profile', member: 'cat', name: 'Catherine' },
    });
    await waitForNames(page, ['Catherine', 'ann', 'bob']);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('follows one member wherever that is on the board', async () => {
    await publish('race', { me: 5, you: 7 });
    const page = await open('/?board=race');
    await page.getByTestId('member-input').fill('me');
    await page.getByTestId('member-submit').click();
    await page.waitForFunction(() =>
      document.querySelector('[data-testid=my-rank-value]')?.textContent?.includes('2'),
    );
    await publish('race', { me: 9 });
    await page.waitForFunction(() =>
      document.querySelector('[data-testid=my-rank-value]')?.textContent?.includes('1'),
    );
    await page.close();
  });

  it('lets a viewer choose among the boards', async () => {
    await publish('alpha', { a: 1 });
    await publish('beta', { b: 1 });
    const page = await open('/?board=alpha');
    await waitForNames(page, ['a']);
    await page.getByTestId('board-title').click();
    await page.getByTestId('board-link').filter({ hasText: 'beta' }).first().click();
    await waitForNames(page, ['b']);
    expect(page.url()).toContain('beta');
    await page.close();
  });

  it('tells a newcomer what to do where a board is empty', async () => {
    const page = await open('/?board=nothing-here');
    await page.getByTestId('empty').waitFor();
    expect(await page.getByTestId('empty').textContent()).toContain('curl');
    await page.close();
  });

  it('fits a phone: nothing is wider than the screen', async () => {
    await publish('phone', { ['a very long name '.repeat(7).slice(0, 120)]: 123_456_789, b: 1 });
    const page = await open('/?board=phone');
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByTestId('row').first().waitFor();
    const [content, screen] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      window.innerWidth,
    ]);
    expect(content).toBeLessThanOrEqual(screen ?? 0);
    await page.close();
  });

  it('says that it is not live while the server is away, and is right when it is back', async () => {
    const page = await open('/?board=away');
    await publish('away', { a: 1, b: 2 });
    await waitForNames(page, ['b', 'a']);
    const live = await page.getByTestId('connection').textContent();
    await server.stop();
    await page.waitForFunction(
      (before) => document.querySelector('[data-testid=connection]')?.textContent !== before,
      live,
    );
    expect(await names(page)).toEqual(['b', 'a']);
    server = await startScorewire({ ...OPEN_TO_READERS, PORT: port });
    await publish('away', { a: 3, b: 2 });
    await waitForNames(page, ['a', 'b']);
    await page.waitForFunction(
      (before) => document.querySelector('[data-testid=connection]')?.textContent === before,
      live,
    );
    await page.close();
  });
});
