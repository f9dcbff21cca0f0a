/** By what others know one term of ownership: the fence orders owners, the epoch names the views of this term. */
export interface TermIdentity {
  readonly owner: string;
  readonly fence: number;
  readonly epoch: string;
  readonly partitions: readonly number[];
}
