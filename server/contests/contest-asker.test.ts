import { expect, test } from 'vitest';
import { createInProcessBus } from '../../bus/in-process-bus.ts';
import { type AskMessage, decodeBusMessage, encodeBusMessage, TOPICS } from '../../bus/messages.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { partitionOfTournament } from '../../store/partitions.ts';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { ASK_AGAIN_MS, ASK_TIMEOUT_MS, createContestAsker, MAX_WAITING_QUESTIONS } from './contest-asker.ts';

const PARTITIONS = 4;
const UNAVAILABLE = { refused: { code: 'unavailable', message: expect.any(String) } };
const PAGE = { league: 'all', offset: 0, limit: 1 };

async function open() {
  const clock = createFakeClock();
  const bus = createInProcessBus({ clock });
  const asker = createContestAsker(
    { bus, clock, logger: silentLogger },
    { asker: 'a', partitions: PARTITIONS },
  );
  await asker.start();
  const asked: AskMessage[] = [];
  const topic = TOPICS.ask(partitionOfTournament('cup', PARTITIONS));
  bus.subscribe(topic, (bytes) => asked.push(decodeBusMessage(bytes) as AskMessage));
  const answer = (id: number, total: number): void => {
    const page = { league: 'all', total, rows: [] };
    bus.publish(TOPICS.answers('a'), encodeBusMessage({ type: 'answer', id, answer: page }));
  };
  return { clock, asker, asked, answer };
}

test('each question gets its own answer, in whatever order they come, and the first of several', async () => {
  const { clock, asker, asked, answer } = await open();
  const answers = Promise.all([asker.ask('cup', 'page', PAGE), asker.ask('cup', 'page', PAGE)]);
  await clock.advance(1);
  const [one, two] = asked;
  answer(two?.id ?? 0, 2);
  answer(one?.id ?? 0, 1);
  answer(one?.id ?? 0, 9);
  answer(4711, 9);
  await clock.advance(1);
  expect(await answers).toMatchObject([{ total: 1 }, { total: 2 }]);
  expect(asked[0]).toMatchObject({ tournament: 'cup', question: 'page', ask: PAGE });
});

test('a question that nobody answers is unavailable in time, and an answer after that is nobody’s', async () => {
  const { clock, asker, asked, answer } = await open();
  let said: unknown;
  void asker.ask('cup', 'page', PAGE).then((found) => {
    said = found;
  });
  await clock.advance(ASK_TIMEOUT_MS - 1);
  expect(said).toBeUndefined();
  await clock.advance(1);
  expect(said).toEqual(UNAVAILABLE);
  answer(asked[0]?.id ?? 0, 1);
  await clock.advance(1);
  expect(said).toEqual(UNAVAILABLE);
});

test('what is not answered is asked again, and not after it was answered', async () => {
  const { clock, asker, asked, answer } = await open();
  const first = asker.ask('cup', 'page', PAGE);
  await clock.advance(1 + 2 * ASK_AGAIN_MS);
  expect(asked).toHaveLength(3);
  expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
  answer(asked[0]?.id ?? 0, 5);
  await clock.advance(ASK_TIMEOUT_MS);
  expect(await first).toMatchObject({ total: 5 });
  expect(asked).toHaveLength(3);
});

test('too many questions at once, and those that wait at a stop, are unavailable at once', async () => {
  const { clock, asker, asked } = await open();
  const waiting = Array.from({ length: MAX_WAITING_QUESTIONS }, () => asker.ask('cup', 'page', PAGE));
  expect(await asker.ask('cup', 'page', PAGE)).toEqual(UNAVAILABLE);
  await clock.advance(1);
  expect(asked).toHaveLength(MAX_WAITING_QUESTIONS);
  await asker.stop();
  expect(new Set((await Promise.all(waiting)).map((each) => JSON.stringify(each))).size).toBe(1);
  expect(await asker.ask('cup', 'page', PAGE)).toEqual(UNAVAILABLE);
});
