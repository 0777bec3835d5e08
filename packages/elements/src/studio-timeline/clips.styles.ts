import { css, type CSSResult } from 'lit';

/** Clips: their looks by kind and state, fades, handles. */
export const clipStyles: CSSResult = css`
  /* The place is set on each clip by itself, which keeps the browser from sharing its style with others: the clip has
     little more than that, and all looks are its skin's. */
  .clip {
    bottom: 3px;
    contain: size layout style;
    cursor: grab;
    position: absolute;
    top: 3px;
    user-select: none;
    -webkit-touch-callout: none;
  }
  .clip[data-selected] {
    /* A finger on a picked clip moves it; elsewhere it scrolls. */
    touch-action: none;
    z-index: 1;
  }
  .clip[data-dragged] {
    cursor: grabbing;
    opacity: 0.88;
    z-index: 2;
  }
  .clip:focus-visible {
    outline: 2px solid var(--l-accent);
    outline-offset: 2px;
    z-index: 3;
  }
  .scroller[data-tool='razor'] .clip {
    cursor: crosshair;
  }
  .skin {
    --c: var(--l-clip-video);
    background: color-mix(in oklab, var(--c) 20%, var(--l-surface));
    border-radius: 5px;
    color: color-mix(in oklab, var(--c) 38%, var(--l-text));
    inset: 0;
    overflow: hidden;
    position: absolute;
  }
  .clip[data-kind='audio'] .skin {
    --c: var(--l-clip-audio);
  }
  .clip[data-kind='image'] .skin {
    --c: var(--l-clip-image);
  }
  .clip[data-kind='text'] .skin {
    --c: var(--l-clip-text);
  }
  .clip[data-kind='colour'] .skin {
    --c: var(--l-clip-colour);
  }
  /* Over the pictures, so that two cuts of one file are seen apart. */
  .skin::after {
    border: 1px solid color-mix(in oklab, var(--c) 60%, transparent);
    border-radius: inherit;
    content: '';
    inset: 0;
    pointer-events: none;
    position: absolute;
  }
  .clip[data-selected]::after {
    border: 2px solid var(--l-accent);
    border-radius: 6px;
    content: '';
    inset: -1px;
    pointer-events: none;
    position: absolute;
  }
  .skin > canvas {
    bottom: 0;
    color: var(--c);
    pointer-events: none;
    position: absolute;
    top: 0;
  }
  .clip[data-tall] .skin > canvas {
    height: calc(100% - 17px);
    top: 17px;
  }
  .clip:not([data-tall]) .skin > canvas {
    height: 100%;
    opacity: 0.55;
  }
  .caption {
    align-items: center;
    background: color-mix(in oklab, var(--c) 30%, var(--l-surface));
    block-size: 17px;
    display: flex;
    font-size: 11px;
    font-weight: 550;
    gap: 4px;
    inset-inline: 0;
    line-height: 17px;
    min-inline-size: 0;
    padding-inline: 6px;
    position: relative;
  }
  .clip:not([data-tall]) .caption {
    background: none;
    block-size: 100%;
  }
  .clip:not([data-tall]) .skin {
    background: color-mix(in oklab, var(--c) 26%, var(--l-surface));
  }
  .caption .icon {
    block-size: 11px;
    inline-size: 11px;
  }
  .caption > span {
    /* The name stays in view while a long clip is scrolled. */
    left: 6px;
    position: sticky;
  }
  .swatch {
    border: 1px solid rgb(255 255 255 / 60%);
    border-radius: 3px;
    block-size: 11px;
    flex: none;
    inline-size: 11px;
  }
  .fill {
    inset: 17px 0 0;
    position: absolute;
  }
  .text-body {
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    display: -webkit-box;
    font-size: var(--l-text-s);
    line-height: 1.3;
    overflow: hidden;
    padding: 3px 6px;
  }
  .clip[data-kind='audio'][data-silent] .skin > canvas {
    filter: grayscale(1);
    opacity: 0.35;
  }
  .clip[data-hidden] .skin {
    opacity: 0.42;
  }
  .clip[data-missing] .skin {
    background: repeating-linear-gradient(
      -45deg,
      var(--l-danger-soft) 0 8px,
      color-mix(in oklab, var(--l-danger) 4%, var(--l-surface)) 8px 16px
    );
  }
  .clip[data-missing] .skin::after {
    border-color: var(--l-danger);
    border-style: dashed;
  }
  .clip[data-missing] .caption {
    background: none;
    color: var(--l-danger);
  }
  .clip[data-narrow] .caption {
    padding: 0;
  }

  .fade {
    --ramp: #fff;
    --veil: rgb(0 0 0 / 48%);
    bottom: 0;
    pointer-events: none;
    position: absolute;
    top: 0;
  }
  .clip[data-tall] .fade {
    top: 17px;
  }
  .clip:is([data-kind='audio'], [data-kind='text']) .fade {
    --ramp: var(--c);
    --veil: color-mix(in oklab, var(--l-canvas) 76%, transparent);
  }
  .fade[data-side='in'] {
    background: linear-gradient(
      to bottom right,
      var(--veil) calc(50% - 0.5px),
      var(--ramp) calc(50% - 0.5px) calc(50% + 0.5px),
      transparent calc(50% + 0.5px)
    );
    left: 0;
  }
  .fade[data-side='out'] {
    background: linear-gradient(
      to bottom left,
      var(--veil) calc(50% - 0.5px),
      var(--ramp) calc(50% - 0.5px) calc(50% + 0.5px),
      transparent calc(50% + 0.5px)
    );
    right: 0;
  }

  .trim {
    bottom: 0;
    cursor: ew-resize;
    position: absolute;
    top: 0;
    touch-action: none;
    width: 24px;
    z-index: 2;
  }
  .trim[data-edge='start'] {
    left: calc(var(--inside) - 24px);
  }
  .trim[data-edge='end'] {
    right: calc(var(--inside) - 24px);
  }
  .trim::before {
    background: var(--l-accent);
    border-radius: 4px 0 0 4px;
    bottom: 0;
    content: '';
    position: absolute;
    top: 0;
    width: 6px;
  }
  .trim[data-edge='start']::before {
    right: calc(var(--inside) - 5px);
  }
  .trim[data-edge='end']::before {
    border-radius: 0 4px 4px 0;
    left: calc(var(--inside) - 5px);
  }
  .trim::after {
    background: var(--l-on-accent);
    border-radius: 1px;
    content: '';
    height: 12px;
    margin-block: auto;
    inset-block: 0;
    position: absolute;
    width: 2px;
  }
  .trim[data-edge='start']::after {
    right: calc(var(--inside) - 3px);
  }
  .trim[data-edge='end']::after {
    left: calc(var(--inside) - 3px);
  }
  .trim:focus-visible {
    border-radius: 4px;
    outline: 2px solid var(--l-accent);
    outline-offset: 1px;
  }
  .edge {
    bottom: 0;
    cursor: ew-resize;
    position: absolute;
    top: 0;
    width: 8px;
  }
  .edge[data-edge='start'] {
    left: 0;
  }
  .edge[data-edge='end'] {
    right: 0;
  }
  .fade-handle {
    cursor: ew-resize;
    height: 24px;
    margin-left: -12px;
    position: absolute;
    top: -4px;
    touch-action: none;
    width: 24px;
    z-index: 3;
  }
  .clip[data-tall] .fade-handle {
    top: 9px;
  }
  .fade-handle::before {
    background: #fff;
    border: 2px solid var(--l-accent);
    border-radius: 50%;
    content: '';
    height: 10px;
    inset: 0;
    margin: auto;
    position: absolute;
    width: 10px;
  }
  .fade-handle:focus-visible {
    border-radius: 50%;
    outline-offset: -2px;
  }
  .run {
    background: color-mix(in oklab, var(--kind) 55%, var(--l-surface));
    border-radius: 2px;
    bottom: 3px;
    position: absolute;
    top: 3px;
  }

  @media (forced-colors: active) {
    .clip .skin,
    .run {
      border: 1px solid CanvasText;
    }
    .clip[data-selected]::after,
    .trim::before {
      border-color: Highlight;
      forced-color-adjust: none;
    }
    .trim::before,
    .fade-handle::before {
      background: Highlight;
      forced-color-adjust: none;
    }
    .caption {
      background: Canvas;
      color: CanvasText;
    }
  }
`;
