import { css, type CSSResult } from 'lit';

/** The clips as a table; in a narrow column as cards. */
export const tableStyles: CSSResult = css`
  .table-frame {
    background: var(--l-surface);
    display: grid;
    grid-template-rows: auto minmax(0, 1fr);
    min-block-size: 0;
    min-inline-size: 0;
  }
  .table-bar {
    align-items: center;
    border-block-end: 1px solid var(--l-border);
    display: flex;
    gap: var(--l-space-1);
    min-block-size: 40px;
    padding-inline: var(--l-space-3);
  }
  .table-bar .hint {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .filter {
    align-items: center;
    display: flex;
    gap: var(--l-space-2);
    min-inline-size: 0;
  }
  .filter .label {
    white-space: nowrap;
  }
  .filter .select {
    inline-size: auto;
    max-inline-size: 180px;
    min-inline-size: 96px;
  }
  .table-empty {
    color: var(--l-text-muted);
    margin: var(--l-space-6);
    text-align: center;
  }
  .table-scroll {
    overflow: auto;
    scrollbar-width: thin;
  }
  .table-scroll:focus-visible {
    outline-offset: -2px;
  }
  table {
    border-collapse: separate;
    border-spacing: 0;
    inline-size: 100%;
  }
  th {
    background: var(--l-surface);
    border-block-end: 1px solid var(--l-border);
    color: var(--l-text-muted);
    font-size: var(--l-text-xs);
    font-weight: 600;
    inset-block-start: 0;
    padding: var(--l-space-2);
    position: sticky;
    text-align: start;
    white-space: nowrap;
    z-index: 1;
  }
  td {
    border-block-end: 1px solid var(--l-border);
    padding: 5px var(--l-space-1);
    vertical-align: top;
  }
  :is(th, td):first-child {
    inline-size: 36px;
    padding-inline: var(--l-space-3) 0;
  }
  td:first-child input {
    margin-block-start: 5px;
  }
  tr[aria-selected='true'] td {
    background: color-mix(in oklab, var(--l-accent) 7%, var(--l-surface));
  }
  td .input {
    border-color: transparent;
    min-inline-size: 0;
  }
  td .select {
    border-color: transparent;
    min-inline-size: 104px;
  }
  tr:hover td :is(.input, .select):not(:read-only:not(select)),
  td :is(.input, .select):focus {
    border-color: var(--l-border-strong);
  }
  td[data-column='name'] {
    min-inline-size: 140px;
  }
  td .timecode {
    inline-size: 100px;
  }
  td .error-text {
    display: block;
    max-inline-size: 22ch;
    padding: 2px var(--l-space-2) 0;
  }
  .row-actions {
    display: flex;
    gap: 2px;
    padding-block-start: 1px;
  }

  /* A table of seven columns doesn't fit a column of an LMS page: each clip becomes a card. */
  @container timeline (inline-size < 700px) {
    .filter .label {
      display: none;
    }
    table,
    tbody {
      display: block;
    }
    thead {
      block-size: 1px;
      clip-path: inset(50%);
      display: block;
      inline-size: 1px;
      overflow: hidden;
      position: absolute;
    }
    tbody tr {
      border-block-end: 1px solid var(--l-border);
      display: grid;
      gap: var(--l-space-1) var(--l-space-2);
      grid-template-columns: auto repeat(3, minmax(0, 1fr));
      padding: var(--l-space-2) var(--l-space-3);
    }
    tr[aria-selected='true'] {
      background: color-mix(in oklab, var(--l-accent) 7%, var(--l-surface));
    }
    tr[aria-selected='true'] td {
      background: none;
    }
    td,
    td:first-child {
      border: 0;
      inline-size: auto;
      padding: 0;
    }
    td[data-column='name'] {
      grid-column: span 3;
      min-inline-size: 0;
    }
    td[data-column='name'] .input {
      font-weight: 600;
    }
    td[data-column='track'] {
      grid-column: 2 / span 1;
    }
    td[data-column='actions'] {
      grid-column: 3 / span 2;
      grid-row: 2;
      justify-self: end;
    }
    td[data-column='start'] {
      grid-column: 2;
    }
    td .timecode {
      border-color: var(--l-border);
      inline-size: 100%;
      padding-inline: var(--l-space-1);
      text-align: center;
    }
    td .select {
      min-inline-size: 0;
    }
  }
  @container timeline (inline-size < 400px) {
    .row-actions {
      gap: 0;
    }
  }
`;
