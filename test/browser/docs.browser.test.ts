import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { OPEN_TO_READERS, type RunningScorewire, startScorewire } from '../support/scorewire.ts';

let browser: Browser;
let server: RunningScorewire;

beforeAll(async () => {
  [browser, server] = await Promise.all([startBrowser(), startScorewire(OPEN_TO_READERS)]);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

it('/docs shows every route and tries one out, with what this server has alone', async () => {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^data:/.test(request.url()) && !request.url().startsWith(server.url)) elsewhere.push(request.url());
  });
  await page.goto(`${server.url}/docs`);
  await page.waitForSelector('.opblock');
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: object };
  const operations = Object.values(document.paths).flatMap((methods: object) => Object.keys(methods));
  expect(await page.locator('.opblock').count()).toBe(operations.length);

  const reading = page.locator('#operations-Boards-get_v1_boards_board');
  await reading.locator('.opblock-summary-control').click();
  await reading.getByRole('button', { name: 'Try it out' }).click();
  await reading.getByRole('button', { name: 'Execute' }).click();
  await reading.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
  expect(complaints).toEqual([]);
  expect(elsewhere).toEqual([]);
});
