/** A patch that does not fit the state it is applied to. The state is unharmed; the remedy is a new snapshot. */
export class PatchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PatchError';
  }
}
