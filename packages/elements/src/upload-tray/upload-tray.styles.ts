import { css, type CSSResult } from 'lit';

export const uploadTrayStyles: CSSResult = css`
  :host {
    container-type: inline-size;
    display: block;
  }
  .tray {
    background: var(--l-raised);
    border: 1px solid var(--l-border);
    border-radius: var(--lectern-upload-tray-radius, var(--l-radius-l));
    display: flex;
    flex-direction: column;
    overflow: hidden;
    position: relative;
  }
  p {
    margin: 0;
  }

  header {
    align-items: center;
    display: flex;
    flex: none;
    gap: var(--l-space-2);
    min-block-size: 42px;
    padding-block: var(--l-space-1);
    padding-inline: var(--l-space-4) var(--l-space-2);
  }
  .tone {
    display: flex;
  }
  .tone[data-tone='success'] {
    color: var(--l-success);
  }
  .tone[data-tone='danger'] {
    color: var(--l-danger);
  }
  .tone[data-tone='warning'] {
    color: var(--l-warning);
  }
  .summary {
    flex: 1;
    font-variant-numeric: tabular-nums;
    font-weight: 600;
    line-height: 1.3;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .all {
    display: flex;
    flex: none;
    gap: 2px;
  }
  .all .button .icon {
    display: none;
  }
  .fold[aria-expanded='true']:not(:hover) {
    background: transparent;
    color: var(--l-text-muted);
  }
  .overall {
    block-size: 2px;
    border-radius: 0;
    flex: none;
  }

  .duplicates {
    align-items: center;
    background: var(--l-warning-soft);
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: var(--l-space-2);
    padding: var(--l-space-2) var(--l-space-4);
  }
  .duplicates p {
    flex: 1 1 160px;
  }

  .upload-list {
    border-block-start: 1px solid var(--l-border);
    max-block-size: var(--lectern-upload-tray-max-height, 320px);
    overflow: auto;
    overscroll-behavior: contain;
    padding-block: var(--l-space-1);
    scrollbar-color: var(--l-border-strong) transparent;
    scrollbar-width: thin;
  }
  .upload {
    align-items: start;
    display: flex;
    gap: var(--l-space-2);
    padding-block: var(--l-space-2);
    padding-inline: var(--l-space-4) var(--l-space-2);
  }
  .upload + .upload {
    box-shadow: 0 -1px 0 var(--l-border);
  }
  .upload-what {
    display: flex;
    flex: 1;
    gap: var(--l-space-3);
    min-inline-size: 0;
  }
  .upload-picture {
    align-items: center;
    background: var(--l-sunken);
    block-size: 36px;
    border-radius: var(--l-radius-s);
    color: var(--l-text-muted);
    display: flex;
    flex: none;
    inline-size: 56px;
    justify-content: center;
    overflow: hidden;
    position: relative;
  }
  .upload-picture[data-kind='video'] {
    background: color-mix(in oklab, var(--l-clip-video) 12%, var(--l-sunken));
    color: color-mix(in oklab, var(--l-clip-video) 75%, var(--l-text));
  }
  .upload-picture[data-kind='audio'] {
    background: color-mix(in oklab, var(--l-clip-audio) 14%, var(--l-sunken));
    color: color-mix(in oklab, var(--l-clip-audio) 75%, var(--l-text));
  }
  .upload-picture[data-kind='image'] {
    background: color-mix(in oklab, var(--l-clip-image) 10%, var(--l-sunken));
    color: color-mix(in oklab, var(--l-clip-image) 70%, var(--l-text));
  }
  .upload-picture canvas {
    block-size: 100%;
    inline-size: 100%;
    inset: 0;
    object-fit: cover;
    opacity: 0;
    position: absolute;
  }
  .upload-picture canvas[data-drawn] {
    opacity: 1;
  }
  .upload-text {
    display: grid;
    flex: 1;
    gap: 4px;
    grid-template-columns: minmax(0, 1fr);
    min-inline-size: 0;
  }
  .upload-line {
    align-items: baseline;
    display: flex;
    gap: var(--l-space-3);
    justify-content: space-between;
    line-height: 1.35;
  }
  .upload-name {
    font-weight: 550;
  }
  .upload-percent {
    color: var(--l-text-muted);
    flex: none;
    font-size: var(--l-text-s);
    font-variant-numeric: tabular-nums;
  }
  .upload-status {
    align-items: start;
    color: var(--l-text-muted);
    display: flex;
    font-size: var(--l-text-s);
    font-variant-numeric: tabular-nums;
    gap: var(--l-space-1);
    line-height: 1.4;
    overflow-wrap: anywhere;
  }
  .upload-status .icon {
    block-size: 14px;
    inline-size: 14px;
    margin-block-start: 1px;
  }
  .upload[data-standing='failed'] .upload-status {
    color: var(--l-danger);
    font-weight: 600;
  }
  .upload[data-standing='attention'] .upload-status {
    color: var(--l-warning);
    font-weight: 600;
  }
  .upload[data-standing='done'] .upload-status .icon {
    color: var(--l-success);
  }
  .upload:is([data-standing='paused'], [data-standing='attention']) .progress > span {
    background: var(--l-text-muted);
  }
  .upload-why {
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
    line-height: 1.4;
    max-inline-size: 70ch;
    overflow-wrap: anywhere;
  }
  .upload-why strong {
    color: var(--l-text);
    font-weight: 600;
  }
  .upload-choices {
    display: flex;
    flex-wrap: wrap;
    gap: var(--l-space-2);
    margin-block: 2px;
  }
  .upload .select {
    inline-size: auto;
    justify-self: start;
    max-inline-size: 100%;
  }
  .upload-actions {
    display: flex;
    flex: none;
    margin-block-start: 2px;
  }
  .over {
    padding-inline: var(--l-space-2);
  }
  .over .button {
    color: var(--l-text-muted);
    min-block-size: 30px;
  }
  :host(:dir(rtl)) .over .icon {
    transform: scaleX(-1);
  }
  .rest {
    padding: var(--l-space-2) var(--l-space-4);
  }

  @container (max-width: 619px) {
    .all .button {
      block-size: 30px;
      inline-size: 30px;
      padding: 0;
    }
    .all .button .icon {
      display: inline-block;
    }
    .all .button span {
      clip-path: inset(50%);
      inline-size: 1px;
      overflow: hidden;
      position: absolute;
      white-space: nowrap;
    }
  }
  @container (max-width: 419px) {
    header {
      flex-wrap: wrap;
    }
    .summary {
      flex-basis: calc(100% - 80px);
    }
    .all {
      inline-size: 100%;
      justify-content: end;
      order: 1;
    }
    header,
    .upload,
    .duplicates {
      padding-inline-start: var(--l-space-3);
    }
    .upload-picture {
      block-size: 30px;
      inline-size: 30px;
    }
    .upload-what {
      gap: var(--l-space-2);
    }
  }

  @media (forced-colors: active) {
    .upload-picture {
      border: 1px solid;
    }
  }
`;
