import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { importCricsheet } from '../../scoring/cricket/cricsheet.ts';
import { simulateMatch } from '../../scoring/cricket/simulator.ts';
import type { Api } from '../api.ts';
import { ContestModel } from '../models/contest-model.ts';
import { MatchModel } from '../models/match-model.ts';
import type { Model, Plan, PlanOptions, PublisherPlan, Scenario } from '../scenario.ts';
import { viewersOf } from './boards.ts';

/**
 * What goes on at a day of matches, side by side: each part publishes something of its own, gives viewers something to watch, and proves in the
 * end what became of it.
 */
interface Part {
  readonly publishers: readonly PublisherPlan[];
  readonly models: readonly Model[];
  channelsOf(viewer: number): readonly string[];
  prepare(api: Api): Promise<void>;
}

export const matchDay: Scenario = {
  about:
    'matches of cricket at once, invented ones or those of --match, and a contest that they feed; each viewer watches one, card and feed, the table and a team',
  counts: 'viewers',
  defaults: { seconds: 30, rate: 20, connections: 500 },
  plan: (options) => {
    const matches = matchesOf(options);
    return planOf([matchPart(matches, options), contestPart(matches, options)], options);
  },
};

function planOf(parts: readonly Part[], options: PlanOptions): Plan {
  return {
    prepare: async (api) => {
      for (const part of parts) await part.prepare(api);
    },
    publishers: parts.flatMap(({ publishers }) => publishers),
    viewers: viewersOf(options.connections, options, (index) =>
      parts.flatMap((part) => part.channelsOf(index)),
    ),
    models: parts.flatMap(({ models }) => models),
  };
}

const MATCHES = 4;

function matchesOf({ seed, prefix, matches: files }: PlanOptions): readonly MatchModel[] {
  if (files.length === 0) {
    return Array.from({ length: MATCHES }, (_, index) => {
      const id = `${prefix}-${index}`;
      return new MatchModel(id, simulateMatch(id, { seed: seed * 7919 + index }));
    });
  }
  return files.map((file) => {
    const id = `${prefix}-${basename(file, '.json')}`;
    return new MatchModel(id, importCricsheet(id, JSON.parse(readFileSync(file, 'utf8'))));
  });
}

/** Ball by ball, each match over a socket of its own, as its scorer would. */
function matchPart(matches: readonly MatchModel[], { rate }: PlanOptions): Part {
  return {
    prepare: (api) => api.each(matches, (match) => match.prepare(api)),
    publishers: matches.map((match) => ({
      ...{ over: 'socket', rate: rate / matches.length, eventsPerPublish: 1 },
      ...{ sources: [match], book: match },
    })),
    models: matches,
    channelsOf: (viewer) => {
      const { id } = matches[viewer % matches.length] as MatchModel;
      return [`match:${id}`, `match:${id}:feed`];
    },
  };
}

const TEAMS = 10_000;

/** A contest of all these matches: every viewer has a team in it. */
function contestPart(matches: readonly MatchModel[], { seed, prefix }: PlanOptions): Part {
  const contest = new ContestModel(`${prefix}-contest`, matches, { teams: TEAMS, seed });
  return {
    prepare: (api) => contest.prepare(api),
    publishers: [],
    models: [contest],
    channelsOf: (viewer) => {
      const { team } = contest.teams[(viewer * 97) % TEAMS] ?? { team: '' };
      return [`league:${contest.id}:all`, `team:${contest.id}:${team}`];
    },
  };
}
