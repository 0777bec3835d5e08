import { css, type CSSResult } from 'lit';

/** The looks of native controls: every element uses these classes, so that a button is a button everywhere. */
export const controls: CSSResult = css`
  button,
  input,
  select,
  textarea {
    color: inherit;
    font: inherit;
    letter-spacing: inherit;
  }

  :is(button, input, select, textarea, a, [tabindex]):focus-visible {
    outline: 2px solid var(--l-accent);
    outline-offset: 2px;
  }

  .button {
    align-items: center;
    background: var(--l-raised);
    border: 1px solid var(--l-border);
    border-radius: var(--l-radius-m);
    box-shadow: var(--l-shadow-1);
    color: var(--l-text);
    cursor: pointer;
    display: inline-flex;
    font-weight: 550;
    gap: var(--l-space-2);
    justify-content: center;
    min-block-size: 32px;
    padding: 0 var(--l-space-3);
    text-decoration: none;
    transition:
      background var(--l-duration),
      border-color var(--l-duration);
    user-select: none;
    white-space: nowrap;
  }
  .button:hover {
    background: color-mix(in oklab, var(--l-raised), var(--l-text) 5%);
  }
  .button:active {
    background: color-mix(in oklab, var(--l-raised), var(--l-text) 10%);
  }
  .button[data-variant='primary'] {
    background: var(--l-accent);
    border-color: transparent;
    color: var(--l-on-accent);
  }
  .button[data-variant='primary']:hover {
    background: var(--l-accent-hover);
  }
  .button[data-variant='danger'] {
    background: var(--l-danger);
    border-color: transparent;
    color: var(--l-on-danger);
  }
  .button[data-variant='plain'] {
    background: transparent;
    border-color: transparent;
    box-shadow: none;
  }
  .button[data-variant='plain']:hover {
    background: var(--l-hover);
  }
  .button[data-size='small'] {
    border-radius: var(--l-radius-s);
    font-size: var(--l-text-s);
    min-block-size: 26px;
    padding: 0 var(--l-space-2);
  }
  .button:disabled,
  .button[aria-disabled='true'],
  .icon-button:disabled,
  .icon-button[aria-disabled='true'] {
    cursor: default;
    opacity: 0.45;
    pointer-events: none;
  }

  .icon-button {
    align-items: center;
    background: transparent;
    block-size: 30px;
    border: 0;
    border-radius: var(--l-radius-s);
    color: var(--l-text-muted);
    cursor: pointer;
    display: inline-flex;
    flex: none;
    inline-size: 30px;
    justify-content: center;
    padding: 0;
    transition: background var(--l-duration);
  }
  .icon-button:hover {
    background: var(--l-hover);
    color: var(--l-text);
  }
  .icon-button:active {
    background: var(--l-active);
  }
  .icon-button[aria-pressed='true'],
  .icon-button[aria-expanded='true'] {
    background: var(--l-accent-soft);
    color: var(--l-accent-text);
  }
  .icon-button[data-size='small'] {
    block-size: 24px;
    inline-size: 24px;
  }
  .icon-button[data-size='large'] {
    block-size: 40px;
    inline-size: 40px;
  }

  .input,
  .select,
  .textarea {
    background: var(--l-surface);
    border: 1px solid var(--l-border-strong);
    border-radius: var(--l-radius-m);
    color: var(--l-text);
    inline-size: 100%;
    min-block-size: 32px;
    padding: 0 var(--l-space-3);
  }
  .textarea {
    line-height: 1.5;
    padding-block: var(--l-space-2);
    resize: vertical;
  }
  .input::placeholder,
  .textarea::placeholder {
    color: var(--l-text-muted);
    opacity: 1;
  }
  .select {
    appearance: none;
    background-image:
      linear-gradient(45deg, transparent 50%, currentColor 50%),
      linear-gradient(-45deg, transparent 50%, currentColor 50%);
    background-position:
      right 15px center,
      right 10px center;
    background-repeat: no-repeat;
    background-size: 5px 5px;
    cursor: pointer;
    padding-inline-end: 28px;
  }
  :host(:dir(rtl)) .select:dir(rtl) {
    background-position:
      left 10px center,
      left 15px center;
  }
  .select option {
    background: var(--l-raised);
    color: var(--l-text);
  }
  :is(.input, .select)[data-size='small'] {
    border-radius: var(--l-radius-s);
    font-size: var(--l-text-s);
    min-block-size: 26px;
    padding-inline-start: var(--l-space-2);
  }
  :is(.input, .select, .textarea):focus-visible {
    border-color: var(--l-accent);
    outline: 2px solid var(--l-accent);
    outline-offset: -1px;
  }
  .input[aria-invalid='true'] {
    border-color: var(--l-danger);
  }

  .field {
    display: grid;
    gap: var(--l-space-1);
  }
  .field > .label,
  .label {
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
    font-weight: 550;
  }
  .hint {
    color: var(--l-text-muted);
    font-size: var(--l-text-s);
  }
  .error-text {
    color: var(--l-danger);
    font-size: var(--l-text-s);
  }

  input[type='range'] {
    appearance: none;
    background: transparent;
    block-size: 24px;
    cursor: pointer;
    inline-size: 100%;
    margin: 0;
  }
  input[type='range']::-webkit-slider-runnable-track {
    background: var(--l-active);
    block-size: 4px;
    border-radius: 2px;
  }
  input[type='range']::-moz-range-track {
    background: var(--l-active);
    block-size: 4px;
    border-radius: 2px;
  }
  input[type='range']::-moz-range-progress {
    background: var(--l-accent);
    block-size: 4px;
    border-radius: 2px;
  }
  input[type='range']::-webkit-slider-thumb {
    appearance: none;
    background: var(--l-accent);
    block-size: 14px;
    border: 2px solid var(--l-surface);
    border-radius: 50%;
    box-shadow: 0 0 0 1px color-mix(in oklab, var(--l-accent) 45%, transparent);
    inline-size: 14px;
    margin-block-start: -5px;
  }
  input[type='range']::-moz-range-thumb {
    background: var(--l-accent);
    block-size: 10px;
    border: 2px solid var(--l-surface);
    border-radius: 50%;
    inline-size: 10px;
  }
  input[type='range']:disabled {
    cursor: default;
    opacity: 0.45;
  }
  input[type='checkbox'],
  input[type='radio'] {
    accent-color: var(--l-accent);
    block-size: 16px;
    inline-size: 16px;
    margin: 0;
  }

  .segmented {
    background: var(--l-sunken);
    border-radius: var(--l-radius-m);
    display: inline-flex;
    gap: 2px;
    padding: 2px;
  }
  .segmented button {
    align-items: center;
    background: transparent;
    border: 0;
    border-radius: calc(var(--l-radius-m) - 2px);
    color: var(--l-text-muted);
    cursor: pointer;
    display: inline-flex;
    font-size: var(--l-text-s);
    font-weight: 550;
    gap: var(--l-space-1);
    justify-content: center;
    min-block-size: 26px;
    min-inline-size: 28px;
    padding: 0 var(--l-space-2);
  }
  .segmented button:hover {
    color: var(--l-text);
  }
  .segmented button:is([aria-pressed='true'], [aria-selected='true'], [aria-checked='true']) {
    background: var(--l-raised);
    box-shadow: var(--l-shadow-1);
    color: var(--l-text);
  }

  .badge {
    align-items: center;
    background: var(--l-hover);
    border-radius: 99px;
    color: var(--l-text-muted);
    display: inline-flex;
    font-size: var(--l-text-xs);
    font-weight: 600;
    gap: 4px;
    line-height: 1;
    padding: 3px 7px;
    white-space: nowrap;
  }
  .badge[data-tone='accent'] {
    background: var(--l-accent-soft);
    color: var(--l-accent-text);
  }
  .badge[data-tone='success'] {
    background: var(--l-success-soft);
    color: var(--l-success);
  }
  .badge[data-tone='warning'] {
    background: var(--l-warning-soft);
    color: var(--l-warning);
  }
  .badge[data-tone='danger'] {
    background: var(--l-danger-soft);
    color: var(--l-danger);
  }

  .progress {
    background: var(--l-active);
    block-size: 4px;
    border-radius: 99px;
    inline-size: 100%;
    overflow: hidden;
  }
  .progress > span {
    background: var(--l-accent);
    block-size: 100%;
    border-radius: inherit;
    display: block;
    inline-size: 100%;
    transform: scaleX(var(--value, 0));
    transform-origin: 0 50%;
    transition: transform 160ms linear;
  }
  :host(:dir(rtl)) .progress > span {
    transform-origin: 100% 50%;
  }

  .banner {
    align-items: start;
    background: var(--l-hover);
    border: 1px solid var(--l-border);
    border-radius: var(--l-radius-m);
    display: flex;
    gap: var(--l-space-3);
    padding: var(--l-space-3);
  }
  .banner[data-tone='danger'] {
    background: var(--l-danger-soft);
    border-color: color-mix(in oklab, var(--l-danger) 35%, transparent);
  }
  .banner[data-tone='warning'] {
    background: var(--l-warning-soft);
    border-color: color-mix(in oklab, var(--l-warning) 35%, transparent);
  }
  .banner[data-tone='success'] {
    background: var(--l-success-soft);
    border-color: color-mix(in oklab, var(--l-success) 35%, transparent);
  }
  .banner > .icon {
    flex: none;
    margin-block-start: 1px;
  }
  .banner > :nth-child(2) {
    flex: 1;
    min-inline-size: 0;
  }

  /* Empty, failing and offline: a picture, a sentence, a way on. */
  .state {
    align-content: center;
    block-size: 100%;
    color: var(--l-text-muted);
    display: grid;
    gap: var(--l-space-2);
    justify-items: center;
    min-block-size: 160px;
    padding: var(--l-space-6) var(--l-space-4);
    text-align: center;
    text-wrap: balance;
  }
  .state > .icon {
    background: var(--l-accent-soft);
    block-size: 48px;
    border-radius: 50%;
    color: var(--l-accent-text);
    inline-size: 48px;
    margin-block-end: var(--l-space-1);
    padding: 12px;
  }
  .state[data-tone='danger'] > .icon {
    background: var(--l-danger-soft);
    color: var(--l-danger);
  }
  .state h2,
  .state h3 {
    color: var(--l-text);
    font-size: var(--l-text-l);
    font-weight: 650;
    margin: 0;
  }
  .state p {
    margin: 0;
    max-inline-size: 42ch;
  }
  .state .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--l-space-2);
    justify-content: center;
    margin-block-start: var(--l-space-2);
  }

  .skeleton {
    animation: l-pulse 1.4s ease-in-out infinite;
    background: var(--l-active);
    border-radius: var(--l-radius-s);
  }
  @keyframes l-pulse {
    50% {
      opacity: 0.45;
    }
  }
  .spinner {
    animation: l-spin 0.8s linear infinite;
    block-size: 16px;
    border: 2px solid var(--l-active);
    border-block-start-color: var(--l-accent);
    border-radius: 50%;
    display: inline-block;
    flex: none;
    inline-size: 16px;
  }
  @keyframes l-spin {
    to {
      transform: rotate(1turn);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .skeleton {
      animation: none;
    }
    .spinner {
      animation-duration: 3s;
    }
  }

  .menu {
    background: var(--l-raised);
    border: 1px solid var(--l-border);
    border-radius: var(--l-radius-m);
    box-shadow: var(--l-shadow-2);
    color: var(--l-text);
    inset: auto;
    margin: 0;
    max-block-size: min(420px, 80vh);
    max-inline-size: min(320px, 92vw);
    min-inline-size: 180px;
    overflow: auto;
    padding: var(--l-space-1);
    position: fixed;
  }
  .menu [role^='menuitem'] {
    align-items: center;
    background: transparent;
    border: 0;
    border-radius: var(--l-radius-s);
    cursor: pointer;
    display: flex;
    gap: var(--l-space-2);
    inline-size: 100%;
    min-block-size: 30px;
    padding: 0 var(--l-space-2);
    text-align: start;
  }
  .menu [role^='menuitem']:is(:hover, :focus) {
    background: var(--l-hover);
  }
  .menu [role^='menuitem']:focus-visible {
    outline-offset: -2px;
  }
  .menu [role^='menuitem'][data-tone='danger'] {
    color: var(--l-danger);
  }
  .menu [role^='menuitem'][aria-disabled='true'] {
    cursor: default;
    opacity: 0.45;
  }
  .menu .icon {
    color: var(--l-text-muted);
    flex: none;
  }
  .menu kbd {
    margin-inline-start: auto;
    padding-inline-start: var(--l-space-4);
  }
  .menu hr {
    border: 0;
    border-block-start: 1px solid var(--l-border);
    margin: var(--l-space-1) 0;
  }
  .popover {
    background: var(--l-raised);
    border: 1px solid var(--l-border);
    border-radius: var(--l-radius-m);
    box-shadow: var(--l-shadow-2);
    color: var(--l-text);
    inline-size: min(340px, calc(100vw - 16px));
    inset: auto;
    margin: 0;
    max-block-size: 80vh;
    overflow: auto;
    padding: var(--l-space-4);
    position: fixed;
  }
  kbd {
    color: var(--l-text-muted);
    font-family: var(--l-font);
    font-size: var(--l-text-xs);
    white-space: nowrap;
  }

  dialog {
    background: var(--l-raised);
    border: 1px solid var(--l-border);
    border-radius: var(--l-radius-l);
    box-shadow: var(--l-shadow-3);
    color: var(--l-text);
    inline-size: min(520px, calc(100vw - 24px));
    max-block-size: calc(100dvh - 32px);
    overflow: hidden;
    padding: 0;
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
  }
  dialog::backdrop {
    background: rgb(10 10 20 / 52%);
  }
  dialog > header {
    align-items: center;
    display: flex;
    gap: var(--l-space-2);
    padding: var(--l-space-4) var(--l-space-3) var(--l-space-2) var(--l-space-5);
  }
  dialog > header > h2 {
    flex: 1;
    font-size: var(--l-text-xl);
    font-weight: 650;
    letter-spacing: -0.01em;
    line-height: 1.3;
    margin: 0;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  dialog > .body {
    display: grid;
    gap: var(--l-space-4);
    overflow: auto;
    padding: var(--l-space-2) var(--l-space-5) var(--l-space-4);
  }
  dialog > footer {
    border-block-start: 1px solid var(--l-border);
    display: flex;
    flex-wrap: wrap;
    gap: var(--l-space-2);
    justify-content: flex-end;
    padding: var(--l-space-3) var(--l-space-5);
  }

  .icon {
    block-size: 16px;
    display: inline-block;
    flex: none;
    inline-size: 16px;
  }
  .truncate {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .timecode {
    font-family: var(--l-font-mono);
    font-variant-numeric: tabular-nums;
    letter-spacing: -0.01em;
  }
  .visually-hidden {
    block-size: 1px;
    clip-path: inset(50%);
    inline-size: 1px;
    margin: -1px;
    overflow: hidden;
    position: absolute;
    white-space: nowrap;
  }

  @media (forced-colors: active) {
    :is(input[type='range'], .select) {
      appearance: auto;
    }
    .icon-button[aria-pressed='true'],
    .segmented button:is([aria-pressed='true'], [aria-selected='true'], [aria-checked='true']) {
      outline: 2px solid Highlight;
    }
    .progress > span {
      background: Highlight;
      forced-color-adjust: none;
    }
    .badge {
      border: 1px solid;
    }
  }
`;
