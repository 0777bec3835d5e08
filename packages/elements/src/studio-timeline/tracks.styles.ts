import { css, type CSSResult } from 'lit';

/** Rows and their headers. */
export const trackStyles: CSSResult = css`
  .rows {
    position: relative;
  }
  .row {
    display: flex;
    position: relative;
  }
  .header {
    background: var(--l-surface);
    border-block-end: 1px solid var(--l-border);
    border-inline-end: 1px solid var(--l-border);
    display: flex;
    flex: none;
    inline-size: var(--header);
    left: 0;
    position: sticky;
    z-index: 5;
  }
  .header:focus-visible {
    outline: 2px solid var(--l-accent);
    outline-offset: -2px;
  }
  .row[data-current] .header {
    background: color-mix(in oklab, var(--l-accent) 7%, var(--l-surface));
  }
  .header::before {
    background: var(--kind);
    border-radius: 2px;
    content: '';
    flex: none;
    inline-size: 3px;
    margin-block: 5px;
    margin-inline-start: 4px;
  }
  .row {
    --kind: var(--l-clip-video);
  }
  .row[data-kind='audio'] {
    --kind: var(--l-clip-audio);
  }
  .row[data-kind='text'],
  .row[data-kind='caption'] {
    --kind: var(--l-clip-text);
  }
  .head {
    align-content: center;
    display: grid;
    flex: 1;
    min-inline-size: 0;
    padding-inline: var(--l-space-1);
  }
  .head .line {
    align-items: center;
    display: flex;
    gap: 2px;
    min-inline-size: 0;
  }
  .grip {
    align-items: center;
    color: var(--l-text-muted);
    cursor: grab;
    display: flex;
    flex: none;
    inline-size: 24px;
    block-size: 24px;
    justify-content: center;
    touch-action: none;
  }
  .grip span {
    display: flex;
  }
  .grip:active {
    cursor: grabbing;
  }
  .grip .hover {
    display: none;
  }
  .header:hover .grip .hover {
    display: flex;
  }
  .header:hover .grip .still {
    display: none;
  }
  .track-name {
    background: none;
    border: 0;
    cursor: text;
    flex: 1;
    font-size: var(--l-text-s);
    font-weight: 600;
    line-height: 24px;
    padding: 0;
    text-align: start;
  }
  .head .input {
    flex: 1;
    min-inline-size: 0;
  }
  .toggles {
    display: flex;
    padding-inline-start: 24px;
  }
  .toggles .icon-button {
    color: var(--l-text-muted);
  }
  .toggles .icon {
    block-size: 14px;
    inline-size: 14px;
  }
  .toggles .icon-button[aria-pressed='true'] {
    background: var(--l-warning-soft);
    color: var(--l-warning);
  }
  .toggles .icon-button[data-solo][aria-pressed='true'] {
    background: var(--l-accent-soft);
    color: var(--l-accent-text);
  }
  .row[data-low] .head {
    align-items: center;
    display: flex;
  }
  .row[data-low] .head .line {
    flex: 1;
  }
  .row[data-low] .toggles {
    padding: 0;
  }
  .row[data-low] .toggles .icon-button[aria-pressed='false'] {
    display: none;
  }
  .row-resize {
    bottom: -3px;
    cursor: ns-resize;
    height: 7px;
    left: 0;
    position: absolute;
    right: 0;
    touch-action: none;
    z-index: 1;
  }
  .row-resize:hover {
    background: linear-gradient(var(--l-accent), var(--l-accent)) center / 100% 2px no-repeat;
  }
  .row[data-drop='above']::after,
  .row[data-drop='below']::after {
    background: var(--l-accent);
    content: '';
    height: 2px;
    left: 0;
    position: absolute;
    right: 0;
    top: -1px;
    z-index: 6;
  }
  .row[data-drop='below']::after {
    bottom: -1px;
    top: auto;
  }

  .lane {
    contain: layout style;
    border-block-end: 1px solid var(--l-border);
    flex: 1;
    min-inline-size: 0;
    overflow: clip;
    overflow-clip-margin: 24px;
    position: relative;
    touch-action: pan-x pan-y;
  }
  .row[data-locked] .lane {
    background: repeating-linear-gradient(-45deg, transparent 0 6px, var(--l-hover) 6px 8px);
  }
  .row[data-target] .lane {
    background-color: var(--l-accent-soft);
  }

  .add-row {
    align-items: start;
    display: flex;
    left: 0;
    padding: var(--l-space-2);
    position: sticky;
    width: var(--header);
  }
  .scroller[data-rtl] .add-row {
    left: auto;
    margin-left: auto;
    right: 0;
  }
  .add-row .button {
    inline-size: 100%;
    justify-content: start;
    overflow: hidden;
  }

  @container timeline (inline-size < 720px) {
    .toggles {
      padding-inline-start: 0;
    }
  }
  @container timeline (inline-size < 480px) {
    .toggles .icon-button[aria-pressed='false'],
    .grip {
      display: none;
    }
    .header::before {
      margin-inline-start: 2px;
    }
    .add-row .button {
      inline-size: auto;
      overflow: visible;
    }
  }
  @media (forced-colors: active) {
    .header::before {
      display: none;
    }
  }
`;
