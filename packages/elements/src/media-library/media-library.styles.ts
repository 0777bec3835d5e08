import { css, type CSSResult, type CSSResultGroup } from 'lit';
import { connectionBannerStyles } from '../connection-banner/connection-banner.styles.js';
import { noticeStyles } from '../lectern-provider/notices.styles.js';
import { assetCardStyles } from './asset-card.styles.js';
import { assetDetailsStyles } from './asset-details.styles.js';
import { operationListStyles } from './operation-list.styles.js';

/** The field to search in, with its icon and the button that empties it. */
export const searchStyles: CSSResult = css`
  .search {
    flex: 0 1 280px;
    min-inline-size: 0;
    position: relative;
  }
  .search > .icon {
    color: var(--l-text-muted);
    inset-block-start: 8px;
    inset-inline-start: 10px;
    pointer-events: none;
    position: absolute;
  }
  .search .input {
    border-color: var(--l-border);
    box-shadow: inset 0 0 0 1px transparent;
    padding-inline: 32px 30px;
  }
  .search .input:hover {
    border-color: var(--l-border-strong);
  }
  .search input::-webkit-search-cancel-button {
    display: none;
  }
  .search .icon-button {
    inset-block-start: 4px;
    inset-inline-end: 4px;
    position: absolute;
  }
`;

/** What shows while files are held over an element. */
export const dropZoneStyles: CSSResult = css`
  .drop {
    background: color-mix(in oklab, var(--l-surface) 82%, transparent);
    display: grid;
    inset: 0;
    padding: var(--l-space-3);
    pointer-events: none;
    position: absolute;
    z-index: 20;
  }
  .drop > div {
    align-content: center;
    background: var(--l-accent-soft);
    border: 2px dashed var(--l-accent);
    border-radius: var(--l-radius-l);
    display: grid;
    gap: var(--l-space-2);
    justify-items: center;
    text-align: center;
  }
  .drop .icon {
    block-size: 32px;
    color: var(--l-accent-text);
    inline-size: 32px;
  }
  .drop strong {
    font-size: var(--l-text-l);
  }
`;

/** The line of title, search and buttons, and the bar of filters: shared by the libraries of media and of projects. */
export const libraryHeaderStyles: CSSResultGroup = css`
  .top {
    align-items: center;
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: var(--l-space-2) var(--l-space-3);
    padding: var(--l-space-3) var(--l-space-4) var(--l-space-2);
  }
  .heading {
    align-items: center;
    display: flex;
    flex: 1 1 auto;
    gap: var(--l-space-2);
    min-inline-size: 0;
  }
  .heading .icon-button {
    margin-inline-start: calc(-1 * var(--l-space-2));
  }
  .top h2 {
    font-size: var(--l-text-xl);
    font-weight: 650;
    letter-spacing: -0.012em;
    line-height: 1.3;
    margin: 0;
  }
  .heading .count {
    flex: none;
    margin-block-start: 3px;
    font-variant-numeric: tabular-nums;
  }
  .bar {
    align-items: center;
    border-block-end: 1px solid var(--l-border);
    display: flex;
    flex: none;
    gap: var(--l-space-2);
    block-size: 44px;
    overflow-x: auto;
    padding: var(--l-space-1) var(--l-space-4) var(--l-space-2);
    scrollbar-width: none;
  }
  .bar .select {
    background-color: transparent;
    border-color: transparent;
    flex: none;
    font-weight: 550;
    inline-size: auto;
  }
  .bar .select:hover {
    background-color: var(--l-hover);
  }
  .bar .select[data-set]:not([data-filter='sort']) {
    background-color: var(--l-accent-soft);
    color: var(--l-accent-text);
  }
  .bar .button {
    flex: none;
  }
  .bar .segmented {
    flex: none;
  }
  .bar [data-filter='kind'] {
    display: none;
  }
  .spring {
    flex: 1;
  }
  .bulk {
    background: var(--l-accent-soft);
    padding-block: 0;
  }

  @container (max-width: 719px) {
    .search {
      flex: 1 1 100%;
      order: 3;
    }
    .bar .kinds {
      display: none;
    }
    .bar [data-filter='kind'] {
      display: block;
    }
  }
  @container (max-width: 399px) {
    .heading .count {
      display: none;
    }
  }
  @container (max-width: 479px) {
    .top {
      padding-inline: var(--l-space-3);
    }
    .top .segmented + .button {
      inline-size: 34px;
      padding: 0;
    }
    .top .segmented + .button span {
      clip-path: inset(50%);
      inline-size: 1px;
      overflow: hidden;
      position: absolute;
      white-space: nowrap;
    }
    .heading {
      flex: 1 1 0;
    }
    .bar {
      padding-inline: var(--l-space-2);
      gap: 0;
    }
    .bar .select {
      flex: 0 1 auto;
      font-weight: 500;
      min-inline-size: 56px;
      padding-inline: 4px 20px;
      text-overflow: ellipsis;
    }
    .thumb .mark:not([data-tone]) .mark-text {
      display: none;
    }
    .bulk {
      padding-inline: var(--l-space-3);
      gap: var(--l-space-1);
    }
    .trash-button span,
    .bulk .button:not([data-variant]) span {
      clip-path: inset(50%);
      inline-size: 1px;
      overflow: hidden;
      position: absolute;
      white-space: nowrap;
    }
  }
`;

