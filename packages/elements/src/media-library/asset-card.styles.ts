import { css, type CSSResult } from 'lit';

/** The looks of a collection of cards and rows: the library's, the browser's and the projects'. */
export const assetCardStyles: CSSResult = css`
  .scroller {
    block-size: 100%;
    min-block-size: 0;
    overflow: auto;
    overscroll-behavior: contain;
    position: relative;
    scrollbar-gutter: stable;
    scrollbar-width: thin;
    scrollbar-color: var(--l-border-strong) transparent;
  }
  .scroller[data-previous] .rows {
    opacity: 0.55;
    transition: opacity 200ms 120ms;
  }
  .collection {
    min-block-size: 100%;
  }
  .rows {
    position: relative;
  }
  .rows > .row {
    inset-inline: 0;
    position: absolute;
    inset-block-start: 0;
  }

  /* Cards */
  .scroller[data-view='grid'] .rows {
    margin-block-start: var(--collection-padding, 16px);
  }
  .scroller[data-view='grid'] .row {
    display: grid;
    gap: var(--collection-gap, 12px);
    grid-template-columns: repeat(var(--columns), minmax(0, 1fr));
    padding-inline: var(--collection-padding, 16px);
  }
  .cell {
    border-radius: var(--l-radius-m);
    cursor: default;
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    outline-offset: 2px;
    position: relative;
    -webkit-user-select: none;
    user-select: none;
  }
  .cell:focus-visible {
    outline: 2px solid var(--l-accent);
  }
  .thumb {
    align-items: center;
    aspect-ratio: 16 / 9;
    background: var(--l-sunken);
    border-radius: var(--l-radius-m);
    color: var(--l-text-muted);
    display: flex;
    justify-content: center;
    overflow: hidden;
    position: relative;
  }
  .thumb > .icon {
    block-size: 26px;
    inline-size: 26px;
    stroke-width: 1.5;
  }
  .thumb[data-kind='audio'] {
    background: color-mix(in oklab, var(--l-clip-audio) 14%, var(--l-sunken));
    color: color-mix(in oklab, var(--l-clip-audio) 75%, var(--l-text));
  }
  .thumb[data-kind='video'] {
    background: color-mix(in oklab, var(--l-clip-video) 12%, var(--l-sunken));
    color: color-mix(in oklab, var(--l-clip-video) 75%, var(--l-text));
  }
  .thumb[data-kind='image'] {
    background: color-mix(in oklab, var(--l-clip-image) 10%, var(--l-sunken));
    color: color-mix(in oklab, var(--l-clip-image) 70%, var(--l-text));
  }
  .thumb canvas {
    block-size: 100%;
    inline-size: 100%;
    inset: 0;
    object-fit: cover;
    opacity: 0;
    position: absolute;
    transition: opacity var(--l-duration);
  }
  .thumb[data-kind='image'] canvas,
  .thumb[data-kind='audio'] canvas {
    background: var(--l-sunken);
    object-fit: contain;
  }
  .thumb canvas[data-drawn] {
    opacity: 1;
  }
  .thumb::after {
    border: 1px solid light-dark(rgb(0 0 0 / 7%), rgb(255 255 255 / 8%));
    border-radius: inherit;
    content: '';
    inset: 0;
    pointer-events: none;
    position: absolute;
  }
  .thumb .length,
  .thumb .mark {
    align-items: center;
    background: rgb(12 12 18 / 78%);
    border-radius: 4px;
    color: #fff;
    display: flex;
    font-size: var(--l-text-xs);
    font-weight: 600;
    gap: 4px;
    inset-block-end: 6px;
    line-height: 1;
    padding: 3px 5px;
    position: absolute;
  }
  .thumb .length {
    inset-inline-end: 6px;
  }
  .thumb .mark {
    inset-inline-start: 6px;
  }
  .thumb .mark .icon {
    block-size: 12px;
    inline-size: 12px;
  }
  .thumb .mark[data-tone='warning'] {
    background: #f5b947;
    color: #2b1d00;
  }
  .cell .thumb {
    order: -1;
  }
  .cell .text {
    display: grid;
    min-inline-size: 0;
  }
  .scroller[data-view='grid'] .text {
    gap: 1px;
    padding: 6px 2px 0;
  }
  .name {
    color: var(--l-text);
    font-weight: 550;
    line-height: 1.35;
  }
  .meta {
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
    line-height: 1.35;
  }
  .rename {
    margin-block: -3px;
    margin-inline: -6px;
    inline-size: calc(100% + 12px);
    padding-inline: 5px;
    user-select: text;
  }
  .tick {
    align-items: center;
    block-size: 28px;
    cursor: pointer;
    display: flex;
    inline-size: 28px;
    justify-content: center;
  }
  .tick input {
    block-size: 17px;
    cursor: pointer;
    inline-size: 17px;
  }
  .scroller[data-view='grid'] .tick {
    filter: drop-shadow(0 1px 2px rgb(0 0 0 / 45%));
    inset-block-start: 4px;
    inset-inline-start: 4px;
    opacity: 0;
    position: absolute;
    z-index: 1;
  }
  .scroller[data-view='grid'] .cell .more {
    background: rgb(12 12 18 / 72%);
    color: #fff;
    inset-block-start: 6px;
    inset-inline-end: 6px;
    opacity: 0;
    position: absolute;
    z-index: 1;
  }
  .scroller[data-view='grid'] .cell .more:hover {
    background: rgb(12 12 18 / 92%);
  }
  .cell:is(:hover, :focus-within, [data-selected]) :is(.tick, .more),
  .cell .more[aria-expanded='true'] {
    opacity: 1 !important;
  }
  @media (hover: none) {
    .scroller[data-view='grid'] .cell :is(.tick, .more) {
      opacity: 1;
    }
  }
  .scroller[data-view='grid'] .cell:hover .thumb::after {
    border-color: light-dark(rgb(0 0 0 / 18%), rgb(255 255 255 / 22%));
  }
  .scroller[data-view='grid'] .cell[data-selected] .thumb {
    box-shadow:
      0 0 0 2px var(--l-surface),
      0 0 0 4px var(--l-accent);
  }
  .scroller[data-view='grid'] .cell[data-selected]:focus-visible {
    outline-offset: 6px;
  }
  .line {
    block-size: 0.75rem;
    inline-size: 62%;
    margin-block-start: 4px;
  }

  /* Rows */
  .scroller[data-view='list'] .row {
    align-items: center;
    block-size: var(--collection-row, 2.75rem);
    border-block-end: 1px solid var(--l-border);
    column-gap: var(--l-space-3);
    display: grid;
    grid-template-columns: var(--collection-columns, minmax(0, 1fr));
    padding-inline: var(--collection-padding, 16px);
  }
  .scroller[data-view='list'] .heads {
    background: var(--l-surface);
    inset-block-start: 0;
    position: sticky;
    z-index: 2;
  }
  .scroller[data-view='list'] .row.head {
    block-size: 2rem;
    color: var(--l-text-muted);
    font-size: var(--l-text-xs);
    font-weight: 600;
  }
  .scroller[data-view='list'] .rows > .row:hover {
    background: var(--l-hover);
  }
  .scroller[data-view='list'] .rows > .row[data-selected] {
    background: var(--l-accent-soft);
  }
  .scroller[data-view='list'] .cell {
    align-items: center;
    flex-direction: row;
    gap: var(--l-space-3);
    block-size: 100%;
  }
  .scroller[data-view='list'] .cell:focus-visible {
    outline-offset: -3px;
  }
  .scroller[data-view='list'] .thumb {
    block-size: 2rem;
    border-radius: var(--l-radius-s);
    flex: none;
    inline-size: 3.5rem;
  }
  .scroller[data-view='list'] .thumb > .icon {
    block-size: 16px;
    inline-size: 16px;
  }
  .scroller[data-view='list'] .thumb .length {
    display: none;
  }
  .scroller[data-view='list'] .thumb .mark {
    inset-block-end: 2px;
    inset-inline-start: 2px;
    padding: 2px;
  }
  .scroller[data-view='list'] .thumb .mark:not([data-tone]) {
    display: none;
  }
  .scroller[data-view='list'] .tick {
    flex: none;
    margin-inline: -6px;
    order: -2;
  }
  .scroller[data-view='list'] .text {
    flex: 1;
  }
  .column {
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .column.size,
  .column.length {
    text-align: end;
  }
  .column.actions {
    overflow: visible;
    text-align: end;
  }
  .row.head .column {
    font-size: inherit;
  }

  .ghost {
    background: var(--l-raised);
    border: 1px solid var(--l-border);
    border-radius: var(--l-radius-m);
    box-shadow: var(--l-shadow-3);
    color: var(--l-text);
    display: flex;
    align-items: center;
    font-weight: 550;
    gap: var(--l-space-2);
    inset: 0 auto auto 0;
    margin: 0;
    max-inline-size: 220px;
    overflow: hidden;
    padding: 6px 10px 6px 6px;
    pointer-events: none;
    position: fixed;
    z-index: 1000;
  }
  .ghost canvas {
    border-radius: 4px;
    block-size: 28px;
    inline-size: 50px;
    object-fit: cover;
  }
  .ghost[data-accepted] {
    border-color: var(--l-accent);
    box-shadow:
      var(--l-shadow-3),
      0 0 0 1px var(--l-accent);
  }

  @media (forced-colors: active) {
    .cell[data-selected] .thumb,
    .scroller[data-view='list'] .rows > .row[data-selected] {
      outline: 3px solid Highlight;
      outline-offset: -3px;
    }
    .thumb .length,
    .thumb .mark {
      border: 1px solid;
    }
  }
`;
