import { css, type CSSResult } from 'lit';

export const conversionDialogStyles: CSSResult = css`
  dialog.convert {
    inline-size: min(480px, calc(100vw - 24px));
  }
  dialog.convert p {
    margin: 0;
    overflow-wrap: anywhere;
  }
  dialog.convert .busy {
    align-items: center;
    display: flex;
    gap: var(--l-space-2);
  }
  dialog.convert .forecast {
    font-variant-numeric: tabular-nums;
  }
`;
