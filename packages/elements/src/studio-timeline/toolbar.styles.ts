import { css, type CSSResult } from 'lit';

/** The toolbar of the timeline. */
export const toolbarStyles: CSSResult = css`
  .toolbar {
    align-items: center;
    background: var(--l-surface);
    border-block-end: 1px solid var(--l-border);
    display: flex;
    gap: var(--l-space-2);
    min-block-size: 40px;
    overflow: hidden;
    padding-inline: var(--l-space-2);
  }
  .tools {
    align-items: center;
    display: flex;
    gap: 2px;
    min-inline-size: 0;
  }
  .tools .segmented {
    margin-inline-end: var(--l-space-1);
  }
  .gap {
    background: var(--l-border);
    block-size: 18px;
    flex: none;
    inline-size: 1px;
    margin-inline: var(--l-space-1);
  }
  .spring {
    flex: 1;
  }
  .zoom {
    align-items: center;
    display: flex;
    gap: 2px;
  }
  .zoom input {
    inline-size: 112px;
  }
  .toolbar :is(.icon-button, .segmented button):focus-visible {
    outline-offset: -2px;
  }
`;
