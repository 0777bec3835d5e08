import type { Editor, EditorState, Messages } from '@lectern/core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { describeTransaction } from './announcements.js';
import type { CommandStates } from './command-states.js';
import type { PlayheadController } from './playhead-controller.js';
import type { ViewportController } from './viewport-controller.js';

export interface EditorWatchOptions {
  readonly viewport: ViewportController;
  readonly playhead: PlayheadController;
  readonly states: CommandStates;
  readonly messages: () => Messages;
  readonly say: (text: string) => void;
}

/** Fields of the editor's state that change what is drawn; the playhead is moved without drawing. */
const drawn = [
  'state',
  'zoom',
  'readOnly',
  'snapping',
  'tool',
  'viewWidth',
] as const satisfies readonly (keyof EditorState)[];
/** A first look at a short clip isn't blown up beyond this, in pixels per frame. */
const largestFit = 4;

const fitted = new WeakSet<Editor>();

/** Follows one editor for the element: draws when something to see has changed, moves the playhead, says what was done. */
export class EditorWatch implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: EditorWatchOptions;
  #editor: Editor | null = null;
  #stops: readonly (() => void)[] = [];
  #fitted = false;

  constructor(host: ReactiveControllerHost, options: EditorWatchOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  setEditor(editor: Editor | null): void {
    if (editor === this.#editor) return;
    for (const stop of this.#stops) stop();
    this.#editor = editor;
    this.#fitted = false;
    this.#stops = editor
      ? [
          editor.store.subscribe((state, before) => {
            this.#changed(state, before);
          }),
          editor.subscribeTransactions((transaction) => {
            const text = describeTransaction(transaction, this.#options.messages());
            if (text !== null) this.#options.say(text);
          }),
        ]
      : [];
    this.#options.states.invalidate();
  }

  hostDisconnected(): void {
    this.setEditor(null);
  }

  hostUpdated(): void {
    const state = this.#editor?.store.getState();
    if (this.#fitted || !this.#editor || !state || state.viewWidth === 0 || state.state.document.totalFrames === 0)
      return;
    this.#fitted = true;
    // Another element has shown it already, or this one before it was moved: then it is looked at as it was.
    if (fitted.has(this.#editor)) return;
    fitted.add(this.#editor);
    this.#editor.zoomToFit();
    if (this.#editor.store.getState().zoom > largestFit) this.#editor.setZoom(largestFit, 0);
  }

  #changed(state: EditorState, before: EditorState): void {
    const { playhead, viewport, states } = this.#options;
    if (state.playheadFrame !== before.playheadFrame) {
      const playing = state.shuttleRate !== 0;
      playhead.place(playing);
      viewport.follow(state.playheadFrame, playing);
    }
    if (drawn.some((field) => state[field] !== before[field]) || viewport.isElsewhere(state))
      this.#host.requestUpdate();
    if (state.snapping !== before.snapping)
      this.#say(state.snapping ? 'timeline.saidSnappingOn' : 'timeline.saidSnappingOff');
    if (state.tool !== before.tool)
      this.#say(state.tool === 'razor' ? 'timeline.saidRazor' : 'timeline.saidSelectTool');
    states.invalidate();
  }

  #say(
    key: 'timeline.saidSnappingOn' | 'timeline.saidSnappingOff' | 'timeline.saidRazor' | 'timeline.saidSelectTool',
  ): void {
    this.#options.say(this.#options.messages().t(key));
  }
}
