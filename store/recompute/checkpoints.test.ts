import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { type LogEntry, MAX_CHECKPOINT_TEXT_BYTES, type ScoreOperation } from '../score-store.ts';
import { apply, delta, readRecord, set } from '../support.contract.ts';
import { formatCheckpoint, parseCheckpoint } from './checkpoint-format.ts';
import { LogReplay } from './log-replay.ts';
import { ShadowBoard } from './shadow-board.ts';
import { applyAll, corrupt, recompute, recomputed, withMeanwhile } from './support.contract.ts';

const KEPT = 100;
const open = () => createMemoryStore({ partitions: 1, logOperations: KEPT });
type Store = ReturnType<typeof open>;

/** Pushes everything before it out of the log, in small steps, since it is trimmed by whole ones. */
async function fill(store: Store, operations = 2 * KEPT): Promise<void> {
  const step = Array<ScoreOperation>(10).fill(delta('other', 'x', 1));
  for (let applied = 0; applied < operations; applied += step.length) await apply(store, step);
}

describe('where the log has been trimmed', () => {
  test('a board that began before is refused, with the reason', async () => {
    const store = open();
    await apply(store, [set('b', 'ann', 1)]);
    await fill(store);
    await corrupt(store, 'ann', () => ({ score: 2 }));
    const { trimmedTo } = await store.readLog(0, 0, 1);
    expect(trimmedTo).toBeGreaterThan(0);
    const refusal = await recompute(store);
    expect(refusal).toMatchObject({ refused: 'conflict' });
    expect(refusal).toHaveProperty('message', expect.stringContaining(`begins at position ${trimmedTo}`));
    expect(refusal).toHaveProperty('message', expect.stringContaining('creation was at position 0'));
    expect(await recompute(store, 'none')).toMatchObject({
      ...{ refused: 'not_found', message: 'there is no board none' },
    });
    expect(await readRecord(store, 'b', 'ann')).toEqual({ score: 2 });
  });

  test('a board that began later is replayed from its creation', async () => {
    const store = open();
    await fill(store);
    await apply(store, [delta('other', 'x', 1), set('b', 'ann', 1), set('b', 'bob', 2)]);
    await corrupt(store, 'ann', () => ({ score: 9 }));
    expect(await recomputed(store)).toMatchObject({ checked: 2, corrected: 1 });
    expect((await recomputed(store)).fromPosition).toBeGreaterThanOrEqual(2 * KEPT);
    expect(await readRecord(store, 'b', 'ann')).toEqual({ score: 1 });
  });

  test('a board is replayed from the checkpoint of its last recomputation, as long as the log reaches back to that', async () => {
    const store = open();
    await store.configureBoard('b', { ties: 'first', order: 'asc' }, 1000);
    await apply(store, [set('b', 'ann', 1), set('b', 'bob', 1), set('b', 'cid', 1)]);
    const { position } = await recomputed(store);
    await fill(store, KEPT / 2);
    await fill(store, KEPT / 2);
    await apply(store, [delta('b', 'bob', 0.25)]);
    expect((await store.readLog(0, 0, 1)).trimmedTo).toBeGreaterThan(0);
    await corrupt(store, 'bob', () => ({ score: 5, arrival: 5 }));
    await corrupt(store, 'ann', () => undefined);
    expect(await recomputed(store)).toMatchObject({ corrected: 2, fromPosition: position });
    expect((await store.readRecords('b', ['ann', 'bob', 'cid'])).records).toEqual([
      { score: 1, arrival: 2 },
      { score: 1.25, arrival: position + KEPT + 1 },
      { score: 1, arrival: 4 },
    ]);
    await fill(store);
    expect(await recompute(store)).toMatchObject({
      ...{ refused: 'conflict', message: expect.stringContaining('last checkpoint was at position') },
    });
  });

  test('a board that was removed and made anew is replayed from there', async () => {
    const store = open();
    await apply(store, [set('b', 'ann', 1)]);
    await recomputed(store);
    await fill(store);
    await store.removeBoard('b', 1000);
    await apply(store, [set('b', 'bob', 1)]);
    await fill(store, KEPT / 2);
    await corrupt(store, 'ann', () => ({ score: 1 }));
    expect(await recomputed(store)).toMatchObject({ differences: [{ member: 'ann' }], corrected: 1 });
  });

  test('a board over the bound gets no checkpoint, and the answer says so', async () => {
    const store = open();
    await apply(store, [set('b', 'ann', 1), set('b', 'bob', 1)]);
    const options = { maxCheckpointMembers: 1 };
    expect(await recomputed(store, 'b', options)).toMatchObject({ checkpoint: 'board_too_large' });
    expect(await store.loadCheckpoint('b')).toEqual({ position: 0, texts: [] });
    expect(await recomputed(store)).toMatchObject({ checkpoint: 'saved' });
    expect(await store.loadCheckpoint('b')).toMatchObject({ position: 2 });
  });

  test('while it is replayed, the recomputation gives up instead of guessing', async () => {
    const store = open();
    await applyAll(store, Array<ScoreOperation>(90).fill(delta('b', 'ann', 1)));
    let reads = 0;
    const racing = withMeanwhile(store, async (method) => {
      if (method === 'readLog' && ++reads === 3) await fill(store);
    });
    expect(await recompute(racing)).toMatchObject({
      ...{ refused: 'conflict', message: expect.stringContaining('trimmed faster') },
    });
  });
});

