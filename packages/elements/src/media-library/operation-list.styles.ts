import { css, type CSSResult } from 'lit';

export const operationListStyles: CSSResult = css`
  .operations {
    background: var(--l-raised);
    border-block-start: 1px solid var(--l-border);
    flex: none;
    max-block-size: 240px;
    overflow: auto;
    scrollbar-width: thin;
  }
  .operations ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .operation {
    display: grid;
    gap: var(--l-space-1);
    padding-block: var(--l-space-2);
    padding-inline: var(--l-space-4) var(--l-space-2);
  }
  .operation + .operation {
    border-block-start: 1px solid var(--l-border);
  }
  .operation-line {
    align-items: center;
    display: flex;
    gap: var(--l-space-2);
    min-block-size: 26px;
  }
  .operation-line > .icon {
    color: var(--l-danger);
  }
  .operation-text {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    gap: 0 var(--l-space-3);
    line-height: 1.35;
    margin: 0;
    min-inline-size: 0;
  }
  .operation-text strong {
    font-weight: 600;
  }
  .operation .figures {
    font-variant-numeric: tabular-nums;
  }
  .operations .failures {
    display: grid;
    gap: var(--l-space-1);
    line-height: 1.4;
    overflow-wrap: anywhere;
    padding-block: var(--l-space-1);
    padding-inline-start: var(--l-space-6);
  }
  .failures:focus-visible {
    outline: 2px solid var(--l-accent);
    outline-offset: -2px;
  }
  .failures strong {
    font-weight: 600;
  }
`;
