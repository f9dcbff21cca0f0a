import type { ResultOperation } from '../score-store.ts';
import { packLongTexts } from './packing.ts';

/** The value of a result: the slot of the loser, then whether it is a draw, then the place of the handler from 0. */
export const RESULT_DRAW = 0x10000;
export const RESULT_HANDLER = 0x20000;

/** Who scores the results of a batch: handlers with their options, as JSON. */
export class HandlerPlaces {
  readonly #handlers: string[] = [];
  /** Nearly always the results of a product come with the very same options. */
  readonly #places = new Map<unknown, Map<string, number>>();

  get size(): number {
    return this.#handlers.length;
  }

  valueOf({ handler, options, draw }: ResultOperation, loserSlot: number): number {
    let places = this.#places.get(options);
    if (places === undefined) {
      places = new Map();
      this.#places.set(options, places);
    }
    let place = places.get(handler);
    if (place === undefined) {
      place = this.#handlers.push(JSON.stringify([handler, options])) - 1;
      places.set(handler, place);
    }
    return loserSlot + (draw ? RESULT_DRAW : 0) + RESULT_HANDLER * place;
  }

  pack(): Buffer {
    return packLongTexts(this.#handlers);
  }
}
