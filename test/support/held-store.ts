import type { ProductConfig } from '../../protocol/products.ts';
import type {
  Batch,
  BatchVerdict,
  ClaimVerdict,
  OnceVerdict,
  Operation,
  PartVerdict,
  ProducerClaim,
  Refused,
  StoreState,
  WriteRefusal,
} from '../../store/score-store.ts';

export interface HeldBatch extends Batch {
  /** Of all parts, in order. */
  readonly operations: readonly Operation[];
  /** Settles it as new; `refused` counts over all parts. */
  apply(refused?: readonly Refused[]): void;
  readonly isBehind: boolean;
  /** Of a batch behind another one: nothing was done. */
  leave(): void;
  answer(parts: readonly PartVerdict[]): void;
  fail(error: unknown): void;
}

export interface HeldClaim {
  readonly producer: string;
  /** The claim that it follows. */
  readonly latest: number;
  readonly givenUp: AbortSignal | undefined;
  grant(claim?: Partial<ProducerClaim>): void;
  /** Another claim came first. */
  refuse(latest: number): void;
  fail(error: unknown): void;
}

export interface HeldOnce {
  readonly key: string;
  readonly bodyHash: string;
  answer(verdict?: OnceVerdict): void;
  fail(error: unknown): void;
}

export interface HeldRead {
  readonly products: readonly string[];
  /** Those that are not named have the defaults. */
  answer(configs?: Readonly<Record<string, ProductConfig>>): void;
  fail(error: unknown): void;
}

/** A store whose answers the test gives by hand, batch by batch. */
export interface HeldStore {
  readonly partitions: number;
  state: StoreState;
  writeRefusal?: WriteRefusal;
  apply(batch: Batch): Promise<BatchVerdict>;
  applyBehind?(batch: Batch): Promise<BatchVerdict | undefined>;
  claimProducer(producer: string, latest: number, givenUp?: AbortSignal): Promise<ClaimVerdict>;
  beginOnce(key: string, bodyHash: string): Promise<OnceVerdict>;
  readProducts(products: readonly string[]): Promise<readonly (ProductConfig | undefined)[]>;
  /** All batches ever sent, in order; and so on. */
  readonly batches: readonly HeldBatch[];
  readonly claims: readonly HeldClaim[];
  readonly onces: readonly HeldOnce[];
  readonly reads: readonly HeldRead[];
}

export function createHeldStore(partitions: number, { takesBehind = false } = {}): HeldStore {
  const batches: HeldBatch[] = [];
  const claims: HeldClaim[] = [];
  const onces: HeldOnce[] = [];
  const reads: HeldRead[] = [];
  type Resolve = (verdict: BatchVerdict | undefined) => void;
  const hold = (batch: Batch, isBehind: boolean, resolve: Resolve, fail: (error: unknown) => void): void => {
    // Copied, so that a later change of the batch would be seen by nobody but its sender.
    const parts = batch.parts.map(({ operations, producer }) => ({
      operations: [...operations],
      ...(producer === undefined ? {} : { producer: { ...producer, numbers: [...producer.numbers] } }),
    }));
    const answer = (verdicts: readonly PartVerdict[]) => resolve({ position: 0, parts: verdicts });
    batches.push({
      ...batch,
      ...{ parts, isBehind, answer, fail },
      operations: parts.flatMap(({ operations }) => operations),
      apply: (refused = []) => answer(verdictsOf(parts, refused)),
      leave: () => resolve(undefined),
    });
  };
  return {
    partitions,
    state: 'up',
    batches,
    claims,
    onces,
    reads,
    apply: (batch) => new Promise((resolve, reject) => hold(batch, false, resolve as Resolve, reject)),
    ...(takesBehind
      ? { applyBehind: (batch) => new Promise((resolve, reject) => hold(batch, true, resolve, reject)) }
      : {}),
    claimProducer: (producer, latest, givenUp) =>
      new Promise((resolve, reject) => {
        const grant = (claim: Partial<ProducerClaim> = {}) =>
          resolve({ ok: true, claim: 1, last: 0, settled: [], rejected: new Map(), ...claim });
        const refuse = (known: number) => resolve({ ok: false, latest: known });
        claims.push({ producer, latest, givenUp, grant, refuse, fail: reject });
      }),
    beginOnce: (key, bodyHash) =>
      new Promise((resolve, reject) => {
        const id = `${key}:${bodyHash}`;
        const answer = (verdict: OnceVerdict = { ok: true, id, settled: [], rejected: new Map() }) =>
          resolve(verdict);
        onces.push({ key, bodyHash, answer, fail: reject });
      }),
    readProducts: (products) =>
      new Promise((resolve, reject) => {
        const answer = (configs: Readonly<Record<string, ProductConfig>> = {}) =>
          resolve(products.map((product) => configs[product]));
        reads.push({ products, answer, fail: reject });
      }),
  };
}

function verdictsOf(parts: Batch['parts'], refused: readonly Refused[]): PartVerdict[] {
  let start = 0;
  return parts.map(({ operations }) => {
    const from = start;
    start += operations.length;
    return {
      status: 'settled',
      duplicates: 0,
      refused: refused
        .filter(({ index }) => index >= from && index < start)
        .map((one) => ({ ...one, index: one.index - from })),
    };
  });
}

/** Lets everything that waits for settled promises go on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
