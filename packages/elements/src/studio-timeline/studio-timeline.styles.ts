import { css, type CSSResult } from 'lit';

/** The frame, the scrolled area, what lies over it, and the states without tracks. */
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
    .snap-line,
    .razor-line {
      background: Highlight;
      forced-color-adjust: none;
    }
  }
`;
