import { html, type TemplateResult } from 'lit';
import type { PointerDragController } from '../foundation/pointer-drag-controller.js';
import type { PanelName, PanelSizes } from './panel-sizes.js';

export interface SeparatorOptions {
  readonly name: PanelName;
  readonly label: string;
  /** Id of the panel that it sizes. */
  readonly controls: string;
  readonly sizes: PanelSizes;
  readonly drag: PointerDragController;
  /** Whether moving towards the end (right, down) makes the panel larger. */
  readonly grows: 'towards-end' | 'towards-start';
  readonly rtl: boolean;
}

const step = 16;
const largeStep = 64;

/** The line between two panels: dragged, moved with the arrow keys, set back by a double click. */
export function separator(options: SeparatorOptions): TemplateResult {
  const { name, sizes } = options;
  const horizontal = name === 'timeline';
  return html`<div
    class="separator"
    part="separator"
    role="separator"
    tabindex="0"
    data-panel=${name}
    aria-orientation=${horizontal ? 'horizontal' : 'vertical'}
    aria-label=${options.label}
    aria-controls=${options.controls}
    aria-valuenow=${sizes.get(name)}
    aria-valuemin=${sizes.min(name)}
    aria-valuemax=${sizes.max(name)}
    @pointerdown=${(event: PointerEvent) => {
      onPress(event, options);
    }}
    @dblclick=${() => {
      sizes.reset(name);
    }}
    @keydown=${(event: KeyboardEvent) => {
      onKey(event, options);
    }}
  ></div>`;
}

/** +1 where moving right or down makes the panel larger. */
function direction({ name, grows, rtl }: SeparatorOptions): 1 | -1 {
  const towardsEnd = grows === 'towards-end' ? 1 : -1;
  return name !== 'timeline' && rtl ? (-towardsEnd as 1 | -1) : towardsEnd;
}

function onPress(event: PointerEvent, options: SeparatorOptions): void {
  const { name, sizes, drag } = options;
  const from = sizes.get(name);
  const at = name === 'timeline' ? event.clientY : event.clientX;
  const sign = direction(options);
  drag.begin(
    event,
    {
      start: () => undefined,
      move: (move) => {
        sizes.set(name, from + sign * ((name === 'timeline' ? move.clientY : move.clientX) - at));
      },
      end: () => {
        sizes.remember();
      },
      cancel: () => {
        sizes.set(name, from);
      },
    },
    1,
  );
}

function onKey(event: KeyboardEvent, options: SeparatorOptions): void {
  const { name, sizes } = options;
  const by = event.shiftKey ? largeStep : step;
  const sign = direction(options);
  const [less, more] = name === 'timeline' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];
  let next: number;
  if (event.key === more) next = sizes.get(name) + sign * by;
  else if (event.key === less) next = sizes.get(name) - sign * by;
  else if (event.key === 'Home') next = sizes.min(name);
  else if (event.key === 'End') next = sizes.max(name);
  else if (event.key === 'Enter') {
    sizes.reset(name);
    event.preventDefault();
    event.stopPropagation();
    return;
  } else return;
  event.preventDefault();
  event.stopPropagation();
  sizes.set(name, next);
  sizes.remember();
}
