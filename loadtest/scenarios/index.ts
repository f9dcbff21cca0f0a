import type { Scenario } from '../scenario.ts';
import { hotMember, ingestHttp, ingestSocket } from './ingest.ts';
import { matchDay } from './match-day.ts';
import { soak } from './soak.ts';
import { fanout, manyBoards, ranks, reconnectStorm, slowClients } from './watching.ts';

/** All scenarios by the names that `--scenario` takes. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'ingest-http': ingestHttp,
  'ingest-socket': ingestSocket,
  fanout,
  'many-boards': manyBoards,
  ranks,
  'hot-member': hotMember,
  'match-day': matchDay,
  'reconnect-storm': reconnectStorm,
  'slow-clients': slowClients,
  soak,
};
