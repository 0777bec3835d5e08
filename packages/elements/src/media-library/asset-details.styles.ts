import { css, type CSSResult } from 'lit';

export const assetDetailsStyles: CSSResult = css`
  .details {
    background: var(--l-surface);
    border-inline-start: 1px solid var(--l-border);
    display: flex;
    flex-direction: column;
    inline-size: 320px;
    min-block-size: 0;
  }
  .details > header {
    align-items: center;
    display: flex;
    flex: none;
    justify-content: space-between;
    padding: var(--l-space-2) var(--l-space-2) var(--l-space-1) var(--l-space-4);
  }
  .details h3 {
    font-size: var(--l-text-m);
    font-weight: 650;
    margin: 0;
  }
  .details h4 {
    margin: 0;
  }
  .details-body {
    align-content: start;
    display: grid;
    gap: var(--l-space-4);
    grid-auto-rows: max-content;
    min-block-size: 0;
    overflow: auto;
    padding: var(--l-space-1) var(--l-space-4) var(--l-space-5);
    scrollbar-width: thin;
  }
  .player {
    align-items: center;
    aspect-ratio: 16 / 9;
    background: #0b0c0e;
    border-radius: var(--l-radius-m);
    display: flex;
    justify-content: center;
    overflow: hidden;
  }
  .player :is(video, img) {
    block-size: 100%;
    inline-size: 100%;
    object-fit: contain;
  }
  .player.sound {
    aspect-ratio: auto;
    flex-direction: column;
    gap: var(--l-space-3);
    padding: var(--l-space-5) var(--l-space-3) var(--l-space-3);
  }
  .player audio {
    block-size: 40px;
    inline-size: 100%;
  }
  .player.none {
    align-content: center;
    aspect-ratio: auto;
    background: var(--l-warning-soft);
    display: grid;
    gap: var(--l-space-1);
    justify-items: center;
    padding: var(--l-space-4);
    text-align: center;
    text-wrap: pretty;
  }
  .player.none > .icon {
    block-size: 24px;
    color: var(--l-warning);
    inline-size: 24px;
  }
  .player.none p {
    margin: 0;
  }
  .title-line {
    align-items: start;
    display: flex;
    gap: var(--l-space-1);
    justify-content: space-between;
  }
  .title-line h4 {
    font-size: var(--l-text-l);
    font-weight: 650;
    letter-spacing: -0.005em;
    line-height: 1.35;
    overflow-wrap: anywhere;
  }
  .title-line .rename {
    inline-size: 100%;
    margin: 0;
  }
  .details .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--l-space-2);
    margin-block-start: calc(-1 * var(--l-space-1));
  }
  .details .actions .wide {
    flex: 1 1 auto;
  }
  .details .actions .course {
    flex: 1 1 100%;
  }
  .facts {
    display: grid;
    gap: 6px;
    margin: 0;
  }
  .facts > div {
    display: grid;
    gap: var(--l-space-3);
    grid-template-columns: 92px minmax(0, 1fr);
  }
  .facts dt {
    color: var(--l-text-muted);
  }
  .facts dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .link {
    background: none;
    border: 0;
    border-radius: 3px;
    color: var(--l-accent-text);
    cursor: pointer;
    min-block-size: 24px;
    margin-block: -3px;
    padding: 0;
    text-align: start;
    text-decoration: underline;
    text-decoration-color: color-mix(in oklab, currentColor 40%, transparent);
    text-underline-offset: 2px;
  }
  .tags,
  .usage {
    display: grid;
    gap: var(--l-space-2);
  }
  .tag-list {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .tag-list .input {
    flex: 1 1 84px;
    inline-size: auto;
    min-inline-size: 84px;
  }
  .tag {
    font-size: var(--l-text-s);
    font-weight: 550;
    max-inline-size: 100%;
    padding-block: 0;
    padding-inline: 9px 0;
  }
  .tag button {
    align-items: center;
    background: none;
    block-size: 26px;
    border: 0;
    border-radius: 99px;
    color: inherit;
    cursor: pointer;
    display: inline-flex;
    inline-size: 26px;
    justify-content: center;
    padding: 0;
  }
  .tag button:hover {
    color: var(--l-text);
  }
  .tag .icon {
    block-size: 12px;
    inline-size: 12px;
  }
  .usage ul {
    display: grid;
    gap: var(--l-space-1);
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .usage li {
    align-items: center;
    display: flex;
    gap: var(--l-space-2);
    min-block-size: 24px;
    min-inline-size: 0;
  }
  .usage li .icon {
    color: var(--l-text-muted);
  }
  .usage p {
    margin: 0;
  }
  .history > summary {
    border-radius: var(--l-radius-s);
    cursor: pointer;
    padding-block: 4px;
  }
  .history > summary:focus-visible {
    outline: 2px solid var(--l-accent);
  }
  .history :is(ul, ol) {
    border-block-start: 1px solid var(--l-border);
    display: grid;
    list-style: none;
    margin: 0;
    padding: var(--l-space-1) 0;
  }
  .history li {
    align-items: start;
    display: flex;
    gap: var(--l-space-2);
    padding-block: var(--l-space-1);
  }
  .history li > .icon {
    color: var(--l-text-muted);
    margin-block-start: 3px;
  }
  .history .what {
    display: grid;
    flex: 1;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
`;
