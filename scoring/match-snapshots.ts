/**
 * Copies of the state of a match from some time ago, so that a correction of what was lately need not fold the match from its start. They
 * are few, whatever the length of the match.
 */

/** Events of play from one snapshot to the next. A copy costs some hundred µs, which is shared by so many events. */
export const SNAPSHOT_EVENTS = 100;
/** Of one match, the last ones: a correction of any of the last 150 events of play, in cricket of some 25 overs, finds one before it. */
export const MAX_SNAPSHOTS = 3;

export interface Snapshot<State> {
  /** Events of play that it has seen. */
  readonly after: number;
  readonly state: State;
}

/** Oldest first. */
export type Snapshots<State> = readonly Snapshot<State>[];

/** Whether there is to be one after so many events of play, of `length` in all. */
export function isDue(after: number, length: number): boolean {
  return after % SNAPSHOT_EVENTS === 0 && after > length - MAX_SNAPSHOTS * SNAPSHOT_EVENTS;
}

/** With one of this state beside them, unless it is there already. */
export function withSnapshot<State>(
  snapshots: Snapshots<State>,
  after: number,
  state: State,
): Snapshots<State> {
  if (snapshots.some((each) => each.after === after)) return snapshots;
  try {
    const all = [...snapshots, { after, state: copied(state) }];
    return all.sort((one, other) => one.after - other.after).slice(-MAX_SNAPSHOTS);
  } catch {
    // The state of somebody's sport that can't be copied is folded again from the start.
    return snapshots;
  }
}

/** Of the platform, wherever this runs; the pure folders know no types of it. */
declare function structuredClone<Value>(value: Value): Value;

export function copied<State>(state: State): State {
  return structuredClone(state);
}
