import { css, type CSSResult } from 'lit';

/** The looks of the line about the connection and its dialog, for every element that shows them. */
export const connectionBannerStyles: CSSResult = css`
  .connection {
    align-items: center;
    background: var(--l-warning-soft);
    border-block-end: 1px solid color-mix(in oklab, var(--l-warning) 35%, transparent);
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: var(--l-space-1) var(--l-space-3);
    padding: var(--l-space-2) var(--l-space-4);
  }
  .connection[data-reachable] {
    background: var(--l-accent-soft);
    border-color: color-mix(in oklab, var(--l-accent) 35%, transparent);
  }
  .connection > .icon {
    color: var(--l-warning);
    flex: none;
  }
  .connection[data-reachable] > .icon {
    color: var(--l-accent-text);
  }
  .connection p {
    flex: 1 1 200px;
    font-size: var(--l-text-s);
    line-height: 1.4;
    margin: 0;
    min-inline-size: 0;
  }
  .connection-actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--l-space-2);
  }
  .connection-actions .button {
    max-inline-size: 100%;
    white-space: normal;
  }
  .body.move {
    gap: var(--l-space-3);
  }
  .body.move p {
    margin: 0;
  }
  .body.move .skeleton {
    block-size: 5rem;
  }
  .body.move ul {
    display: grid;
    gap: var(--l-space-1);
    margin: 0;
    padding-inline-start: var(--l-space-5);
  }
  .figures {
    font-variant-numeric: tabular-nums;
  }
  .moved,
  .not-moved {
    align-items: center;
    display: flex;
    gap: var(--l-space-2);
  }
  .moved .icon {
    color: var(--l-success);
  }
  .not-moved .icon {
    color: var(--l-danger);
  }
  .body.move .not-moved-list {
    gap: var(--l-space-2);
    list-style: none;
    max-block-size: 240px;
    overflow: auto;
    padding: 0;
  }
  .not-moved-list li {
    display: grid;
    overflow-wrap: anywhere;
  }
`;
