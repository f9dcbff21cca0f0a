/// <reference lib="dom" />
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { connectRaw } from '../support/raw-client.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';

describe('the operations page', () => {
  let browser: Browser;
  let server: RunningScorewire;
  let token: string;

  beforeAll(async () => {
    [browser, server, token] = await Promise.all([
      startBrowser(),
      startScorewire({ ...OPEN_TO_READERS, TICK_MS: '100', DRAIN_MS: '100' }),
      adminToken(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it('asks for an admin token, shows the installation live, looks into a channel, disconnects and drains', async () => {
    const complaints: string[] = [];
    const page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // Being asked for a token is an answer of 401, which browsers report by themselves.
      if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
    });
    const [viewer, other] = await Promise.all([
      connectRaw(server.socketUrl, { token }),
      connectRaw(server.socketUrl),
    ]);
    await viewer.ask({ type: 'subscribe', channel: 'board:arena' });
    await viewer.ask({ type: 'subscribe', channel: 'rank:arena:ann' });
    await other.ask({ type: 'subscribe', channel: 'board:arena' });
    const score = (delta: number) =>
      request(`${server.url}/v1/events`, {
        token,
        body: { type: 'score', board: 'arena', member: 'ann', delta },
      });
    await score(1);

    await page.goto(`${server.url}/admin/`);
    await page.getByTestId('token-input').fill(token);
    await page.getByRole('button', { name: 'Open' }).click();
    const nodes = page.getByTestId('nodes');
    await nodes.getByText('fine').waitFor();
    expect(await page.getByTestId('partitions').locator('li').count()).toBe(16);
    expect(await page.getByTestId('partitions').locator('li.none').count()).toBe(0);
    const publishing = setInterval(() => void score(1), 100);
    await page.getByTestId('charts').locator('polyline').nth(3).waitFor({ state: 'attached' });
    await page.getByTestId('channels').getByRole('button', { name: 'board:arena' }).click();
    await page.getByTestId('peek').getByText('"ann"').waitFor();
    clearInterval(publishing);

    await nodes.getByRole('button', { name: /clients of/ }).click();
    const clients = page.getByTestId('connections');
    await clients.getByText('test', { exact: true }).first().waitFor();
    const { session } = await viewer.waitFor<{ type: 'welcome'; session: string } & never>(
      'the welcome',
      ({ type }) => type === 'welcome',
    );
    await clients.getByLabel(/Search/).fill(session);
    await page.waitForFunction(
      () => document.querySelectorAll('[data-testid=connections] tbody tr').length === 1,
    );
    await clients.getByRole('button', { name: 'Disconnect' }).click();
    expect((await viewer.closed).code).toBe(1001);
    await page.getByText('was disconnected').waitFor();

    await nodes.getByRole('button', { name: 'Drain' }).click();
    expect(other.socket.readyState).toBe(other.socket.OPEN);
    await nodes.getByRole('button', { name: 'Send all away?' }).click();
    expect((await other.closed).code).toBe(4001);
    await nodes.getByText('draining').waitFor();
    expect(complaints).toEqual([]);
  });

  it('says so where a token is no admin token', async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/admin/`);
    await page.getByTestId('token-input').fill('nonsense');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('The token was refused').waitFor();
  });
});
