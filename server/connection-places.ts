import type { ServerLimits } from './limits.ts';

/** How many may be connected to this node, all together and from one address. */
export class ConnectionPlaces {
  readonly #limits: Pick<ServerLimits, 'connections' | 'connectionsPerAddress'>;
  readonly #byAddress = new Map<string, number>();
  #taken = 0;

  constructor(limits: Pick<ServerLimits, 'connections' | 'connectionsPerAddress'>) {
    this.#limits = limits;
  }

  /** Which limit stands in the way, if one does; else the place is taken until it is given back. */
  take(address: string): 'node' | 'address' | undefined {
    const { connections, connectionsPerAddress } = this.#limits;
    if (this.#taken >= connections) return 'node';
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (connectionsPerAddress > 0 && ofAddress >= connectionsPerAddress) return 'address';
    this.#taken++;
    this.#byAddress.set(address, ofAddress + 1);
    return undefined;
  }

  giveBack(address: string): void {
    this.#taken--;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }
}
