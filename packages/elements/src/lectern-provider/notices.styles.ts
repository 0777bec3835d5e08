import { css, type CSSResult } from 'lit';

/** The looks of the stack of notices, for every element that can show it. */
export const noticeStyles: CSSResult = css`
  .toasts {
    display: grid;
    gap: var(--l-space-2);
    inline-size: min(420px, calc(100vw - 2 * var(--lectern-toast-inset, 16px)));
    inset-block-end: var(--lectern-toast-inset, 16px);
    inset-inline-start: var(--lectern-toast-inset, 16px);
    justify-items: start;
    pointer-events: none;
    position: fixed;
    z-index: 1000;
  }
  .toast {
    align-items: start;
    animation: l-toast-in 160ms ease-out;
    background: #262831;
    border: 1px solid #3a3d49;
    border-radius: var(--l-radius-m);
    box-shadow:
      0 2px 6px rgb(10 10 25 / 18%),
      0 12px 32px rgb(10 10 25 / 26%);
    color: #f4f4f8;
    color-scheme: dark;
    display: flex;
    gap: var(--l-space-2);
    max-inline-size: 100%;
    padding: var(--l-space-2) var(--l-space-2) var(--l-space-2) var(--l-space-3);
    pointer-events: auto;
  }
  .toast > .icon {
    block-size: 16px;
    color: #a9aab8;
    inline-size: 16px;
    margin-block-start: 4px;
  }
  .toast[data-tone='success'] > .icon {
    color: #4cc38a;
  }
  .toast[data-tone='warning'] > .icon {
    color: #f5b947;
  }
  .toast[data-tone='error'] > .icon {
    color: #ff7a80;
  }
  .toast .words {
    flex: 1;
    min-inline-size: 0;
    overflow-wrap: anywhere;
    padding-block: 3px;
  }
  .toast p {
    margin: 0;
  }
  .toast .advice {
    color: #c3c4d0;
    font-size: var(--l-text-s);
    margin-block-start: 2px;
  }
  .toast .undo {
    background: transparent;
    border: 0;
    border-radius: var(--l-radius-s);
    color: #b9b6ff;
    cursor: pointer;
    flex: none;
    font-weight: 650;
    min-block-size: 24px;
    padding: 0 var(--l-space-2);
  }
  .toast .undo:hover {
    background: rgb(255 255 255 / 10%);
  }
  .toast .icon-button {
    color: #c3c4d0;
  }
  .toast .icon-button:hover {
    background: rgb(255 255 255 / 10%);
    color: #fff;
  }
  .toast :is(.undo, .icon-button):focus-visible {
    outline-color: #b9b6ff;
    outline-offset: 0;
  }
  @keyframes l-toast-in {
    from {
      opacity: 0;
      transform: translateY(8px);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .toast {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .toast {
      border-color: CanvasText;
    }
  }
`;