describe('a log that can not be right', () => {
  const batch = (from: number, to: number, length = to - from): LogEntry => ({
    ...{ kind: 'batch', at: 1000, from, to },
    operations: Array(length).fill(set('b', 'ann', 1)),
  });

  test.each([
    { name: 'with a hole', entries: [batch(0, 2), batch(3, 4)], position: 4, message: 'damaged' },
    { name: 'that begins late', entries: [batch(1, 4)], position: 4, message: 'damaged' },
    { name: 'that ends early', entries: [batch(0, 2)], position: 4, message: 'damaged' },
    { name: 'with a short batch', entries: [batch(0, 4, 3)], position: 4, message: 'damaged' },
    { name: 'that is empty', entries: [], position: 4, message: 'damaged' },
  ])('$name is refused', async ({ entries, position, message }) => {
    const store = open();
    const readLog = async (_: number, after: number, limit: number) => ({
      ...{ trimmedTo: 0, position },
      entries: entries.filter(({ to }) => to > after).slice(0, limit),
    });
    expect(await recompute({ ...withMeanwhile(store, async () => undefined), readLog })).toMatchObject({
      ...{ refused: 'conflict', message: expect.stringContaining(message) },
    });
  });

  test.each([Number.NaN, 0.5])(
    'with a position that is none (%d) is not passed over unread',
    async (position) => {
      const store = open();
      await apply(store, [set('b', 'ann', 1), set('b', 'bob', 1)]);
      const shadow = new ShadowBoard('b');
      const replay = new LogReplay({ store, shadow }, { partition: 0, position: 0 });
      await expect(replay.advanceTo(position)).rejects.toThrow('defect');
      expect(() => new LogReplay({ store, shadow }, { partition: 0, position })).toThrow('defect');
      const entry: LogEntry = {
        kind: 'remove-member',
        board: 'b',
        member: 'ann',
        at: 1,
        from: 0,
        to: position,
      };
      const readLog = async () => ({ trimmedTo: 0, position: 2, entries: [entry] });
      const reading = new LogReplay({ store: { readLog }, shadow }, { partition: 0, position: 0 });
      expect(await reading.advanceTo(2)).toMatchObject({ message: expect.stringContaining('damaged') });
    },
  );

  test('because the store lost data meanwhile is refused, and tells what had been repaired', async () => {
    const store = open();
    await apply(store, [set('b', 'ann', 1), set('b', 'bob', 1)]);
    await corrupt(store, 'ann', () => ({ score: 2 }));
    const lost = withMeanwhile(store, async () => undefined);
    let reads = 0;
    const result = await recompute({
      ...lost,
      scanMembers: async () => ({ members: ['stranger'], strays: [] }),
      readRecords: async (board, members) => {
        const read = await store.readRecords(board, members);
        return ++reads === 3 ? { ...read, position: 1 } : read;
      },
    });
    expect(result).toMatchObject({ refused: 'conflict', message: expect.stringContaining('went back') });
    expect(result).toHaveProperty('message', expect.stringContaining('1 members had been set right'));
  });
});

