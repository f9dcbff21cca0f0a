import { describe, expect, test } from 'vitest';
import type { Archive } from './archive.ts';
import type { ArchivedRow } from './rows.ts';

/** An archive that others can be opened beside, and a way to see what is in it. */
export interface ArchiveFixture {
  create(): Archive;
  rows(partition: number): Promise<readonly ArchivedRow[]>;
  lost(partition: number): Promise<readonly ArchivedRow[]>;
  gaps(): Promise<readonly (readonly [partition: number, after: number, to: number])[]>;
}

const row = (position: number, at: number, step = position): ArchivedRow => ({
  ...{ position, step, at },
  operation: { op: 'delta', board: 'b', member: 'ann', value: position },
});
const addition = (partition: number, after: number, rows: readonly ArchivedRow[]) => {
  const last = rows.at(-1) ?? row(after, 0);
  return { partition, after, rows, reached: { position: last.position, at: last.at } };
};

/** What every archive ensures; each test gets an empty one. */
export function archiveContract(createFixture: () => Promise<ArchiveFixture>): void {
  const open = async () => {
    const fixture = await createFixture();
    const archive = fixture.create();
    expect(await archive.open(2)).toEqual([
      { position: 0, at: undefined },
      { position: 0, at: undefined },
    ]);
    return { fixture, archive };
  };

  describe('an archive', () => {
    test('keeps rows, and tells who opens it again where it is', async () => {
      const { fixture, archive } = await open();
      await archive.append([addition(0, 0, [row(1, 1001, 2), row(2, 1001)]), addition(1, 0, [row(1, 7)])]);
      await archive.append([addition(0, 2, [row(3, 1_700_000_000_123)])]);
      await archive.close();
      expect(await archive.open(2)).toEqual([
        { position: 3, at: 1_700_000_000_123 },
        { position: 1, at: 7 },
      ]);
      expect(await fixture.rows(0)).toEqual([row(1, 1001, 2), row(2, 1001), row(3, 1_700_000_000_123)]);
      expect(await fixture.rows(1)).toEqual([row(1, 7)]);
      await archive.close();
    });

    test('takes all additions or none, each only from where it is', async () => {
      const { fixture, archive } = await open();
      await archive.append([addition(0, 0, [row(1, 1)])]);
      const wrong = [addition(1, 0, [row(1, 2)]), addition(0, 0, [row(2, 2)])];
      await expect(archive.append(wrong)).rejects.toThrow();
      await archive.close();
      expect(await archive.open(2)).toEqual([
        { position: 1, at: 1 },
        { position: 0, at: undefined },
      ]);
      expect(await fixture.rows(1)).toEqual([]);
      await archive.close();
    });

    test('is open to one at a time', async () => {
      const { fixture, archive } = await open();
      const other = fixture.create();
      expect(await other.open(2)).toBeUndefined();
      await expect(other.append([addition(0, 0, [row(1, 1)])])).rejects.toThrow();
      await archive.append([addition(0, 0, [row(1, 1)])]);
      await archive.confirm();
      await archive.close();
      await other.close();
      expect((await other.open(2))?.[0]).toEqual({ position: 1, at: 1 });
      await expect(archive.confirm()).rejects.toThrow();
      await other.close();
    });

    test('notes gaps, and goes on after them', async () => {
      const { fixture, archive } = await open();
      await archive.skip({ partition: 0, after: 0, reached: { position: 10, at: undefined } });
      await archive.append([addition(0, 10, [row(11, 5)])]);
      await archive.close();
      expect((await archive.open(2))?.[0]).toEqual({ position: 11, at: 5 });
      expect(await fixture.gaps()).toEqual([[0, 0, 10]]);
      await archive.close();
    });

    test('tells the ends of steps, and puts aside what comes after one', async () => {
      const { fixture, archive } = await open();
      const rows = [row(1, 1), row(2, 2, 3), row(3, 2), row(4, 4, 6), row(5, 4, 6), row(6, 4), row(7, 9)];
      await archive.append([addition(0, 0, rows), addition(1, 0, [row(5, 5)])]);
      expect(await archive.readSteps(0, 6, 2)).toEqual([
        { position: 6, at: 4 },
        { position: 3, at: 2 },
      ]);
      const reached = { position: 3, at: 2 };
      expect(await archive.putAside({ partition: 0, after: 7, reached })).toBe(4);
      expect(await fixture.rows(0)).toEqual(rows.slice(0, 3));
      expect(await fixture.lost(0)).toEqual(rows.slice(3));
      expect(await fixture.rows(1)).toEqual([row(5, 5)]);
      await archive.append([addition(0, 3, [row(4, 20)])]);
      expect(await fixture.rows(0)).toEqual([...rows.slice(0, 3), row(4, 20)]);
      await archive.close();
    });
  });
}
