export interface ArchiverLimits {
  /** Operations of a partition that one page of its log is to have, about; a page is read, unpacked and written in one go. */
  readonly pageOperations: number;
  /** Bytes that such a page is to have, about, as it goes to the archive. */
  readonly pageBytes: number;
  /** Steps of such a page, however small they are. */
  readonly pageSteps: number;
  /** Partitions whose pages are read together, and written in one transaction. */
  readonly pagesAtOnce: number;
}

export const DEFAULT_ARCHIVER_LIMITS: ArchiverLimits = {
  pageOperations: 4000,
  pageBytes: 2 * 1024 * 1024,
  pageSteps: 256,
  pagesAtOnce: 8,
};

export interface ArchiverOptions {
  /** Milliseconds from one look at the log to the next, where everything is archived; while it is behind there is no pause. */
  readonly intervalMs: number;
  /** Milliseconds of the first pause after a failure; it doubles up to the second. */
  readonly retryMs: readonly [first: number, longest: number];
  /** Milliseconds that a stop waits for the transaction that is under way. */
  readonly stopMs: number;
  readonly limits: ArchiverLimits;
}

export const DEFAULT_ARCHIVER_OPTIONS: ArchiverOptions = {
  intervalMs: 1000,
  retryMs: [500, 10_000],
  stopMs: 3000,
  limits: DEFAULT_ARCHIVER_LIMITS,
};
