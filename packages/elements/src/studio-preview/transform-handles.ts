import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../foundation/style-map.js';
import { evaluate, type ClipId, type Layer, type TimelineDocument } from '@lectern/timeline';
import { layerBox } from './layer-box.js';

/** The picture layer that a press at a point means: the topmost one under it. Coordinates are fractions of the picture. */
export function layerAt(document: TimelineDocument, frame: number, x: number, y: number): Layer | null {
  const { layers, width, height } = evaluate(document, frame);
  return layers.findLast((layer) => isInside(layer, x * width, y * height)) ?? null;
}

/** The layer of one clip in a frame, or null when it isn't visible there. */
export function layerOf(document: TimelineDocument, frame: number, clipId: ClipId): Layer | null {
  return evaluate(document, frame).layers.find((layer) => layer.clipId === clipId) ?? null;
}

function isInside(layer: Layer, x: number, y: number): boolean {
  const geometry = layerBox(layer);
  const angle = (-geometry.rotation * Math.PI) / 180;
  const dx = x - geometry.centreX;
  const dy = y - geometry.centreY;
  const localX = dx * Math.cos(angle) - dy * Math.sin(angle);
  const localY = dx * Math.sin(angle) + dy * Math.cos(angle);
  return Math.abs(localX) <= geometry.width / 2 && Math.abs(localY) <= geometry.height / 2;
}

const corners = ['start-top', 'end-top', 'end-bottom', 'start-bottom'] as const;
export type HandleKind = 'move' | 'scale';

/**
 * The box around the selected clip, drawn over the picture. It is for the pointer alone: the inspector's fields do the
 * same from the keyboard, so the box is hidden from assistive technology.
 */
export function handlesView(
  layer: Layer,
  picture: { readonly width: number; readonly height: number },
  scalable: boolean,
  onPress: (event: PointerEvent, kind: HandleKind) => void,
): TemplateResult {
  const geometry = layerBox(layer);
  const percent = (part: number, whole: number): string => `${String((part / whole) * 100)}%`;
  return html`<div
    class="handles"
    part="handles"
    aria-hidden="true"
    style=${styleMap({
      left: percent(geometry.centreX - geometry.width / 2, picture.width),
      top: percent(geometry.centreY - geometry.height / 2, picture.height),
      width: percent(geometry.width, picture.width),
      height: percent(geometry.height, picture.height),
      transform: geometry.rotation === 0 ? null : `rotate(${String(geometry.rotation)}deg)`,
    })}
    @pointerdown=${(event: PointerEvent) => {
      onPress(event, 'move');
    }}
  >
    ${
      scalable
        ? corners.map(
            (corner) =>
              html`<span
                class="handle"
                data-corner=${corner}
                @pointerdown=${(event: PointerEvent) => {
                  event.stopPropagation();
                  onPress(event, 'scale');
                }}
              ></span>`,
          )
        : nothing
    }
  </div>`;
}
