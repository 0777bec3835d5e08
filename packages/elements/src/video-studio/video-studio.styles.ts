import { css, type CSSResult } from 'lit';

export const videoStudioStyles: CSSResult = css`
  :host {
    background: var(--l-canvas);
    block-size: 100%;
    container: video-studio / inline-size;
    display: block;
    isolation: isolate;
    min-block-size: var(--lectern-studio-min-height, 560px);
    min-inline-size: 0;
    outline: none;
    overflow: hidden;
    position: relative;
  }
  .studio {
    display: flex;
    flex-direction: column;
    inset: 0;
    position: absolute;
  }

  .bar {
    align-items: center;
    background: var(--l-surface);
    border-block-end: 1px solid var(--l-border);
    display: flex;
    flex: none;
    gap: var(--l-space-2);
    min-block-size: 48px;
    padding: 6px var(--l-space-3);
  }
  .bar .group {
    align-items: center;
    display: flex;
    flex: none;
    gap: 2px;
  }
  .bar .title-group {
    flex: 0 1 auto;
    gap: var(--l-space-2);
    min-inline-size: 60px;
  }
  .bar .spacer {
    flex: 1;
  }
  .bar .rule {
    background: var(--l-border);
    block-size: 20px;
    flex: none;
    inline-size: 1px;
    margin-inline: 2px;
  }
  .title {
    background: transparent;
    border: 1px solid transparent;
    border-radius: var(--l-radius-s);
    color: var(--l-text);
    field-sizing: content;
    font-size: var(--l-text-l);
    font-weight: 650;
    inline-size: auto;
    letter-spacing: -0.01em;
    max-inline-size: 100%;
    min-block-size: 30px;
    min-inline-size: 60px;
    overflow: hidden;
    padding: 0 6px;
    text-overflow: ellipsis;
  }
  @supports not (field-sizing: content) {
    .title {
      inline-size: 24ch;
    }
  }
  .title:hover {
    border-color: var(--l-border);
  }
  .title:focus {
    background: var(--l-surface);
    border-color: var(--l-accent);
    outline: none;
    box-shadow: 0 0 0 1px var(--l-accent);
  }
  .chip {
    font-variant-numeric: tabular-nums;
    gap: 6px;
    position: relative;
  }
  .chip .progress {
    inline-size: 44px;
  }
  .chip[data-status='done'] .icon {
    color: var(--l-success);
  }
  .chip[data-status='failed'] .icon {
    color: var(--l-danger);
  }
  .chip[data-status='interrupted'] .icon {
    color: var(--l-warning);
  }
  .chip .more {
    color: var(--l-text-muted);
  }

  .notice {
    align-items: center;
    border: 0;
    border-block-end: 1px solid var(--l-border);
    border-radius: 0;
    flex: none;
    padding: 6px var(--l-space-3);
  }

  .body {
    display: grid;
    flex: 1;
    min-block-size: 0;
    min-inline-size: 0;
  }
  .body[data-layout='wide'] {
    grid-template:
      'media split-media preview split-inspector inspector' minmax(0, 1fr)
      'split-timeline split-timeline split-timeline split-timeline split-timeline' auto
      'timeline timeline timeline timeline timeline' var(--timeline)
      / var(--media) auto minmax(0, 1fr) auto var(--inspector);
  }
  .body[data-layout='medium'] {
    grid-template:
      'tabs split-media preview' auto
      'side split-media preview' minmax(0, 1fr)
      'split-timeline split-timeline split-timeline' auto
      'timeline timeline timeline' var(--timeline)
      / var(--media) auto minmax(0, 1fr);
  }
  .body[data-layout='narrow'] {
    grid-template:
      'tabs' auto
      'main' minmax(0, 1fr)
      / minmax(0, 1fr);
  }
  .body[data-layout='narrow'][data-tab='edit'] {
    grid-template:
      'tabs' auto
      'preview' minmax(200px, 42%)
      'timeline' minmax(0, 1fr)
      / minmax(0, 1fr);
  }
  .panel {
    background: var(--l-surface);
    display: grid;
    min-block-size: 0;
    min-inline-size: 0;
    overflow: hidden;
  }
  .panel[hidden] {
    display: none;
  }
  .panel > * {
    block-size: 100%;
    min-block-size: 0;
    min-inline-size: 0;
  }
  .media {
    grid-area: media;
  }
  .preview {
    grid-area: preview;
  }
  .inspector {
    grid-area: inspector;
  }
  .timeline {
    grid-area: timeline;
  }
  [data-layout='medium'] :is(.media, .inspector) {
    grid-area: side;
  }
  [data-layout='narrow'] :is(.media, .inspector) {
    grid-area: main;
  }
  [data-layout='narrow'] .timeline {
    border-block-start: 1px solid var(--l-border);
  }
  .preview > studio-preview,
  .panel > :first-child {
    min-block-size: 0;
  }

  .tabs {
    background: var(--l-surface);
    border-block-end: 1px solid var(--l-border);
    display: flex;
    gap: 2px;
    grid-area: tabs;
    padding: 4px var(--l-space-2) 0;
  }
  .tabs button {
    align-items: center;
    background: transparent;
    border: 0;
    border-block-end: 2px solid transparent;
    border-radius: var(--l-radius-s) var(--l-radius-s) 0 0;
    color: var(--l-text-muted);
    cursor: pointer;
    display: inline-flex;
    flex: 1;
    font-weight: 550;
    gap: 6px;
    justify-content: center;
    min-block-size: 34px;
    min-inline-size: 0;
    padding: 0 var(--l-space-2);
  }
  .tabs button:hover {
    background: var(--l-hover);
    color: var(--l-text);
  }
  .tabs button[aria-selected='true'] {
    border-block-end-color: var(--l-accent);
    color: var(--l-accent-text);
  }
  .tabs button:focus-visible {
    outline-offset: -2px;
  }

  .separator {
    background: var(--l-border);
    flex: none;
    position: relative;
    touch-action: none;
    z-index: 2;
  }
  .separator[aria-orientation='vertical'] {
    cursor: col-resize;
    inline-size: 1px;
  }
  .separator[aria-orientation='horizontal'] {
    block-size: 1px;
    cursor: row-resize;
  }
  /* A hair to look at, eleven pixels to hold. */
  .separator::before {
    content: '';
    inset: -5px;
    position: absolute;
  }
  .separator::after {
    background: var(--l-accent);
    content: '';
    inset: -1px;
    opacity: 0;
    position: absolute;
    transition: opacity var(--l-duration);
  }
  .separator:is(:hover, :focus-visible, :active)::after {
    opacity: 1;
  }
  .separator:focus-visible {
    outline: none;
  }
  .separator[data-panel='media'] {
    grid-area: split-media;
  }
  .separator[data-panel='inspector'] {
    grid-area: split-inspector;
  }
  .separator[data-panel='timeline'] {
    grid-area: split-timeline;
  }

  .opening,
  .failed {
    background: var(--l-surface);
    flex: 1;
    min-block-size: 0;
    overflow: auto;
  }
  .opening {
    background: var(--l-canvas);
    display: grid;
    gap: 1px;
    grid-template: 1fr 38% / 26% 1fr 24%;
  }
  .opening > span {
    background: var(--l-surface);
    border-radius: 0;
  }
  .opening > span:last-of-type {
    grid-column: 1 / -1;
  }
  .opening .words {
    align-items: center;
    background: var(--l-raised);
    border: 1px solid var(--l-border);
    border-radius: 99px;
    box-shadow: var(--l-shadow-2);
    display: inline-flex;
    gap: var(--l-space-2);
    inset-block-start: 45%;
    inset-inline-start: 50%;
    padding: 8px 16px;
    position: absolute;
    transform: translateX(-50%);
  }
  :host(:dir(rtl)) .opening .words {
    transform: translateX(50%);
  }

  .popover:popover-open {
    display: grid;
    gap: var(--l-space-3);
  }
  .popover dl {
    color: var(--l-text-muted);
    display: grid;
    gap: 2px var(--l-space-4);
    grid-template-columns: auto 1fr;
    margin: 0;
  }
  .popover dd {
    color: var(--l-text);
    margin: 0;
    text-align: end;
  }

  .projects-dialog {
    block-size: min(720px, calc(100dvh - 48px));
    inline-size: min(960px, calc(100vw - 24px));
  }
  .projects-dialog > .library {
    flex: 1;
    min-block-size: 0;
    overflow: auto;
  }
  .projects-dialog > .library {
    --lectern-library-radius: 0;
    border: 0;
  }
  .projects-dialog > .library::part(header) {
    padding-inline-end: 52px;
  }
  .projects-dialog > .close {
    inset-block-start: 13px;
    inset-inline-end: 12px;
    position: absolute;
    z-index: 2;
  }
  .help-dialog {
    inline-size: min(760px, calc(100vw - 24px));
  }
  .help-dialog .body-text {
    overflow: auto;
    padding: 0 var(--l-space-5) var(--l-space-5);
  }
  .help-columns {
    columns: 2 300px;
    column-gap: var(--l-space-8);
  }
  .help-columns section {
    break-inside: avoid;
    margin-block-end: var(--l-space-5);
  }
  .help-columns h3 {
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
    font-weight: 650;
    margin: 0 0 var(--l-space-1);
  }
  .help-columns dl {
    margin: 0;
  }
  .help-columns dl > div {
    align-items: baseline;
    border-block-end: 1px solid var(--l-border);
    display: flex;
    gap: var(--l-space-3);
    justify-content: space-between;
    padding-block: 5px;
  }
  .help-columns dd {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 4px;
    justify-content: flex-end;
    margin: 0;
    max-inline-size: 50%;
  }
  .help-columns kbd {
    background: var(--l-sunken);
    border: 1px solid var(--l-border);
    border-radius: 4px;
    color: var(--l-text);
    direction: ltr;
    line-height: 1.5;
    padding: 0 6px;
  }
  .switch {
    align-items: center;
    display: flex;
    gap: var(--l-space-2);
    margin-block-end: var(--l-space-4);
  }

  .drop {
    align-items: center;
    background: color-mix(in oklab, var(--l-accent) 14%, transparent);
    border: 2px dashed var(--l-accent);
    border-radius: var(--l-radius-l);
    color: var(--l-accent-text);
    display: flex;
    font-size: var(--l-text-l);
    font-weight: 600;
    inset: 8px;
    justify-content: center;
    pointer-events: none;
    position: absolute;
    z-index: 5;
  }

  @container video-studio (inline-size < 700px) {
    .bar {
      gap: var(--l-space-1);
      padding-inline: var(--l-space-2);
    }
    .title {
      font-size: var(--l-text-m);
    }
  }
  @container video-studio (inline-size < 350px) {
    .tabs .icon {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .tabs button[aria-selected='true'] {
      border-block-end-color: Highlight;
    }
    .separator {
      background: CanvasText;
      forced-color-adjust: none;
    }
    .separator::after {
      background: Highlight;
    }
  }
`;
