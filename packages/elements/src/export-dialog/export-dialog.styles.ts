import { css, type CSSResult } from 'lit';

export const exportDialogStyles: CSSResult = css`
  :host {
    display: contents;
  }
  dialog {
    container: export-dialog / inline-size;
    inline-size: min(640px, calc(100vw - 24px));
  }
  fieldset {
    border: 0;
    display: grid;
    gap: 6px;
    justify-items: start;
    margin: 0;
    min-inline-size: 0;
    padding: 0;
  }
  legend {
    padding: 0;
  }
  fieldset > legend + * {
    margin-block-start: 6px;
  }

  .cards {
    border: 1px solid var(--l-border);
    border-radius: var(--l-radius-m);
    display: grid;
    inline-size: 100%;
    overflow: hidden;
  }
  .card {
    align-items: center;
    cursor: pointer;
    display: grid;
    gap: 2px var(--l-space-3);
    grid-template-columns: auto minmax(0, 1fr);
    min-block-size: 48px;
    padding: 6px var(--l-space-3);
    position: relative;
    transition: background var(--l-duration);
  }
  .card + .card {
    border-block-start: 1px solid var(--l-border);
  }
  .card:hover {
    background: var(--l-hover);
  }
  .card:has(:checked) {
    background: var(--l-accent-soft);
  }
  .card:has(:focus-visible) {
    border-radius: var(--l-radius-m);
    outline: 2px solid var(--l-accent);
    outline-offset: -2px;
    z-index: 1;
  }
  .preset {
    grid-template-columns: auto minmax(0, 1fr) auto minmax(14ch, max-content);
  }
  .card[data-disabled] {
    cursor: default;
  }
  .card[data-disabled] :is(.mark, .card-name) {
    opacity: 0.5;
  }
  .card-name {
    overflow-wrap: anywhere;
  }
  .mark {
    block-size: 16px;
    border: 1.5px solid var(--l-border-strong);
    border-radius: 50%;
    inline-size: 16px;
  }
  :checked + .mark {
    border: 5px solid var(--l-accent);
  }
  .what {
    display: grid;
    min-inline-size: 0;
  }
  .card-name,
  .size {
    font-weight: 600;
  }
  .size {
    font-variant-numeric: tabular-nums;
    text-align: end;
    white-space: nowrap;
  }
  .dimensions {
    white-space: nowrap;
  }
  .preset .badge {
    grid-column: 2 / -1;
    justify-self: start;
    margin-block-end: 3px;
    white-space: normal;
  }

  .row {
    display: grid;
    gap: var(--l-space-4);
    grid-template-columns: 1fr 1fr;
  }
  .segmented button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  .check {
    align-items: start;
    cursor: pointer;
    display: flex;
    gap: var(--l-space-2);
  }
  .check input {
    flex: none;
    margin-block-start: 3px;
  }
  .probing {
    align-items: center;
    color: var(--l-text-muted);
    display: inline-flex;
    font-size: var(--l-text-s);
    gap: var(--l-space-2);
    min-block-size: 30px;
  }
  .name {
    align-items: center;
    display: flex;
    gap: var(--l-space-2);
  }
  .extension {
    color: var(--l-text-muted);
    min-inline-size: 5ch;
  }
  .banner p {
    margin: 0;
  }
  .summary {
    align-self: center;
    color: var(--l-text-muted);
    flex: 1;
    font-variant-numeric: tabular-nums;
    min-inline-size: 16ch;
  }
  .forecast {
    align-items: center;
    display: flex;
    font-size: var(--l-text-s);
    gap: var(--l-space-2);
  }

  .running {
    display: grid;
    gap: var(--l-space-2);
    padding-block: var(--l-space-3);
  }
  .percent {
    font-size: 2.25rem;
    font-variant-numeric: tabular-nums;
    font-weight: 650;
    letter-spacing: -0.03em;
    line-height: 1;
  }
  .job {
    color: var(--l-text-muted);
  }
  .running .progress {
    block-size: 8px;
    margin-block: var(--l-space-2);
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    font-variant-numeric: tabular-nums;
    gap: var(--l-space-1) var(--l-space-4);
    justify-content: space-between;
  }
  .running:is([data-status='paused'], [data-status='interrupted']) .progress > span {
    background: var(--l-text-muted);
  }
  .running p {
    margin: var(--l-space-1) 0 0;
  }

  .outcome {
    display: grid;
    gap: var(--l-space-2);
    justify-items: center;
    padding-block: var(--l-space-4);
    text-align: center;
    text-wrap: balance;
  }
  .outcome > .icon {
    background: var(--l-hover);
    block-size: 48px;
    border-radius: 50%;
    color: var(--l-text-muted);
    inline-size: 48px;
    padding: 11px;
  }
  .outcome[data-tone='success'] > .icon {
    background: var(--l-success-soft);
    color: var(--l-success);
  }
  .outcome[data-tone='danger'] > .icon {
    background: var(--l-danger-soft);
    color: var(--l-danger);
  }
  .outcome h3 {
    font-size: var(--l-text-l);
    font-weight: 650;
    margin: 0;
  }
  .outcome p {
    color: var(--l-text-muted);
    margin: 0;
    max-inline-size: 48ch;
    overflow-wrap: anywhere;
  }
  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: var(--l-space-2);
    justify-content: center;
    margin-block-start: var(--l-space-3);
  }

  .outcome .encoded {
    color: var(--l-text);
    font-weight: 600;
  }

  .others {
    border-block-start: 1px solid var(--l-border);
    display: grid;
    gap: var(--l-space-1);
    padding-block-start: var(--l-space-3);
  }
  .others h3 {
    margin: 0;
  }
  .others ul {
    display: grid;
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .other {
    align-items: center;
    display: grid;
    gap: 0 var(--l-space-1);
    grid-auto-columns: max-content;
    grid-auto-flow: column;
    grid-template-columns: minmax(0, 1fr);
    min-block-size: 44px;
  }
  .other .line {
    display: grid;
    block-size: auto;
    gap: 0;
    justify-content: start;
    justify-items: start;
    line-height: 1.35;
    margin-inline-start: calc(-1 * var(--l-space-2));
    min-inline-size: 0;
    padding: 3px var(--l-space-2);
    text-align: start;
  }
  .other .line > span {
    max-inline-size: 100%;
  }
  .other .line > .hint {
    font-weight: 400;
  }
  .other .progress {
    grid-column: 1 / -1;
    grid-row: 2;
  }
  .other[data-status='failed'] .hint {
    color: var(--l-danger);
  }
  .other[data-status='done'] .icon:first-child {
    color: var(--l-success);
  }
  .percentage {
    color: var(--l-text-muted);
    font-variant-numeric: tabular-nums;
    min-inline-size: 4.5ch;
    text-align: end;
  }

  @container export-dialog (inline-size < 460px) {
    .row {
      grid-template-columns: 1fr;
    }
    .preset {
      grid-template-columns: auto minmax(0, 1fr) auto;
    }
    .dimensions {
      display: none;
    }
    footer .button {
      flex: 1;
    }
    .summary {
      flex-basis: 100%;
    }
  }
  @container export-dialog (inline-size < 340px) {
    .preset .hint {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .card:has(:checked) {
      outline: 2px solid Highlight;
    }
  }
`;
