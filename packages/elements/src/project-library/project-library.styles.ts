import { css, type CSSResultGroup } from 'lit';
import { connectionBannerStyles } from '../connection-banner/connection-banner.styles.js';
import { noticeStyles } from '../lectern-provider/notices.styles.js';
import { assetCardStyles } from '../media-library/asset-card.styles.js';
import { dropZoneStyles, libraryHeaderStyles, searchStyles } from '../media-library/media-library.styles.js';

export const projectLibraryStyles: CSSResultGroup = [
  searchStyles,
  libraryHeaderStyles,
  assetCardStyles,
  connectionBannerStyles,
  noticeStyles,
  dropZoneStyles,
  css`
    :host {
      block-size: 100%;
      display: block;
      min-block-size: 360px;
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
    .list-area {
      flex: 1;
      min-block-size: 0;
      position: relative;
    }
    .scroller {
      --collection-padding: 16px;
      --collection-gap: 16px;
      --collection-row: 3.5rem;
      --collection-columns: minmax(0, 1fr) 92px 64px 120px 28px;
      inset: 0;
      position: absolute;
    }
    @container (max-width: 619px) {
      .scroller {
        --collection-columns: minmax(0, 1fr) 84px 28px;
        --collection-padding: 12px;
      }
      .column:is(.length, .date) {
        display: none;
      }
    }
    @container (min-width: 620px) {
      .scroller[data-view='list'] .meta.when {
        display: none;
      }
    }
    .thumb[data-kind='project'] {
      background: linear-gradient(
        160deg,
        color-mix(in oklab, var(--l-accent) 20%, var(--l-sunken)),
        color-mix(in oklab, var(--l-accent) 6%, var(--l-sunken))
      );
      color: var(--l-accent-text);
    }
    .scroller[data-view='list'] .thumb {
      block-size: 2.25rem;
      inline-size: 4rem;
    }
    .thumb .state-badge {
      background: rgb(12 12 18 / 78%);
      color: #fff;
      inset-block-start: 8px;
      inset-inline-start: 8px;
      position: absolute;
      z-index: 1;
    }
    .thumb .state-badge[data-tone='success'] {
      background: #177245;
    }
    /* Lies exactly over the picture, whatever the words under it need. */
    .over {
      aspect-ratio: 16 / 9;
      display: grid;
      inset-block-start: 0;
      inset-inline: 0;
      place-items: center;
      pointer-events: none;
      position: absolute;
      z-index: 1;
    }
    .cell .open {
      background: rgb(255 255 255 / 94%);
      border-color: transparent;
      color: #1b1b24;
      opacity: 0;
      pointer-events: auto;
    }
    .cell:is(:hover, :focus-within, [data-selected]) .open {
      opacity: 1;
    }
    @media (hover: none) {
      .cell .open {
        opacity: 1;
      }
    }
    .skeletons {
      display: grid;
      gap: 16px;
      grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
      padding: 16px;
    }
    .jobs {
      border-block-end: 1px solid var(--l-border);
      display: grid;
      flex: none;
      gap: var(--l-space-2);
      list-style: none;
      margin: 0;
      padding: var(--l-space-2) var(--l-space-4);
    }
    .job {
      align-items: center;
      display: flex;
      gap: var(--l-space-3);
    }
    .job .what {
      display: grid;
      flex: 1;
      gap: var(--l-space-1);
      min-inline-size: 0;
    }
    @container (max-width: 619px) {
      .job .truncate {
        overflow-wrap: anywhere;
        white-space: normal;
      }
      .file-button span {
        clip-path: inset(50%);
        inline-size: 1px;
        overflow: hidden;
        position: absolute;
        white-space: nowrap;
      }
    }
    .unsaved {
      border-radius: 0;
      border-inline: 0;
      flex: none;
      padding: var(--l-space-2) var(--l-space-4);
    }
    .unsaved ul {
      display: grid;
      gap: var(--l-space-1);
      list-style: none;
      margin: 0;
      padding: 0;
    }
    .unsaved li {
      align-items: center;
      display: flex;
      flex-wrap: wrap;
      gap: var(--l-space-2);
      justify-content: space-between;
    }
  `,
];