export const mediaLibraryStyles: CSSResultGroup = [
  css`
    :host {
      block-size: 100%;
      display: block;
      min-block-size: 440px;
    }
    .frame {
      background: var(--l-surface);
      block-size: 100%;
      border: 1px solid var(--l-border);
      border-radius: var(--lectern-library-radius, var(--l-radius-l));
      container-type: inline-size;
      display: flex;
      flex-direction: column;
      min-block-size: inherit;
      overflow: hidden;
      position: relative;
    }
    .main {
      display: flex;
      flex: 1;
      min-block-size: 0;
      position: relative;
    }
    .list-area {
      flex: 1;
      min-inline-size: 0;
      position: relative;
    }
    .scroller {
      --collection-padding: 14px;
      --collection-gap: 14px;
      --collection-row: 3rem;
      --collection-columns: minmax(0, 1fr) 64px 64px 76px 84px 104px 28px;
      inset: 0;
      position: absolute;
    }
    @container (max-width: 899px) {
      .scroller {
        --collection-columns: minmax(0, 1fr) 60px 76px 100px 28px;
      }
      .column:is(.kind, .source) {
        display: none;
      }
    }
    @container (max-width: 619px) {
      .scroller {
        --collection-columns: minmax(0, 1fr) 28px;
      }
      .heads,
      .column:not(.actions) {
        display: none;
      }
    }
    /* The line under a name says what the columns say where there are columns. */
    @container (min-width: 620px) {
      .scroller[data-view='list'] .meta {
        display: none;
      }
    }

    .state .actions .hint {
      flex-basis: 100%;
      margin: 0;
      max-inline-size: none;
    }

    .skeletons {
      display: grid;
      gap: 14px;
      grid-template-columns: repeat(auto-fill, minmax(156px, 1fr));
      padding: 16px;
    }
    .skeletons .thumb {
      border-radius: var(--l-radius-m);
    }
    .scroller[data-view='list'] .skeletons {
      grid-template-columns: 1fr;
      gap: var(--l-space-2);
    }
    .scroller[data-view='list'] .skeletons > div {
      align-items: center;
      display: flex;
      gap: var(--l-space-3);
    }
    .scroller[data-view='list'] .skeletons .line {
      inline-size: 30%;
      margin: 0;
    }

    @container (max-width: 859px) {
      .details {
        border: 0;
        inline-size: auto;
        inset: 0;
        position: absolute;
        z-index: 10;
      }
      .details-body {
        inline-size: 100%;
        margin-inline: auto;
        max-inline-size: 520px;
      }
    }

    .storage {
      align-items: center;
      border-block-start: 1px solid var(--l-border);
      color: var(--l-text-muted);
      display: flex;
      flex: none;
      font-size: var(--l-text-s);
      gap: var(--l-space-3);
      min-block-size: 32px;
      padding: var(--l-space-1) var(--l-space-4);
    }
    .storage .progress {
      inline-size: 96px;
      flex: none;
    }
    .storage[data-full] .progress > span {
      background: var(--l-danger);
    }
    .storage[data-memory] {
      background: var(--l-warning-soft);
      color: var(--l-text);
    }
    .storage[data-memory] .icon {
      color: var(--l-warning);
    }
    upload-tray {
      --lectern-upload-tray-max-height: 260px;
      flex: none;
    }
    upload-tray::part(tray) {
      border-radius: 0;
      border-width: 1px 0 0;
    }
    .more-failed {
      inset-block-end: var(--l-space-3);
      inset-inline: var(--l-space-4);
      position: absolute;
    }
  `,
  searchStyles,
  dropZoneStyles,
  libraryHeaderStyles,
  assetCardStyles,
  assetDetailsStyles,
  operationListStyles,
  connectionBannerStyles,
  noticeStyles,
];
