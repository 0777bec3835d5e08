import { html, type TemplateResult } from 'lit';
import type { Editor, Messages } from '@lectern/core';
import { getPropertyAt, keyframesOf, type ClipRecord, type PropertyKey, type PropertyValue } from '@lectern/timeline';
import { icon } from '../foundation/icon.js';

/** The properties whose course over time is set here. */
const keyframed: ReadonlySet<PropertyKey> = new Set(['volume']);

export function hasKeyframeFields(key: PropertyKey): boolean {
  return keyframed.has(key);
}

/** Whether what is shown of a clip depends on where the playhead is. */
export function followsPlayhead(clip: ClipRecord): boolean {
  return [...keyframed].some((key) => keyframesOf(clip, key).length > 0);
}

/** The frame of a clip that is edited: the playhead's, or the end of the clip that is nearest to it. */
export function frameInClip(clip: ClipRecord, playheadFrame: number): number {
  return Math.max(0, Math.min(clip.durationFrames - 1, playheadFrame - clip.startFrame));
}

/** Sets a property where it has keyframes: at the playhead. Quick repeats are one step of the history. */
export function setAtPlayhead(editor: Editor, clip: ClipRecord, key: PropertyKey, value: PropertyValue): boolean {
  const frame = frameInClip(clip, editor.store.getState().playheadFrame);
  return editor.runMerged(`keyframe:${key}:${clip.id}:${String(frame)}`, 'clip.setKeyframe', {
    clipId: clip.id,
    key,
    frame,
    value,
    easing: keyframesOf(clip, key).find((keyframe) => keyframe.frame === frame)?.easing ?? 'linear',
  });
}

export interface KeyframeView {
  readonly clip: ClipRecord;
  readonly key: PropertyKey;
  readonly playheadFrame: number;
  readonly editor: Editor;
  readonly m: Messages;
  readonly disabled: boolean;
}

/** Sets and removes a keyframe at the playhead, and goes from one to the next. */
export function keyframeFields({ clip, key, playheadFrame, editor, m, disabled }: KeyframeView): TemplateResult {
  const keyframes = keyframesOf(clip, key);
  const here = playheadFrame - clip.startFrame;
  const isAt = keyframes.some(({ frame }) => frame === here);
  const reachable = keyframes.filter(({ frame }) => frame >= 0 && frame < clip.durationFrames);
  const previous = reachable.findLast(({ frame }) => frame < here);
  const next = reachable.find(({ frame }) => frame > here);
  const go = (
    way: 'keyframePrevious' | 'keyframeNext',
    target: { readonly frame: number } | undefined,
  ): TemplateResult =>
    html`<button
      class="icon-button"
      data-size="small"
      type="button"
      aria-label=${m.t(`inspector.${way}`)}
      title=${m.t(`inspector.${way}`)}
      ?disabled=${!target}
      @click=${() => {
        if (target) editor.seek(clip.startFrame + target.frame);
      }}
    >
      ${icon(way === 'keyframePrevious' ? 'chevron-left' : 'chevron-right')}
    </button>`;
  return html`<div
    class="keyframes"
    role="group"
    aria-label=${m.t('inspector.keyframes', { property: m.t(`property.${key}`) })}
  >
    ${go('keyframePrevious', previous)}
    <button
      class="icon-button keyframe"
      data-size="small"
      type="button"
      aria-label=${m.t('inspector.keyframe')}
      title=${m.t('inspector.keyframe')}
      aria-pressed=${isAt ? 'true' : 'false'}
      ?disabled=${disabled}
      @click=${() => {
        toggle(editor, clip, key);
      }}
    >
      ${icon('keyframe')}
    </button>
    ${go('keyframeNext', next)}
    <span class="count"
      >${keyframes.length > 0 ? m.t('inspector.keyframeCount', { count: keyframes.length }) : ''}</span
    >
  </div>`;
}

function toggle(editor: Editor, clip: ClipRecord, key: PropertyKey): void {
  const frame = frameInClip(clip, editor.store.getState().playheadFrame);
  const known = keyframesOf(clip, key).some((keyframe) => keyframe.frame === frame);
  if (known) editor.run('clip.removeKeyframe', { clipId: clip.id, key, frame });
  else editor.run('clip.setKeyframe', { clipId: clip.id, key, frame, value: getPropertyAt(clip, key, frame) });
}
