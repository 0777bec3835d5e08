import { css, type CSSResult } from 'lit';

/** The frame: toolbar, scrolled area, ruler, playhead. Tracks, clips and the table have sheets of their own. */
export const frameStyles: CSSResult = css`
  :host {
    --header: 184px;
    --ruler: 34px;
    background: var(--l-surface);
    block-size: 340px;
    container: timeline / inline-size;
    display: block;
    min-block-size: 180px;
    min-inline-size: 0;
    overflow: hidden;
    position: relative;
  }

  .frame {
    block-size: 100%;
    display: grid;
    grid-template-rows: auto minmax(0, 1fr);
  }
  .body {
    display: grid;
    min-block-size: 0;
    min-inline-size: 0;
    position: relative;
  }

  .scroller {
    background: var(--l-canvas);
    min-block-size: 0;
    min-inline-size: 0;
    overflow: auto;
    overscroll-behavior: contain;
    scrollbar-color: var(--l-border-strong) transparent;
    scrollbar-width: thin;
  }
  /* It only takes the focus of presses between things, so that keys go on working. */
  .scroller:focus {
    outline: none;
  }
  .content {
    min-block-size: 100%;
    position: relative;
    user-select: none;
  }
  .content input {
    user-select: text;
  }
  .scroller[data-tool='razor'] .lane {
    cursor: crosshair;
  }

  .top {
    block-size: var(--ruler);
    display: flex;
    inset-block-start: 0;
    position: sticky;
    z-index: 6;
  }
  .corner {
    align-items: center;
    background: var(--l-surface);
    border-block-end: 1px solid var(--l-border);
    border-inline-end: 1px solid var(--l-border);
    display: flex;
    flex: none;
    gap: var(--l-space-1);
    inline-size: var(--header);
    justify-content: space-between;
    left: 0;
    padding-inline: var(--l-space-3) var(--l-space-1);
    position: sticky;
    z-index: 7;
  }
  .corner .timecode {
    font-size: var(--l-text-m);
    font-weight: 600;
  }
  .scroller[data-rtl] :is(.corner, .header) {
    left: auto;
    order: 2;
    right: 0;
  }
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

  .overlay {
    bottom: 0;
    left: var(--header);
    overflow: clip;
    pointer-events: none;
    position: absolute;
    right: 0;
    top: var(--ruler);
    z-index: 4;
  }
  .scroller[data-rtl] .overlay {
    left: 0;
    right: var(--header);
  }
  .snap-line,
  .razor-line {
    background: var(--l-accent);
    bottom: 0;
    margin-left: -0.5px;
    position: absolute;
    top: 0;
    width: 1px;
  }
  .snap-line {
    box-shadow: 0 0 0 1px color-mix(in oklab, var(--l-accent) 30%, transparent);
  }
  .razor-line {
    background: repeating-linear-gradient(var(--l-text) 0 4px, transparent 4px 7px);
  }
  .marquee {
    background: var(--l-accent-soft);
    border: 1px solid var(--l-accent);
    border-radius: 3px;
    position: absolute;
  }
  .ghost {
    align-items: center;
    background: color-mix(in oklab, var(--l-accent) 24%, transparent);
    border: 1.5px dashed var(--l-accent);
    border-radius: var(--l-radius-s);
    color: var(--l-accent-text);
    display: flex;
    font-size: var(--l-text-s);
    font-weight: 600;
    overflow: hidden;
    padding-inline: var(--l-space-2);
    position: absolute;
    white-space: nowrap;
  }

  .invite {
    display: grid;
    inset-block: var(--ruler) 0;
    inset-inline: 0;
    pointer-events: none;
    position: absolute;
    z-index: 5;
  }
  .invite .state {
    background: var(--l-surface);
    block-size: auto;
    border: 1.5px dashed var(--l-border-strong);
    border-radius: var(--l-radius-l);
    margin: auto;
    margin-inline-start: max(var(--header) + var(--l-space-4), 50% - 200px + var(--header) / 2);
    max-inline-size: 400px;
    min-block-size: 0;
    padding: var(--l-space-4) var(--l-space-6);
    pointer-events: auto;
  }
  .invite[data-over] .state {
    background: color-mix(in oklab, var(--l-accent) 8%, var(--l-surface));
    border-color: var(--l-accent);
  }
  .state-frame {
    background: var(--l-canvas);
    block-size: 100%;
    overflow: auto;
  }

  .waiting {
    align-content: start;
    background: var(--l-canvas);
    display: grid;
    overflow: hidden;
  }
  .waiting-ruler {
    background: var(--l-surface);
    block-size: var(--ruler);
    border-block-end: 1px solid var(--l-border);
  }
  .waiting-row {
    align-items: stretch;
    block-size: 64px;
    border-block-end: 1px solid var(--l-border);
    display: flex;
    gap: var(--l-space-1);
    padding-block: 3px;
  }
  .waiting-head {
    background: var(--l-surface);
    border-inline-end: 1px solid var(--l-border);
    display: grid;
    flex: none;
    inline-size: var(--header);
    margin-block: -3px;
    padding: var(--l-space-3);
  }
  .waiting-head .skeleton {
    block-size: 14px;
    inline-size: 70%;
  }
  .waiting-clip {
    inline-size: 120px;
  }
  .waiting-clip[data-size='m'] {
    inline-size: 200px;
  }
  .waiting-clip[data-size='l'] {
    inline-size: 320px;
  }

  .notice {
    align-items: center;
    background: var(--l-warning-soft);
    border-block-end: 1px solid var(--l-border);
    display: flex;
    font-size: var(--l-text-s);
    gap: var(--l-space-2);
    min-block-size: 28px;
    padding-inline: var(--l-space-3);
  }
  .notice .icon {
    color: var(--l-warning);
  }

  .rename {
    background: var(--l-raised);
    border: 1px solid var(--l-border);
    border-radius: var(--l-radius-m);
    box-shadow: var(--l-shadow-2);
    color: var(--l-text);
    inline-size: min(260px, 90vw);
    inset: auto;
    margin: 0;
    padding: var(--l-space-3);
    position: fixed;
  }
  .rename form {
    display: grid;
    gap: var(--l-space-2);
  }
  .rename .actions {
    display: flex;
    gap: var(--l-space-2);
    justify-content: end;
  }

  @container timeline (inline-size < 720px) {
    .frame {
      --header: 136px;
    }
  }
  @container timeline (inline-size < 480px) {
    .frame {
      --header: 92px;
    }
    .corner {
      padding-inline-start: var(--l-space-2);
    }
    .corner .timecode {
      font-size: 11px;
    }
    .invite .state {
      padding: var(--l-space-3);
    }
    .invite .state > .icon,
    .invite .state > p {
      display: none;
    }
  }

  @media (prefers-reduced-motion: no-preference) {
    .snap-line {
      animation: l-appear 80ms ease-out;
    }
    @keyframes l-appear {
      from {
        opacity: 0;
      }
    }
  }
  @media (forced-colors: active) {
    .playhead::before,
    .playhead-line,
    .snap-line,
    .marker::before,
    .marker-line,
    .razor-line {
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
