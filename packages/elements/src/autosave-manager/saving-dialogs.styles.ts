import { css, type CSSResult } from 'lit';

/** *Someone else saved*, the version history, *Save as copy*. */
export const savingDialogStyles: CSSResult = css`
  dialog {
    container: saving-dialog / inline-size;
    text-align: start;
    white-space: normal;
  }
  /* It takes the focus when the dialog opens, so that no key answers a question that wasn't read yet. */
  dialog > header > h2[tabindex]:focus-visible {
    outline: none;
  }
  dialog p,
  dialog h3,
  dialog h4 {
    margin: 0;
  }
  dialog footer {
    align-items: center;
  }
  dialog footer .start {
    margin-inline-end: auto;
  }

  .differences {
    display: grid;
    gap: 5px;
    list-style: none;
    margin: 0;
    overflow-wrap: anywhere;
    padding: 0;
  }
  .differences li {
    align-items: start;
    display: grid;
    gap: 7px;
    grid-template-columns: auto minmax(0, 1fr);
  }
  .differences .icon {
    block-size: 14px;
    inline-size: 14px;
    margin-block-start: 2px;
    color: var(--l-text-muted);
  }
  .differences [data-sign='added'] .icon {
    color: var(--l-success);
  }
  .differences [data-sign='removed'] .icon {
    color: var(--l-danger);
  }

  #conflict-dialog {
    inline-size: min(680px, calc(100vw - 24px));
  }
  .lead {
    max-inline-size: 68ch;
    text-wrap: pretty;
  }
  .compared {
    display: grid;
    gap: var(--l-space-2);
    justify-items: start;
    align-content: start;
  }
  .compared > .banner {
    inline-size: 100%;
  }
  .waiting {
    align-items: center;
    color: var(--l-text-muted);
    display: flex;
    gap: var(--l-space-2);
    min-block-size: 96px;
    place-self: center;
  }
  .sides {
    display: grid;
    gap: var(--l-space-3);
    grid-template-columns: repeat(auto-fit, minmax(min(240px, 100%), 1fr));
    inline-size: 100%;
  }
  .side {
    align-content: start;
    background: var(--l-canvas);
    border: 1px solid var(--l-border);
    border-radius: var(--l-radius-m);
    display: grid;
    gap: var(--l-space-1);
    padding: var(--l-space-3);
  }
  .side h3 {
    align-items: center;
    display: flex;
    font-size: var(--l-text-m);
    font-weight: 650;
    gap: 7px;
  }
  .side h3 .icon {
    color: var(--l-text-muted);
  }
  .side .differences,
  .side > .hint + .hint {
    margin-block-start: var(--l-space-2);
  }

  .choices {
    display: grid;
    gap: var(--l-space-2);
  }
  .choice {
    align-items: start;
    background: var(--l-raised);
    border: 1px solid var(--l-border);
    border-radius: var(--l-radius-m);
    cursor: pointer;
    display: grid;
    gap: var(--l-space-3);
    grid-template-columns: auto minmax(0, 1fr);
    padding: 10px var(--l-space-3);
    text-align: start;
    transition:
      background var(--l-duration),
      border-color var(--l-duration);
  }
  .choice:hover {
    background: var(--l-hover);
    border-color: var(--l-border-strong);
  }
  .choice > .icon,
  .choice > .spinner {
    color: var(--l-accent-text);
    margin-block-start: 2px;
  }
  .choice .what {
    display: grid;
    gap: 1px;
    overflow-wrap: anywhere;
  }
  .choice .name {
    font-weight: 600;
  }
  .choice:disabled {
    cursor: default;
    opacity: 0.55;
  }

  #version-history {
    block-size: min(680px, calc(100dvh - 32px));
    inline-size: min(880px, calc(100vw - 24px));
  }
  #version-history > .body {
    border-block-start: 1px solid var(--l-border);
    flex: 1;
    gap: 0;
    grid-template: minmax(0, 1fr) / 264px minmax(0, 1fr);
    min-block-size: 0;
    overflow: hidden;
    padding: 0;
  }
  #version-history > .body > .state {
    grid-column: 1 / -1;
  }
  .versions {
    border-inline-end: 1px solid var(--l-border);
    overflow: auto;
    padding: var(--l-space-2);
    scrollbar-gutter: stable;
  }
  .versions h3 {
    background: var(--l-raised);
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
    font-weight: 600;
    inset-block-start: calc(-1 * var(--l-space-2));
    padding: var(--l-space-2);
    position: sticky;
    z-index: 1;
  }
  .versions ul {
    display: grid;
    gap: 1px;
    list-style: none;
    margin: 0 0 var(--l-space-2);
    padding: 0;
  }
  .version {
    align-items: start;
    background: transparent;
    border: 0;
    border-radius: var(--l-radius-m);
    cursor: pointer;
    display: grid;
    gap: 10px;
    grid-template-columns: auto minmax(0, 1fr);
    inline-size: 100%;
    padding: 7px var(--l-space-2);
    text-align: start;
  }
  .version:hover {
    background: var(--l-hover);
  }
  .version[aria-current] {
    background: var(--l-accent-soft);
  }
  .version:focus-visible {
    outline-offset: -2px;
  }
  .version > .icon {
    color: var(--l-text-muted);
    margin-block-start: 2px;
  }
  .version[data-kind='publish'] > .icon {
    color: var(--l-success);
  }
  .version[data-kind='conflict'] > .icon {
    color: var(--l-warning);
  }
  .version .what {
    display: grid;
    min-inline-size: 0;
  }
  .version .time {
    align-items: center;
    display: flex;
    font-variant-numeric: tabular-nums;
    font-weight: 600;
    gap: var(--l-space-2);
  }
  .older {
    inline-size: 100%;
  }
  .versions .skeleton.row {
    block-size: 44px;
    margin-block-end: var(--l-space-2);
  }
  .skeleton.line {
    block-size: 14px;
    inline-size: 70%;
    margin-block: var(--l-space-2);
  }
  .skeleton.line.short {
    inline-size: 40%;
  }

  .detail {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
  }
  .detail .back {
    display: none;
  }
  .detail .scroll {
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: var(--l-space-2);
    min-block-size: 0;
    overflow: auto;
    padding: var(--l-space-4) var(--l-space-5);
  }
  .detail h3 {
    font-size: var(--l-text-l);
    font-weight: 650;
    letter-spacing: -0.005em;
    margin-block-start: var(--l-space-1);
  }
  .detail h4 {
    font-size: var(--l-text-s);
    font-weight: 600;
    margin: var(--l-space-2) 0 0;
  }
  .detail h3 + .hint {
    margin-block-start: -6px;
  }
  .detail dl {
    justify-content: start;
    gap: 2px var(--l-space-4);
    grid-template-columns: repeat(4, max-content);
    margin-block: var(--l-space-1);
  }
  .detail dd {
    font-weight: 600;
    text-align: start;
  }
  .same {
    align-items: center;
    color: var(--l-text-muted);
    display: flex;
    gap: var(--l-space-2);
  }
  .same .icon {
    color: var(--l-success);
  }
  .picture {
    align-items: center;
    background: #08080b;
    block-size: clamp(150px, 34dvh, 264px);
    border-radius: var(--l-radius-m);
    color: #b5b6c2;
    display: flex;
    flex: none;
    inline-size: 100%;
    justify-content: center;
    overflow: hidden;
  }
  .picture canvas {
    block-size: 100%;
    inline-size: 100%;
    object-fit: contain;
    transition: opacity var(--l-duration);
  }
  .picture canvas[hidden] {
    display: none;
  }
  .picture[data-status='drawing'] canvas {
    opacity: 0;
  }
  .place {
    align-items: center;
    display: grid;
    gap: var(--l-space-3);
    grid-template-columns: minmax(0, 1fr) auto;
    /* Time goes from left to right in every language. */
    direction: ltr;
  }
  .place .timecode {
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
    min-inline-size: 5ch;
    text-align: end;
  }
  .detail > footer {
    align-items: center;
    border-block-start: 1px solid var(--l-border);
    display: flex;
    flex-wrap: wrap;
    gap: var(--l-space-2);
    justify-content: flex-end;
    padding: var(--l-space-3) var(--l-space-5);
  }
  .detail > footer > p {
    flex: 1 1 20ch;
    text-wrap: pretty;
  }

  @container saving-dialog (inline-size < 640px) {
    .versions,
    .detail {
      grid-column: 1 / -1;
      grid-row: 1;
    }
    .versions {
      border-inline-end: 0;
    }
    .body:not([data-detail]) > .detail,
    .body[data-detail] > .versions {
      display: none;
    }
    .picture {
      aspect-ratio: 16 / 9;
      block-size: auto;
    }
    .detail .back {
      align-self: start;
      display: inline-flex;
      margin: var(--l-space-2) 0 0 var(--l-space-2);
    }
    .detail .scroll {
      padding-block-start: var(--l-space-2);
    }
    .detail > footer > p {
      flex-basis: 100%;
    }
    .detail > footer .button {
      flex: 1;
    }
  }
  @container saving-dialog (inline-size < 460px) {
    footer .button {
      flex: 1 1 auto;
    }
  }
  @media (forced-colors: active) {
    .version[aria-current] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
