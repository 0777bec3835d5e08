import { css, type CSSResult } from 'lit';

export const clipInspectorStyles: CSSResult = css`
  :host {
    background: var(--l-surface);
    block-size: 100%;
    container: clip-inspector / inline-size;
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    overflow: hidden;
  }
  header {
    align-items: center;
    border-block-end: 1px solid var(--l-border);
    display: flex;
    flex: none;
    gap: var(--l-space-2);
    min-block-size: 44px;
    padding: 0 var(--l-space-2) 0 var(--l-space-3);
  }
  :host(:dir(rtl)) header {
    padding: 0 var(--l-space-3) 0 var(--l-space-2);
  }
  header > .kind {
    background: color-mix(in oklab, var(--kind, var(--l-accent)) 16%, transparent);
    block-size: 26px;
    border-radius: var(--l-radius-s);
    color: var(--l-text);
    flex: none;
    inline-size: 26px;
    padding: 5px;
  }
  header[data-kind='video'] {
    --kind: var(--l-clip-video);
  }
  header[data-kind='audio'] {
    --kind: var(--l-clip-audio);
  }
  header[data-kind='image'] {
    --kind: var(--l-clip-image);
  }
  header[data-kind='text'] {
    --kind: var(--l-clip-text);
  }
  header[data-kind='colour'] {
    --kind: var(--l-clip-colour);
  }
  header h2 {
    font-size: var(--l-text-m);
    font-weight: 650;
    margin: 0;
  }
  header .name {
    background: transparent;
    border: 1px solid transparent;
    border-radius: var(--l-radius-s);
    color: var(--l-text);
    flex: 1;
    font-weight: 650;
    min-block-size: 28px;
    min-inline-size: 0;
    overflow: hidden;
    padding: 0 4px;
    text-overflow: ellipsis;
  }
  header .name:hover:not(:disabled) {
    border-color: var(--l-border);
  }
  .scroll {
    flex: 1;
    min-block-size: 0;
    overflow: auto;
    overscroll-behavior: contain;
    padding-block-end: var(--l-space-4);
    scrollbar-width: thin;
  }

  .waiting {
    display: grid;
    gap: var(--l-space-3);
    padding: var(--l-space-4) var(--l-space-3);
  }
  .waiting > span {
    block-size: 20px;
  }

  .group {
    border-block-end: 1px solid var(--l-border);
    padding: var(--l-space-2) var(--l-space-3) var(--l-space-3);
  }
  .group > h3,
  summary {
    font-size: var(--l-text-s);
    font-weight: 650;
    margin: 0;
  }
  .group > h3 {
    padding-block: 6px;
  }
  summary {
    align-items: center;
    border-radius: var(--l-radius-s);
    cursor: pointer;
    display: flex;
    gap: var(--l-space-1);
    list-style: none;
    margin-inline-start: -4px;
    min-block-size: 28px;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary .icon {
    color: var(--l-text-muted);
    transition: rotate var(--l-duration);
  }
  details[open] > summary .icon {
    rotate: 90deg;
  }
  :host(:dir(rtl)) summary .icon {
    scale: -1 1;
  }
  summary .touched {
    background: var(--l-accent);
    block-size: 6px;
    border-radius: 50%;
    inline-size: 6px;
    margin-inline-start: 2px;
  }

  .row {
    align-items: center;
    display: grid;
    gap: 0 var(--l-space-2);
    grid-template-columns: minmax(64px, 32%) minmax(0, 1fr) auto;
    min-block-size: 32px;
  }
  .row .label {
    line-height: 1.2;
    overflow-wrap: anywhere;
  }
  .name-cell {
    align-items: center;
    display: flex;
    justify-content: space-between;
    min-inline-size: 0;
  }
  .name-cell .reset {
    margin-inline-end: -6px;
  }
  .reset .icon {
    block-size: 13px;
    inline-size: 13px;
  }
  .row > :is(.select, .colour, .segmented, .size, input[type='checkbox']),
  .row[data-type='time'] > .input {
    grid-column: 2 / -1;
  }
  .keyframes {
    align-items: center;
    display: flex;
    gap: 2px;
    margin-inline-start: 32%;
    padding-inline-start: var(--l-space-1);
  }
  .keyframes .count {
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
    padding-inline-start: var(--l-space-1);
  }
  .keyframe[aria-pressed='true'] .icon {
    fill: currentcolor;
  }
  .row > .error-text {
    grid-column: 2 / -1;
    padding-block: 2px 4px;
  }
  .row > .segmented {
    justify-self: start;
    max-inline-size: 100%;
  }
  .slider {
    min-inline-size: 40px;
  }
  .number {
    align-items: center;
    display: flex;
    inline-size: 76px;
    position: relative;
  }
  .number .input {
    appearance: textfield;
    font-variant-numeric: tabular-nums;
    padding-inline-end: 26px;
  }
  .number .input::-webkit-inner-spin-button {
    appearance: none;
  }
  .suffix {
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
    inset-inline-end: 8px;
    pointer-events: none;
    position: absolute;
  }
  .colour {
    align-items: center;
    display: flex;
    flex-wrap: wrap;
    font-size: var(--l-text-s);
    gap: 4px var(--l-space-2);
  }
  .none {
    align-items: center;
    display: inline-flex;
    gap: 4px;
  }
  input[type='color'] {
    background: var(--l-surface);
    block-size: 26px;
    border: 1px solid var(--l-border-strong);
    border-radius: var(--l-radius-s);
    cursor: pointer;
    inline-size: 40px;
    padding: 2px;
  }
  input[type='color']::-webkit-color-swatch-wrapper {
    padding: 0;
  }
  input[type='color']::-webkit-color-swatch {
    border: 0;
    border-radius: 3px;
  }
  .size {
    align-items: center;
    display: flex;
    gap: var(--l-space-1);
  }
  .words {
    margin-block: var(--l-space-1) var(--l-space-2);
  }
  .scroll > .hint {
    padding: var(--l-space-3);
    margin: 0;
  }
  .group > .hint {
    margin: 2px 0 6px;
  }
  .scroll > .banner {
    border: 0;
    border-block-end: 1px solid var(--l-border);
    border-radius: 0;
    padding: var(--l-space-2) var(--l-space-3);
  }
  .banner p {
    margin: 0;
  }
  dl {
    display: grid;
    gap: var(--l-space-1) var(--l-space-4);
    grid-template-columns: auto 1fr;
    margin: var(--l-space-2) 0 0;
  }
  dt {
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
  }
  dd {
    margin: 0;
    text-align: end;
  }

  @container clip-inspector (inline-size < 250px) {
    .row {
      grid-template-columns: 1fr auto;
      padding-block: 2px;
    }
    .row > :is(.label, .name-cell, .error-text),
    .row > :is(.select, .colour, .segmented, .size, input[type='checkbox']),
    .row[data-type='time'] > .input {
      grid-column: 1 / -1;
    }
  }
`;
