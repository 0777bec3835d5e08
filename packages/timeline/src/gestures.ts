import { type CommandArgs, type CommandContext, commands } from './commands/index.js';
import type { TimelineState, TransactionSpec } from './state.js';

/** The gestures, and the command that each of them is in the end. */
export const gestureCommands: {
  readonly move: 'clip.move';
  readonly trim: 'clip.trim';
  readonly slip: 'clip.slip';
  readonly roll: 'clip.roll';
  readonly slide: 'clip.slide';
  readonly property: 'clip.setProperty';
  readonly speed: 'clip.setSpeed';
  readonly marker: 'marker.update';
  readonly track: 'track.set';
} = {
  move: 'clip.move',
  trim: 'clip.trim',
  slip: 'clip.slip',
  roll: 'clip.roll',
  slide: 'clip.slide',
  property: 'clip.setProperty',
  speed: 'clip.setSpeed',
  marker: 'marker.update',
  track: 'track.set',
};

export type GestureKind = keyof typeof gestureCommands;
/** What a gesture of kind `K` is previewed with: its command's arguments. */
export type GestureArgs<K extends GestureKind> = CommandArgs<(typeof gestureCommands)[K]>;

/**
 * A drag under way. Every preview is made from the state that the gesture began in, never from the preview before, so
 * that going back to where it began is as if nothing had been; and however many there are, one edit comes of it.
 */
export interface Gesture<K extends GestureKind> {
  readonly kind: K;
  readonly startState: TimelineState;
  /** The state as it would be now; the one that the gesture began in where the command doesn't apply. */
  preview(args: GestureArgs<K>): TimelineState;
  /** The edit of the last preview, to be made to the start state, or null if there is none. Ends the gesture. */
  commit(): TransactionSpec | null;
  /** Ends the gesture and gives back the start state. */
  cancel(): TimelineState;
}

/** Begins a gesture. What is previewed after its end changes nothing any more. */
export function beginGesture<K extends GestureKind>(
  state: TimelineState,
  kind: K,
  context: CommandContext,
): Gesture<K> {
  const name = gestureCommands[kind];
  const run = commands[name] as (
    state: TimelineState,
    args: GestureArgs<K>,
    context: CommandContext,
  ) => TransactionSpec | null;
  const ids: string[] = [];
  let spec: TransactionSpec | null = null;
  let ended = false;
  return {
    kind,
    startState: state,
    preview(args) {
      if (ended) return state;
      // The same ids each time: a clip that a preview cuts in two mustn't be another one at every pointer move.
      let used = 0;
      const newId = (): string => {
        const id = (ids[used] ??= context.newId());
        used += 1;
        return id;
      };
      spec = run(state, args, { newId });
      return spec ? state.update(spec).state : state;
    },
    commit() {
      ended = true;
      return spec;
    },
    cancel() {
      ended = true;
      spec = null;
      return state;
    },
  };
}
