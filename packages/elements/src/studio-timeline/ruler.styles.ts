import { css, type CSSResult } from 'lit';

/** Ruler, range, markers and playhead. */
export const rulerStyles: CSSResult = css`
  .ruler {
    background: var(--l-surface);
    border-block-end: 1px solid var(--l-border);
    cursor: pointer;
    flex: 1;
    overflow: clip;
    position: relative;
    touch-action: none;
    user-select: none;
  }
  .tick {
    border-inline-start: 1px solid var(--l-border-strong);
    bottom: 0;
    height: 5px;
    opacity: 0.55;
    pointer-events: none;
    position: absolute;
  }
  .tick[data-major] {
    height: 11px;
    opacity: 1;
  }
  .tick > span {
    bottom: 11px;
    color: var(--l-text-muted);
    font-size: 10px;
    font-variant-numeric: tabular-nums;
    left: 0;
    line-height: 14px;
    position: absolute;
    transform: translateX(-50%);
    white-space: nowrap;
  }

  .range {
    background: var(--l-accent-soft);
    bottom: 0;
    pointer-events: none;
    position: absolute;
    top: 0;
  }
  .range-edge {
    bottom: 0;
    color: var(--l-accent-text);
    cursor: ew-resize;
    margin-left: -12px;
    position: absolute;
    top: 0;
    width: 24px;
  }
  .range-edge::before {
    border: 2px solid currentColor;
    border-inline-end: 0;
    bottom: 2px;
    content: '';
    left: 12px;
    position: absolute;
    top: 2px;
    width: 5px;
  }
  .range-edge[data-edge='out']::before {
    border: 2px solid currentColor;
    border-inline-start: 0;
    left: auto;
    right: 12px;
  }
  .outside {
    background: color-mix(in oklab, var(--l-canvas) 48%, transparent);
    bottom: 0;
    position: absolute;
    top: 0;
  }

  .marker {
    align-items: end;
    background: none;
    block-size: 24px;
    border: 0;
    bottom: 0;
    color: var(--marker, var(--l-warning));
    cursor: pointer;
    display: flex;
    inline-size: 24px;
    justify-content: center;
    margin-left: -12px;
    padding: 0 0 1px;
    position: absolute;
  }
  .marker::before {
    background: currentColor;
    block-size: 11px;
    border-radius: 2px 2px 50% 50%;
    content: '';
    inline-size: 9px;
    outline: 1.5px solid var(--l-surface);
  }
  .marker:focus-visible {
    outline-offset: -3px;
  }
  .marker-line {
    background: var(--marker, var(--l-warning));
    bottom: 0;
    opacity: 0.5;
    position: absolute;
    top: 0;
    width: 1px;
  }

  .playhead {
    block-size: 100%;
    cursor: ew-resize;
    inline-size: 24px;
    left: 0;
    margin-left: -12px;
    position: absolute;
    top: 0;
    touch-action: none;
    z-index: 2;
  }
  .playhead::before {
    background: var(--l-playhead);
    block-size: 14px;
    border-radius: 3px;
    bottom: 0;
    clip-path: polygon(0 0, 100% 0, 100% 55%, 50% 100%, 0 55%);
    content: '';
    inline-size: 12px;
    left: 6px;
    position: absolute;
  }
  .playhead:focus-visible {
    outline-offset: -4px;
  }
  .playhead-line {
    background: var(--l-playhead);
    bottom: 0;
    left: 0;
    margin-left: -0.5px;
    position: absolute;
    top: 0;
    width: 1px;
  }

  @media (forced-colors: active) {
    .playhead::before,
    .playhead-line,
    .marker::before,
    .marker-line {
      background: Highlight;
      forced-color-adjust: none;
    }
    .range {
      border: 2px solid Highlight;
    }
    .tick {
      border-color: CanvasText;
    }
  }
`;
