import { css, type CSSResult } from 'lit';

export const autosaveManagerStyles: CSSResult = css`
  :host {
    display: inline-flex;
    flex: 0 1 auto;
    max-inline-size: min(100%, 300px);
    min-inline-size: 30px;
  }
  :host([headless]) {
    display: none;
  }

  .state-button {
    align-items: center;
    background: transparent;
    border: 0;
    border-radius: var(--l-radius-s);
    color: var(--l-text-muted);
    cursor: pointer;
    display: inline-flex;
    font-size: var(--l-text-s);
    gap: 6px;
    max-inline-size: 100%;
    min-block-size: 28px;
    min-inline-size: 0;
    padding: 0 7px;
  }
  .state-button:hover,
  .state-button[aria-expanded='true'] {
    background: var(--l-hover);
    color: var(--l-text);
  }
  .state-button[data-kind='saved'] .icon {
    color: var(--l-success);
  }
  .state-button[data-kind='working'] .icon,
  .state-button[data-kind='opening'] .icon {
    animation: l-spin 1.6s linear infinite;
  }
  .state-button:is([data-kind='offline'], [data-kind='volatile'], [data-kind='watching']) {
    background: var(--l-warning-soft);
    color: var(--l-warning);
  }
  .state-button:is([data-kind='choose'], [data-kind='failed']) {
    background: var(--l-danger-soft);
    color: var(--l-danger);
    font-weight: 600;
  }
  .sentence {
    font-variant-numeric: tabular-nums;
  }
  :host([compact]) .sentence {
    display: none;
  }
  :host([compact]) .state-button {
    padding: 0 6px;
  }

  .dot {
    background: var(--l-accent);
    block-size: 7px;
    border-radius: 50%;
    flex: none;
    inline-size: 7px;
  }

  .popover:popover-open {
    display: grid;
    gap: var(--l-space-3);
    inline-size: min(360px, calc(100vw - 16px));
    padding: var(--l-space-4) var(--l-space-4) var(--l-space-2);
    text-align: start;
    white-space: normal;
  }
  .popover h3 {
    font-size: var(--l-text-m);
    font-weight: 650;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .popover p {
    color: var(--l-text-muted);
    margin: 0;
    text-wrap: pretty;
  }
  .question {
    display: grid;
    gap: var(--l-space-2);
  }
  .question + :is(.question, .banner, dl) {
    border-block-start: 1px solid var(--l-border);
    padding-block-start: var(--l-space-3);
  }
  .question + .banner {
    border-block-start-width: 1px;
    padding-block-start: var(--l-space-3);
  }
  .summary {
    background: var(--l-canvas);
    border-radius: var(--l-radius-m);
    display: grid;
    gap: 6px;
    padding: 10px var(--l-space-3);
  }
  .summary h4 {
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
    font-weight: 600;
    margin: 0;
  }
  dl {
    display: grid;
    gap: var(--l-space-1) var(--l-space-4);
    grid-template-columns: auto 1fr;
    margin: 0;
  }
  dt {
    color: var(--l-text-muted);
  }
  dd {
    margin: 0;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--l-space-2);
  }
  .download {
    align-items: center;
    color: var(--l-text-muted);
    display: grid;
    font-size: var(--l-text-s);
    gap: var(--l-space-1) var(--l-space-2);
    grid-template-columns: minmax(0, 1fr) auto;
  }
  .download .progress {
    grid-column: 1 / -1;
  }
  .items {
    border-block-start: 1px solid var(--l-border);
    list-style: none;
    margin: 0 calc(-1 * var(--l-space-2));
    padding: var(--l-space-2) 0 0;
  }
  .item {
    align-items: center;
    background: transparent;
    border: 0;
    border-radius: var(--l-radius-s);
    cursor: pointer;
    display: flex;
    gap: 10px;
    inline-size: 100%;
    min-block-size: 32px;
    padding: 0 var(--l-space-2);
    text-align: start;
  }
  .item:hover {
    background: var(--l-hover);
  }
  .item:focus-visible {
    outline-offset: -2px;
  }
  .item .icon {
    color: var(--l-text-muted);
  }
  .item:disabled {
    cursor: default;
    opacity: 0.45;
  }

  @media (prefers-reduced-motion: reduce) {
    .state-button .icon {
      animation: none !important;
    }
  }
  @media (forced-colors: active) {
    .state-button:is([data-kind='choose'], [data-kind='failed'], [data-kind='offline'], [data-kind='watching']) {
      outline: 1px solid;
      outline-offset: -1px;
    }
  }
`;
