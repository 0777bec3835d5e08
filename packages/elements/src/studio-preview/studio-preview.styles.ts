import { css, type CSSResult } from 'lit';

export const studioPreviewStyles: CSSResult = css`
  :host {
    background: var(--l-surface);
    block-size: 100%;
    container: studio-preview / inline-size;
    display: flex;
    flex-direction: column;
    min-block-size: 200px;
    min-inline-size: 0;
    overflow: hidden;
  }
  :host(:fullscreen) {
    background: #000;
  }

  .stage {
    background: var(--lectern-preview-stage, var(--l-sunken));
    container: stage / size;
    display: grid;
    flex: 1;
    min-block-size: 0;
    overflow: hidden;
    place-items: center;
    position: relative;
  }
  :host(:fullscreen) .stage {
    background: #000;
  }

  /* The letterboxed picture: as large as its stage allows at the project's aspect. */
  .picture {
    aspect-ratio: var(--ratio);
    background: #000;
    box-shadow: 0 0 0 1px light-dark(rgb(0 0 0 / 12%), rgb(255 255 255 / 9%));
    inline-size: min(100cqi - var(--inset) * 2, (100cqb - var(--inset) * 2) * var(--ratio));
    overflow: visible;
    position: relative;
    --inset: clamp(0px, 2cqi, 16px);
  }
  :host(:fullscreen) .picture {
    --inset: 0px;
    box-shadow: none;
  }
  .canvas {
    block-size: 100%;
    display: block;
    inline-size: 100%;
  }

  .guides {
    block-size: 100%;
    fill: none;
    inline-size: 100%;
    inset: 0;
    pointer-events: none;
    position: absolute;
    stroke: rgb(255 255 255 / 75%);
    stroke-width: 1;
    filter: drop-shadow(0 0 1px rgb(0 0 0 / 90%));
  }
  .guides * {
    vector-effect: non-scaling-stroke;
  }

  .handles {
    cursor: move;
    outline: 1.5px solid var(--lectern-preview-handle, #8b87ff);
    position: absolute;
    touch-action: none;
  }
  .handle {
    background: #fff;
    block-size: 10px;
    border: 1.5px solid var(--lectern-preview-handle, #6d68f0);
    border-radius: 2px;
    inline-size: 10px;
    margin: -5px;
    position: absolute;
    touch-action: none;
  }
  /* Looks small, presses large. */
  .handle::after {
    content: '';
    inset: -9px;
    position: absolute;
  }
  .handle[data-corner='start-top'] {
    cursor: nwse-resize;
    left: 0;
    top: 0;
  }
  .handle[data-corner='end-top'] {
    cursor: nesw-resize;
    left: 100%;
    top: 0;
  }
  .handle[data-corner='end-bottom'] {
    cursor: nwse-resize;
    left: 100%;
    top: 100%;
  }
  .handle[data-corner='start-bottom'] {
    cursor: nesw-resize;
    left: 0;
    top: 100%;
  }

  .overlay {
    align-items: center;
    color: #fff;
    display: flex;
    gap: var(--l-space-2);
    inset: 0;
    justify-content: center;
    pointer-events: none;
    position: absolute;
  }
  .chip {
    align-items: center;
    background: rgb(15 16 20 / 78%);
    border-radius: 99px;
    color: #fff;
    display: inline-flex;
    font-size: var(--l-text-s);
    gap: var(--l-space-2);
    max-inline-size: calc(100% - 24px);
    padding: 5px 11px;
  }
  .chip .spinner {
    block-size: 13px;
    border-color: rgb(255 255 255 / 30%);
    border-block-start-color: #fff;
    inline-size: 13px;
  }
  /* A picture that comes at once needs no notice. */
  .loading {
    animation: appear 160ms 350ms both;
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  .notices {
    align-items: flex-start;
    display: flex;
    flex-wrap: wrap;
    gap: var(--l-space-2);
    inset-block-start: 10px;
    inset-inline: 10px;
    justify-content: space-between;
    pointer-events: none;
    position: absolute;
  }
  .notices > :last-child {
    margin-inline-start: auto;
  }
  .notices > .proxy {
    margin-inline-start: 0;
  }
  .rate {
    direction: ltr;
    font-variant-numeric: tabular-nums;
  }
  .proxy {
    border: 1px solid rgb(255 255 255 / 22%);
    cursor: pointer;
    font: inherit;
    font-size: var(--l-text-s);
    min-block-size: 26px;
    padding-block: 3px;
    pointer-events: auto;
  }
  .proxy:hover {
    background: rgb(15 16 20 / 92%);
  }
  .proxy:focus-visible {
    outline: 2px solid #fff;
    outline-offset: 1px;
  }
  .chip .icon {
    block-size: 14px;
    flex: none;
    inline-size: 14px;
  }
  .missing {
    border-radius: var(--l-radius-m, 10px);
    inset-block-end: 12px;
    inset-inline: 12px;
    justify-self: center;
    margin: 0;
    position: absolute;
  }
  .failure {
    background: var(--l-surface);
    inset: 0;
    overflow: auto;
    position: absolute;
  }

  .scrub {
    direction: ltr;
    flex: none;
    padding-inline: var(--l-space-3);
    position: relative;
  }
  .scrub input {
    appearance: none;
    background: transparent;
    block-size: 24px;
    cursor: pointer;
    display: block;
    inline-size: 100%;
    margin: 0;
    position: relative;
    touch-action: pan-y;
  }
  .scrub input::-webkit-slider-runnable-track {
    background: transparent;
    block-size: 24px;
  }
  .scrub input::-moz-range-track {
    background: transparent;
    block-size: 24px;
  }
  .scrub input::-webkit-slider-thumb {
    appearance: none;
    background: var(--l-playhead);
    block-size: 12px;
    border: 2px solid var(--l-surface);
    border-radius: 50%;
    box-shadow: none;
    box-sizing: content-box;
    inline-size: 12px;
    margin-block: 4px;
  }
  .scrub input::-moz-range-thumb {
    background: var(--l-playhead);
    block-size: 12px;
    border: 2px solid var(--l-surface);
    border-radius: 50%;
    box-shadow: none;
    inline-size: 12px;
  }
  .track {
    background: var(--l-active);
    block-size: 4px;
    border-radius: 2px;
    inset-block-start: 10px;
    inset-inline: var(--l-space-3);
    overflow: hidden;
    pointer-events: none;
    position: absolute;
  }
  .track > * {
    block-size: 100%;
    position: absolute;
  }
  .track .played {
    background: var(--l-playhead);
    inline-size: 100%;
    transform: scaleX(var(--played, 0));
    transform-origin: 0 50%;
  }
  .track .range {
    background: color-mix(in oklab, var(--l-accent) 45%, transparent);
  }

  .transport {
    align-items: center;
    display: grid;
    flex: none;
    gap: var(--l-space-2);
    grid-template-columns: 1fr auto 1fr;
    padding: 0 var(--l-space-3) var(--l-space-2);
  }
  .times {
    align-items: center;
    color: var(--l-text-muted);
    direction: ltr;
    display: flex;
    font-size: var(--l-text-s);
    gap: 2px;
    min-inline-size: 0;
  }
  :host(:dir(rtl)) .times {
    justify-content: flex-end;
  }
  .times input {
    background: transparent;
    border: 1px solid transparent;
    border-radius: var(--l-radius-s);
    color: var(--l-text);
    font-weight: 600;
    inline-size: 11.6ch;
    box-sizing: content-box;
    min-block-size: 24px;
    padding: 0 4px;
  }
  .times input:hover {
    border-color: var(--l-border);
  }
  .times input:focus-visible {
    border-color: var(--l-accent);
    outline-offset: -1px;
  }
  .times input[aria-invalid='true'] {
    border-color: var(--l-danger);
    outline-color: var(--l-danger);
  }
  .total {
    white-space: nowrap;
  }
  .buttons,
  .extras {
    align-items: center;
    display: flex;
    gap: 2px;
  }
  .buttons {
    direction: ltr;
  }
  .extras {
    justify-content: flex-end;
  }
  .play {
    background: var(--l-accent);
    block-size: 36px;
    border-radius: 50%;
    color: var(--l-on-accent);
    inline-size: 36px;
    margin-inline: 4px;
  }
  .play:hover {
    background: var(--l-accent-hover);
    color: var(--l-on-accent);
  }
  .play .icon {
    fill: currentColor;
  }
  .volume {
    align-items: center;
    display: flex;
  }
  .volume input {
    inline-size: 72px;
  }

  /* A page never gets wider because of the player: what is also on the keyboard goes first. */
  @container studio-preview (inline-size < 620px) {
    .volume input {
      display: none;
    }
  }
  @container studio-preview (inline-size < 520px) {
    .total {
      display: none;
    }
  }
  @container studio-preview (inline-size < 440px) {
    .transport {
      grid-template-columns: 1fr 1fr;
      row-gap: 0;
    }
    .buttons {
      grid-column: 1 / -1;
      grid-row: 1;
      justify-content: center;
    }
    .total {
      display: inline;
    }
  }
  @container studio-preview (inline-size < 345px) {
    .total {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .track {
      border: 1px solid CanvasText;
    }
    .track .played,
    .track .range {
      background: Highlight;
      forced-color-adjust: none;
    }
    .play {
      border: 1px solid ButtonText;
    }
  }
`;
