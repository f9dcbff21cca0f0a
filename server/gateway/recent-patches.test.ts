import { describe, expect, it } from 'vitest';
import { RecentPatches } from './recent-patches.ts';

const ROOMY = { recentPatches: 100, recentPatchBytes: 1e6, recentPatchTotalBytes: 1e6 };

function filled(limits: typeof ROOMY, count: number, use = { bytes: 0 }): RecentPatches {
  const recent = new RecentPatches(use, limits);
  for (let seq = 1; seq <= count; seq++) {
    recent.push({ epoch: 'e', seq: seq - 1 }, { seq, at: seq, patch: [] }, 100);
  }
  return recent;
}

describe('recent patches', () => {
  it('give what came after exactly a position', () => {
    const recent = filled(ROOMY, 5);
    expect(recent.since({ epoch: 'e', seq: 2 })?.map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(recent.since({ epoch: 'e', seq: 5 })).toBeUndefined();
    expect(recent.since({ epoch: 'f', seq: 2 })).toBeUndefined();
  });

  it('keep at most a number of them', () => {
    const recent = filled({ ...ROOMY, recentPatches: 3 }, 10);
    expect(recent.since({ epoch: 'e', seq: 6 })).toBeUndefined();
    expect(recent.since({ epoch: 'e', seq: 7 })).toHaveLength(3);
  });

  it('keep at most so many bytes', () => {
    const recent = filled({ ...ROOMY, recentPatchBytes: 900 }, 10);
    expect(recent.since({ epoch: 'e', seq: 6 })).toBeUndefined();
    expect(recent.since({ epoch: 'e', seq: 7 })).toHaveLength(3);
  });

  it('keep at most so many bytes over all channels, and give them back', () => {
    const use = { bytes: 0 };
    const limits = { ...ROOMY, recentPatchTotalBytes: 2000 };
    const first = filled(limits, 20, use);
    const second = filled(limits, 20, use);
    expect(use.bytes).toBeLessThanOrEqual(2000);
    first.clear();
    second.clear();
    expect(use.bytes).toBe(0);
    expect(filled(limits, 4, use).since({ epoch: 'e', seq: 0 })).toHaveLength(4);
  });

  it('keep none of the state that the base may carry', () => {
    const recent = new RecentPatches({ bytes: 0 }, ROOMY);
    const base = { epoch: 'e', seq: 0, kind: 'rows', state: new Array(1000) };
    const held = new WeakRef(base);
    recent.push(base, { seq: 1, at: 1, patch: [] }, 1);
    expect(recent.since(held.deref() ?? { epoch: 'e', seq: 0 })).toHaveLength(1);
  });
});
