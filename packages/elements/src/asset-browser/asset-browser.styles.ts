import { css, type CSSResultGroup } from 'lit';
import { connectionBannerStyles } from '../connection-banner/connection-banner.styles.js';
import { noticeStyles } from '../lectern-provider/notices.styles.js';
import { assetCardStyles } from '../media-library/asset-card.styles.js';
import { dropZoneStyles, searchStyles } from '../media-library/media-library.styles.js';

export const assetBrowserStyles: CSSResultGroup = [
  searchStyles,
  dropZoneStyles,
  assetCardStyles,
  connectionBannerStyles,
  noticeStyles,
  css`
    :host {
      display: block;
    }
    :host([mode='panel']) {
      block-size: 100%;
      min-block-size: 240px;
    }
    :host([mode='picker']) {
      display: contents;
    }
    .frame {
      background: var(--l-surface);
      block-size: 100%;
      container-type: inline-size;
      display: flex;
      flex-direction: column;
      min-block-size: inherit;
      overflow: hidden;
      position: relative;
    }
    upload-tray {
      --lectern-upload-tray-max-height: 240px;
      flex: none;
    }
    upload-tray::part(tray) {
      border-radius: 0;
      border-width: 1px 0 0;
    }
    .tabs {
      align-items: center;
      display: flex;
      flex: none;
      gap: var(--l-space-2);
      justify-content: space-between;
      padding: var(--l-space-2) var(--l-space-3) var(--l-space-2);
    }
    .tabs .segmented {
      flex: 1;
    }
    .tabs .segmented button {
      flex: 1;
    }
    .thumb .mark:not([data-tone]) .mark-text {
      display: none;
    }
    .filters {
      display: flex;
      flex: none;
      flex-wrap: wrap;
      gap: var(--l-space-2);
      padding: 0 var(--l-space-3) var(--l-space-2);
    }
    .filters .search {
      flex: 1 1 132px;
    }
    .filters .search .input {
      min-block-size: 30px;
    }
    .filters .search > .icon {
      inset-block-start: 7px;
    }
    .filters .search .icon-button {
      inset-block-start: 3px;
    }
    .filters .select {
      flex: 0 0 auto;
      inline-size: auto;
      min-block-size: 30px;
      border-color: var(--l-border);
    }
    .body-area {
      flex: 1;
      min-block-size: 0;
      position: relative;
    }
    .scroller {
      --collection-padding: 12px;
      --collection-gap: 10px;
      inset: 0;
      position: absolute;
    }
    .scroller[data-view='grid'] .rows {
      margin-block-start: 4px;
    }
    .skeletons {
      display: grid;
      gap: 10px;
      grid-template-columns: repeat(auto-fill, minmax(104px, 1fr));
      padding: 4px 12px;
    }
    .state {
      min-block-size: 120px;
      padding: var(--l-space-4) var(--l-space-3);
    }

    .cell .insert {
      background: var(--l-accent);
      box-shadow: var(--l-shadow-1);
      color: var(--l-on-accent);
      inset-block-start: 5px;
      inset-inline-end: 5px;
      opacity: 0;
      position: absolute;
      z-index: 1;
    }
    .cell .insert:hover {
      background: var(--l-accent-hover);
      color: var(--l-on-accent);
    }
    .cell:is(:hover, :focus-within) .insert {
      opacity: 1;
    }
    @media (hover: none) {
      .cell .insert {
        opacity: 1;
      }
    }
    :host([mode='panel']) .cell {
      cursor: grab;
    }
    /* A column of the studio has room for names only. */
    :host([mode='panel']) .meta {
      display: none;
    }
    .order {
      align-items: center;
      background: var(--l-accent);
      block-size: 22px;
      border-radius: 99px;
      box-shadow: 0 0 0 2px var(--l-surface);
      color: var(--l-on-accent);
      display: inline-flex;
      font-size: var(--l-text-xs);
      font-weight: 700;
      inset-block-start: 6px;
      inset-inline-end: 6px;
      justify-content: center;
      min-inline-size: 22px;
      padding-inline: 5px;
      position: absolute;
      z-index: 1;
    }

    .order::before {
      content: attr(data-order);
    }

    .chosen {
      align-items: center;
      background: var(--l-raised);
      border-block-start: 1px solid var(--l-border);
      display: flex;
      flex: none;
      gap: var(--l-space-2);
      padding: var(--l-space-2) var(--l-space-3);
    }
    .chosen .button {
      flex: 1;
      min-inline-size: 0;
    }

    dialog.picker {
      block-size: min(680px, calc(100dvh - 32px));
      inline-size: min(880px, calc(100vw - 24px));
    }
    dialog.picker .frame {
      background: transparent;
      block-size: auto;
      flex: 1;
      min-block-size: 0;
    }
    dialog.picker .tabs,
    dialog.picker .filters {
      padding-inline: var(--l-space-5);
    }
    dialog.picker .tabs .segmented {
      flex: 0 1 260px;
    }
    dialog.picker .scroller {
      --collection-padding: 20px;
      --collection-gap: 12px;
      border-block-start: 1px solid var(--l-border);
    }
    dialog.picker .scroller[data-view='grid'] .rows {
      margin-block-start: 14px;
    }
    dialog.picker footer .count {
      align-self: center;
      flex: 1;
      min-inline-size: 0;
    }
    .tabs .import {
      flex: none;
    }
    @container (max-width: 359px) {
      .tabs .import .import-text {
        clip-path: inset(50%);
        inline-size: 1px;
        overflow: hidden;
        position: absolute;
        white-space: nowrap;
      }
    }
  `,
];
