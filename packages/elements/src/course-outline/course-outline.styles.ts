import { css, type CSSResultGroup } from 'lit';
import { noticeStyles } from '../lectern-provider/notices.styles.js';
import { assetCardStyles } from '../media-library/asset-card.styles.js';

export const courseOutlineStyles: CSSResultGroup = [
  assetCardStyles,
  noticeStyles,
  css`
    :host {
      block-size: 100%;
      display: block;
      min-block-size: 280px;
    }
    .frame {
      background: var(--l-surface);
      block-size: 100%;
      border: 1px solid var(--l-border);
      border-radius: var(--lectern-outline-radius, var(--l-radius-l));
      container-type: inline-size;
      display: flex;
      flex-direction: column;
      min-block-size: inherit;
      overflow: hidden;
      position: relative;
    }
    .top {
      align-items: center;
      border-block-end: 1px solid var(--l-border);
      display: flex;
      flex: none;
      gap: var(--l-space-2);
      min-block-size: 52px;
      padding: var(--l-space-2) var(--l-space-3) var(--l-space-2) var(--l-space-4);
    }
    .top > .icon {
      color: var(--l-accent-text);
      block-size: 18px;
      inline-size: 18px;
    }
    .top h2 {
      flex: 1;
      font-size: var(--l-text-l);
      font-weight: 650;
      margin: 0;
      min-inline-size: 0;
    }
    .top .select {
      background-color: transparent;
      border-color: transparent;
      flex: 1;
      font-size: var(--l-text-l);
      font-weight: 650;
      min-inline-size: 0;
      padding-inline-start: var(--l-space-2);
      text-overflow: ellipsis;
    }
    .top .select:hover {
      background-color: var(--l-hover);
    }
    .top .rename {
      flex: 1;
      margin: 0;
    }
    .tree-area {
      flex: 1;
      min-block-size: 0;
      overflow: auto;
      padding: var(--l-space-2) var(--l-space-2) var(--l-space-4);
      position: relative;
      scrollbar-width: thin;
    }
    .chapter {
      border-radius: var(--l-radius-m);
      margin-block-end: var(--l-space-1);
    }
    .chapter-row:focus-visible {
      outline: 2px solid var(--l-accent);
      outline-offset: -2px;
    }
    .chapter-row,
    .item {
      align-items: center;
      border-radius: var(--l-radius-m);
      display: flex;
      gap: var(--l-space-1);
      min-inline-size: 0;
      position: relative;
    }
    .chapter-row {
      min-block-size: 36px;
      padding-inline: 2px var(--l-space-1);
    }
    .chapter-row:hover,
    .item:hover {
      background: var(--l-hover);
    }
    .chapter-title {
      flex: 1;
      font-weight: 650;
    }
    .chapter-row .rename,
    .item .rename {
      flex: 1;
      margin: 0;
    }
    .chapter-row .count {
      font-variant-numeric: tabular-nums;
      padding-inline: var(--l-space-1);
    }
    .items {
      margin-inline-start: 32px;
      position: relative;
    }
    .items::before {
      background: var(--l-border);
      content: '';
      inline-size: 1px;
      inset-block: 0 6px;
      inset-inline-start: 0;
      position: absolute;
    }
    .items .item {
      padding-inline-start: var(--l-space-2);
    }
    .items .grip {
      inset-block: 0;
      inset-inline-start: -26px;
      margin: 0;
      position: absolute;
    }
    .item {
      gap: var(--l-space-2);
      min-block-size: 48px;
      padding: 4px var(--l-space-1) 4px 0;
    }
    .item:focus-visible {
      outline: 2px solid var(--l-accent);
      outline-offset: -2px;
    }
    .item .thumb {
      block-size: 36px;
      border-radius: var(--l-radius-s);
      flex: none;
      inline-size: 64px;
    }
    .item .thumb > .icon {
      block-size: 16px;
      inline-size: 16px;
    }
    .thumb[data-kind='project'] {
      background: color-mix(in oklab, var(--l-accent) 14%, var(--l-sunken));
      color: var(--l-accent-text);
    }
    .item .text {
      display: grid;
      flex: 1;
      min-inline-size: 0;
    }
    .meta[data-tone='warning'] {
      color: var(--l-warning);
    }
    .grip {
      align-items: center;
      align-self: stretch;
      color: var(--l-text-muted);
      cursor: grab;
      display: flex;
      flex: none;
      inline-size: 24px;
      justify-content: center;
      margin-inline-end: -6px;
      opacity: 0;
      touch-action: none;
    }
    :is(.chapter-row, .item):is(:hover, :focus-within) > .grip,
    :is(.item, .chapter-row):focus > .grip {
      opacity: 1;
    }
    @media (hover: none) {
      .grip {
        opacity: 1;
      }
    }
    .none {
      margin: 0;
      padding: var(--l-space-2) var(--l-space-3) var(--l-space-3);
    }
    [data-dragged] {
      opacity: 0.4;
    }
    .drop-line {
      background: var(--l-accent);
      block-size: 2px;
      border-radius: 2px;
      inset-block-start: 0;
      inset-inline: 12px;
      margin-block-start: -1px;
      pointer-events: none;
      position: absolute;
    }
    .drop-line::before {
      background: var(--l-surface);
      block-size: 8px;
      border: 2px solid var(--l-accent);
      border-radius: 50%;
      box-sizing: border-box;
      content: '';
      inline-size: 8px;
      inset-block-start: -3px;
      inset-inline-start: -6px;
      position: absolute;
    }
    .add-chapter {
      margin: var(--l-space-1) var(--l-space-1) 0;
    }
    .rows-skeleton {
      display: grid;
      gap: var(--l-space-3);
      padding: var(--l-space-4);
    }
    .rows-skeleton .skeleton {
      block-size: 32px;
    }
    @container (max-width: 339px) {
      .item .thumb {
        block-size: 28px;
        inline-size: 46px;
      }
    }
    @media (forced-colors: active) {
      .drop-line {
        background: Highlight;
      }
    }
  `,
];
