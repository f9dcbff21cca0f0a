import type { MemberMessage } from '../bus/messages.ts';

interface Member {
  able: boolean;
  /** Own beats since it was last heard. */
  silentBeats: number;
}

/** Who says nothing for so many beats is gone. */
const SILENT_BEATS = 4;
/** After a failure of the store that befell all, the others have so long to find their way back before their share is taken. */
const PATIENT_BEATS = 3;

/**
 * Who else is there, by what is heard of them. Time is counted in own beats, so that one who was stopped for a while does not take
 * all others for dead. Whoever does not hear what it says itself is cut off: it can't tell who else is silent, and nobody hears it.
 */
export class Members {
  readonly #self: string;
  readonly #others = new Map<string, Member>();
  #unheardBeats = 0;
  #ableBeats = 0;

  constructor(self: string) {
    this.#self = self;
  }

  /** What it said of itself lately has not come back. */
  get isCutOff(): boolean {
    return this.#unheardBeats >= SILENT_BEATS;
  }

  /** To be called once per period, before it says again that it is there; true where somebody turns out to be gone. */
  beat(able: boolean): boolean {
    const before = this.candidates().join();
    this.#ableBeats = able ? this.#ableBeats + 1 : 0;
    if (this.#unheardBeats === 0) {
      for (const [name, member] of this.#others) {
        member.silentBeats += 1;
        if (member.silentBeats >= SILENT_BEATS) this.#others.delete(name);
      }
    }
    const wasCutOff = this.isCutOff;
    this.#unheardBeats += 1;
    return before !== this.candidates().join() || wasCutOff !== this.isCutOff;
  }

  /** True where it changes who is to have what. */
  hear({ name, standing, able }: MemberMessage): boolean {
    if (name === this.#self) {
      const wasCutOff = this.isCutOff;
      this.#unheardBeats = 0;
      return wasCutOff;
    }
    if (standing === 'leaves') return this.#others.delete(name);
    const known = this.#others.get(name);
    this.#others.set(name, { able, silentBeats: 0 });
    return known?.able !== able;
  }

  /**
   * Those who can have partitions, with this one always among them: nobody else may know better whether it can. Where the store has
   * failed all, those who still can't are counted on for a while.
   */
  candidates(): readonly string[] {
    const isPatient = this.#ableBeats < PATIENT_BEATS;
    const names = [this.#self];
    for (const [name, { able }] of this.#others) if (able || isPatient) names.push(name);
    return names.sort();
  }
}
