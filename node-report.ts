import type { Broadcaster } from './broadcaster/broadcaster-types.ts';
import type { MessageBus } from './bus/message-bus.ts';
import type { BroadcasterReport, NodeAnswer, NodeQuestion, NodeReport } from './protocol/node-reports.ts';
import type { Role } from './roles.ts';
import { RecentQuantiles } from './runtime/histogram.ts';
import type { Logger } from './runtime/logger.ts';
import type { Edge } from './server/edge.ts';
import type { ScoreStore } from './store/score-store.ts';

export interface ReportedParts {
  readonly name: string;
  readonly role: Role;
  readonly store: Pick<ScoreStore, 'state'>;
  readonly bus: Pick<MessageBus, 'state'>;
  readonly edge: Pick<Edge, 'report' | 'health' | 'gateway'> | undefined;
  readonly broadcaster: Pick<Broadcaster, 'stats' | 'stop'> | undefined;
  readonly logger: Logger;
}

/** What this process tells operators of itself. Quantiles are of the time since it was last asked. */
export function createNodeReport({
  name,
  role,
  store,
  bus,
  edge,
  broadcaster,
}: ReportedParts): () => NodeReport {
  const startedAt = Math.round(performance.timeOrigin);
  const ofBroadcaster = broadcaster && createBroadcasterReport(broadcaster);
  return () => {
    const { user, system } = process.cpuUsage();
    return {
      ...{ name, role, startedAt, at: Date.now() },
      draining: edge?.gateway.isDraining ?? false,
      problems: edge?.health.ready().problems ?? [],
      storeUp: store.state === 'up',
      busUp: bus.state === 'up',
      memoryBytes: process.memoryUsage.rss(),
      cpuMs: Math.round((user + system) / 1000),
      ...(edge === undefined ? {} : { server: edge.report() }),
      ...(ofBroadcaster === undefined ? {} : { broadcaster: ofBroadcaster() }),
    };
  };
}

function createBroadcasterReport(broadcaster: Pick<Broadcaster, 'stats'>): () => BroadcasterReport {
  const ticks = new RecentQuantiles(broadcaster.stats().tickSeconds);
  return () => {
    const { partitions, fresh, watchedChannels, patchBytes, missedTicks } = broadcaster.stats();
    return {
      partitions,
      fresh,
      watchedChannels,
      patches: patchBytes.count,
      missedTicks,
      tickMs: ticks.take(),
    };
  };
}

/** What an operator asks of this process, through any other. */
export function createNodeAnswer({
  edge,
  broadcaster,
  logger,
}: ReportedParts): (question: NodeQuestion) => NodeAnswer {
  return (question) => {
    switch (question.ask) {
      case 'connections':
        return edge?.gateway.connections(question.search, question.limit) ?? [];
      case 'channels':
        return edge?.gateway.busiestChannels(question.limit) ?? [];
      case 'disconnect':
        logger.info({ connection: question.connection }, 'an operator ends a connection');
        return edge?.gateway.disconnect(question.connection) ?? false;
      case 'drain':
        logger.info({}, 'an operator drains this process');
        // What it serves goes elsewhere; the process stays until it is stopped, which finds nothing left to do.
        void edge?.gateway.drain();
        void broadcaster?.stop();
        return true;
    }
  };
}
