import { describe, expect, it } from 'vitest';
import type { RunResult } from '../result.ts';
import { newViewerCounts } from '../viewers/fleet-messages.ts';
import { pageOf } from './page.ts';
import { linearScale, logScale, percentileScale, spanScale } from './scales.ts';

const RESULT: RunResult = {
  ...{ scenario: 'fanout', about: 'few boards', startedAt: '2026-11-21T10:00:00.000Z', ok: true },
  options: { rate: '5 events/s' },
  machine: { node: 'v20' },
  problems: [],
  checked: ['all was right'],
  seconds: 2,
  published: { sent: 10, acknowledged: 10, postponed: 0, unanswered: 0, missed: 0, lost: 0 },
  viewers: { ...newViewerCounts(), updates: 4000, count: 7, channels: 1 },
  latencies: [
    {
      ...{ name: 'accepted → received', count: 10, mean: 3, p50: 2, p90: 4, p99: 9, p999: 9, max: 9 },
      percentiles: [
        [0, 1],
        [90, 4],
      ],
    },
  ],
  moments: [1, 2].map((seconds) => ({
    ...{ seconds, acknowledged: 5, delivered: 2000, cores: 1.5 },
    processes: [{ name: 'scorewire', cores: 0.5, megabytes: 100 }],
  })),
};

describe('the report', () => {
  it('shows figures, checks, charts, options and machine', () => {
    const page = pageOf(RESULT);
    for (const text of ['fanout', 'all right', 'all was right', '2,000<small> /s', '5 events/s', 'v20']) {
      expect(page).toContain(text);
    }
    expect(page.match(/<svg/g)).toHaveLength(5);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says what was wrong, as text and not as a page', () => {
    const page = pageOf({ ...RESULT, ok: false, problems: ['viewer <script>1</script>'] });
    expect(page).toContain('viewer &lt;script&gt;1&lt;/script&gt;');
    expect(page).not.toContain('all was right');
  });

  it('loads nothing from anywhere', () => {
    expect(pageOf(RESULT)).not.toMatch(/<script|<link|<img|url\(|@import|src=|href=/);
  });

  it('of a run in which nothing happened is a page too', () => {
    const page = pageOf({ ...RESULT, latencies: [], moments: [] });
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('a scale', () => {
  const labels = ({ ticks }: { ticks: readonly { label: string }[] }) => ticks.map(({ label }) => label);

  it('ends at a round number, or just where it is told', () => {
    expect(labels(linearScale(87))).toEqual(['0', '50', '100']);
    expect(labels(linearScale(0.4))).toEqual(['0', '0.1', '0.2', '0.3', '0.4']);
    expect(labels(linearScale(17_000))).toEqual(['0', '5000', '10k', '15k', '20k']);
    expect(labels(spanScale(12))).toEqual(['0', '5', '10']);
    expect(spanScale(12).place(12)).toBe(1);
  });

  it('of powers of ten has the least at its foot', () => {
    const scale = logScale(0.1, 900);
    expect(labels(scale)).toEqual(['0.1', '1', '10', '100', '1000']);
    expect([scale.place(0), scale.place(0.1), scale.place(10), scale.place(1000)]).toEqual([0, 0, 0.5, 1]);
  });

  it('of percentiles gives each nine the same room', () => {
    const scale = percentileScale(99.9);
    expect(labels(scale)).toEqual(['0%', '50%', '90%', '99%', '99.9%']);
    expect(scale.place(90)).toBeCloseTo(1 / 3);
    expect(scale.place(99)).toBeCloseTo(2 / 3);
  });
});
