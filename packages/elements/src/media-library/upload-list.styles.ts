import { css, type CSSResult } from 'lit';

/** The looks of the list of uploads, for every element that shows it. */
export const uploadListStyles: CSSResult = css`
  .uploads {
    background: var(--l-raised);
    border-block-start: 1px solid var(--l-border);
    flex: none;
    position: relative;
  }
  .uploads > header {
    align-items: center;
    display: flex;
    gap: var(--l-space-2);
    min-block-size: 40px;
    padding-inline: var(--l-space-4) var(--l-space-3);
  }
  .uploads > header > .icon {
    color: var(--l-success);
  }
  .uploads > header > .icon:has(+ [data-tone='danger']) {
    color: var(--l-danger);
  }
  .uploads > header > .icon-button[aria-expanded='true']:not(:hover) {
    background: transparent;
    color: var(--l-text-muted);
  }
  .uploads .summary {
    flex: 1;
    font-weight: 600;
    line-height: 1.3;
    margin: 0;
    min-inline-size: 0;
  }
  .uploads .summary[data-tone='danger'] {
    color: var(--l-danger);
  }
  .uploads .percent {
    font-variant-numeric: tabular-nums;
  }
  .uploads .overall {
    block-size: 2px;
    border-radius: 0;
    inset-block-start: -1px;
    inset-inline: 0;
    position: absolute;
  }
  .uploads > ul {
    border-block-start: 1px solid var(--l-border);
    list-style: none;
    margin: 0;
    max-block-size: 190px;
    overflow: auto;
    padding: var(--l-space-1) var(--l-space-3) var(--l-space-2) var(--l-space-4);
    scrollbar-width: thin;
  }
  .uploads > ul:focus-visible {
    outline: 2px solid var(--l-accent);
    outline-offset: -2px;
  }
  .upload {
    align-items: start;
    display: flex;
    gap: var(--l-space-2);
    padding-block: 6px;
  }
  .state-icon {
    color: var(--l-text-muted);
    display: flex;
    padding-block-start: 2px;
  }
  .state-icon[data-tone='danger'] {
    color: var(--l-danger);
  }
  .state-icon[data-tone='warning'] {
    color: var(--l-warning);
  }
  .state-icon[data-tone='success'] {
    color: var(--l-success);
  }
  .upload-text {
    display: grid;
    flex: 1;
    gap: 4px;
    min-inline-size: 0;
  }
  .upload-text p {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .upload-line {
    align-items: baseline;
    display: flex;
    gap: var(--l-space-3);
    justify-content: space-between;
  }
  .upload-name {
    flex: 0 1 auto;
    font-weight: 550;
  }
  .upload-status {
    flex: none;
    font-variant-numeric: tabular-nums;
    max-inline-size: 60%;
  }
  .upload-actions {
    display: flex;
    flex: none;
  }
  .rest {
    padding-block: 6px;
  }
`;