describe('a checkpoint', () => {
  const member = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  const score = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

  test('gives the same board again, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.oneof(member, fc.constant('__proto__')), score),
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.constantFrom('first' as const, 'member' as const),
        async (scores, order, ties) => {
          const board = new ShadowBoard('b', {
            config: { order, ties, top: 5 },
            members: Object.entries(scores).map(([name, value], index) => [
              name,
              { score: value, arrival: index * 7 },
            ]),
          });
          const state = (await parseCheckpoint(await formatCheckpoint(board))) ?? { members: [] };
          const again = await ShadowBoard.restored('b', state);
          expect(again.config).toEqual(board.config);
          expect([...again.members()]).toEqual([...board.members()]);
          for (const name of board.members()) expect(again.record(name)).toEqual(board.record(name));
        },
      ),
    );
  });

  test('of no board is none', async () => {
    expect(await parseCheckpoint(await formatCheckpoint(new ShadowBoard('b')))).toEqual({ members: [] });
    expect(await parseCheckpoint([])).toEqual({ members: [] });
  });

  test('has texts within their bound, also with the worst members', async () => {
    const members = Array.from({ length: 450 }, (_, index) => `"${index}`.padEnd(128, '\\"'));
    const board = new ShadowBoard('b', {
      config: { order: 'desc', ties: 'first', top: 5 },
      members: members.map((name) => [name, { score: -Number.MAX_VALUE / 3, arrival: 2 ** 53 - 1 }]),
    });
    const texts = await formatCheckpoint(board);
    expect(texts).toHaveLength(4);
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_CHECKPOINT_TEXT_BYTES);
    expect((await parseCheckpoint(texts))?.members).toHaveLength(450);
  });

  test('that is not whole is not believed', async () => {
    const board = new ShadowBoard('b', {
      config: { order: 'desc', ties: 'member', top: 5 },
      members: Array.from({ length: 500 }, (_, index) => [`m${index}`, { score: index }]),
    });
    const [header = '', ...texts] = await formatCheckpoint(board);
    expect(await parseCheckpoint([header, ...texts.slice(1)])).toBeUndefined();
    expect(await parseCheckpoint([header, ...texts.toReversed()])).toBeUndefined();
    expect(await parseCheckpoint([header, ...texts, '[]'])).toBeUndefined();
    expect(await parseCheckpoint(['not JSON', ...texts])).toBeUndefined();
    expect(await parseCheckpoint([header.replace('"version":1', '"version":2'), ...texts])).toBeUndefined();
    expect(await parseCheckpoint([header.replace('"desc"', '"asc"'), ...texts])).toBeUndefined();
    expect(await parseCheckpoint([header.replace('"members":500', '"members":5'), ...texts])).toBeUndefined();

    const store = open();
    await fill(store);
    await apply(store, [set('b', 'ann', 1)]);
    await store.saveCheckpoint('b', { position: 2 * KEPT + 1, texts: [header, ...texts.slice(1)] });
    // The creation is still in the log, and the next checkpoint is a whole one.
    expect(await recomputed(store)).toMatchObject({ checked: 1, corrected: 0, fromPosition: 2 * KEPT });
    expect(await recomputed(store)).toMatchObject({ checked: 1, fromPosition: 2 * KEPT + 1 });
    await fill(store);
    const { position } = await store.readLog(0, 0, 1);
    await store.saveCheckpoint('b', { position, texts: [header, ...texts.slice(1)] });
    expect(await recompute(store)).toMatchObject({
      ...{ refused: 'conflict', message: expect.stringContaining("can't be read") },
    });
  });
});
