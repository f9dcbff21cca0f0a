import { describe } from 'vitest';
import { boardsContract } from './boards.contract.ts';
import { checkpointsContract } from './checkpoints.contract.ts';
import { claimsContract } from './claims.contract.ts';
import { contestsContract } from './contests.contract.ts';
import { countersContract } from './counters.contract.ts';
import { dirtyContract } from './dirty.contract.ts';
import { leasesContract } from './leases.contract.ts';
import { logContract } from './log.contract.ts';
import { matchesContract } from './matches.contract.ts';
import { numbersContract } from './numbers.contract.ts';
import { onceContract } from './once.contract.ts';
import { probesContract } from './probes.contract.ts';
import { producersContract } from './producers.contract.ts';
import { productsContract } from './products.contract.ts';
import { rankingContract } from './ranking.contract.ts';
import { readingContract } from './reading.contract.ts';
import { recordsContract } from './records.contract.ts';
import { replayContract } from './replay.contract.ts';
import { resultsContract } from './results.contract.ts';
import { scoresContract } from './scores.contract.ts';
import { sessionsContract } from './sessions.contract.ts';
import { sharingContract } from './sharing.contract.ts';
import type { CreateStore } from './support.contract.ts';
import { windowsContract } from './windows.contract.ts';
import { windowsLifetimeContract } from './windows-lifetime.contract.ts';

/** What every engine must do, as its clients see it. Each engine's test file runs all of it. */
export function storeContract(name: string, createStore: CreateStore): void {
  describe(`${name} keeps the contract of a score store`, () => {
    scoresContract(createStore);
    rankingContract(createStore);
    readingContract(createStore);
    boardsContract(createStore);
    resultsContract(createStore);
    windowsContract(createStore);
    windowsLifetimeContract(createStore);
    countersContract(createStore);
    sessionsContract(createStore);
    productsContract(createStore);
    matchesContract(createStore);
    contestsContract(createStore);
    dirtyContract(createStore);
    probesContract(createStore);
    producersContract(createStore);
    numbersContract(createStore);
    claimsContract(createStore);
    onceContract(createStore);
    logContract(createStore);
    replayContract(createStore);
    recordsContract(createStore);
    checkpointsContract(createStore);
    leasesContract(createStore);
    sharingContract(createStore);
  });
}
