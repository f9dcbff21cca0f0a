import { equalJson } from '../../protocol/json-equality.ts';
import type { Json, State, View } from '../../protocol/views.ts';
import { Problems } from '../problems.ts';

/** The part of a viewer that is looked at in the end. */
export interface Watched {
  readonly plan: { readonly encoding: string; readonly channels: readonly string[] };
  readonly isJoined: boolean;
  readonly follower: { view(channel: string): View | undefined };
}

/** What viewers hold against what they should. A state that many hold is one object, and is compared once. */
export class FinalCheck {
  readonly #states: ReadonlyMap<string, State>;
  readonly #right = new WeakMap<View, boolean>();

  constructor(states: ReadonlyMap<string, State>) {
    this.#states = states;
  }

  isRight(viewer: Watched): boolean {
    return viewer.isJoined && viewer.plan.channels.every((channel) => this.#holds(viewer, channel));
  }

  /** What is wrong with those who are. */
  explain(viewers: readonly Watched[]): Problems {
    const problems = new Problems();
    for (const [index, viewer] of viewers.entries()) {
      const name = `viewer ${index + 1} (${viewer.plan.encoding})`;
      if (!viewer.isJoined) problems.add(`${name} is not connected`);
      for (const channel of viewer.plan.channels) {
        if (this.#holds(viewer, channel)) continue;
        const held = viewer.follower.view(channel)?.state;
        problems.add(
          `${name} holds another state of ${channel}${difference(held, this.#states.get(channel))}`,
        );
      }
    }
    return problems;
  }

  #holds({ follower }: Watched, channel: string): boolean {
    const view = follower.view(channel);
    const state = this.#states.get(channel);
    if (view === undefined || state === undefined) return false;
    const known = this.#right.get(view);
    if (known !== undefined) return known;
    const isRight = equalJson(view.state as Json, state as Json);
    this.#right.set(view, isRight);
    return isRight;
  }
}

/** The first row or field that differs. */
function difference(held: State | undefined, wanted: State | undefined): string {
  if (held === undefined) return ': none';
  if (wanted === undefined) return ': nothing tells what it should be';
  const one = held as Readonly<Record<string, Json>>;
  const other = wanted as Readonly<Record<string, Json>>;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const key = keys.find((each) => !equalJson(one[each] ?? null, other[each] ?? null));
  const show = (value: Json | undefined): string =>
    value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
  return key === undefined ? '' : `: at ${key} ${show(one[key])} instead of ${show(other[key])}`;
}
