import { css, type CSSResultGroup } from 'lit';
import { noticeStyles } from './notices.styles.js';

export const providerStyles: CSSResultGroup = [
  css`
    :host {
      display: contents;
    }
  `,
  noticeStyles,
];
